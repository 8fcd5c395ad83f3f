/* SPDX-License-Identifier: MIT */
#include "record/tracee/modules.h"

#include "record/capture/memory.h"
#include "record/capture/stack.h"
#include "record/embed/embed.h"
#include "record/tracee/proc_place.h"
#include "record/tracee/procfs.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define VDSO_MAX_BYTES (1u << 20)
#define MAX_KNOWN 65536

void rn_modules_init(struct rn_modules *m)
{
	*m = (struct rn_modules){ 0 };
}

void rn_modules_fini(struct rn_modules *m)
{
	free(m->known);
	*m = (struct rn_modules){ 0 };
}

/* A file written anew in its old place is another one. */
static struct rn_module_id *find_known(struct rn_modules *m, const struct rn_module_id *like)
{
	for (uint32_t i = 0; i < m->n_known; i++) {
		struct rn_module_id *k = &m->known[i];
		if (k->ino == like->ino && k->dev == like->dev &&
			(k->mtime_ns == like->mtime_ns || !like->mtime_ns))
			return k;
	}
	return NULL;
}

static struct rn_module_id *add_known(struct rn_modules *m, const struct rn_module_id *like)
{
	if (m->n_known == m->cap_known) {
		uint32_t cap = m->cap_known ? m->cap_known * 2 : 64;
		struct rn_module_id *more = m->n_known < MAX_KNOWN ?
			realloc(m->known, cap * sizeof(*more)) : NULL;
		if (!more)
			return NULL;
		m->known = more;
		m->cap_known = cap;
	}
	m->known[m->n_known] = *like;
	return &m->known[m->n_known++];
}

#define PATH_ROOM (4096 + 32)

static int open_same(const char *path, uint64_t ino)
{
	struct stat s;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 && (fstat(fd, &s) < 0 || s.st_ino != ino)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* A file in the tracee's own view: what is mapped may be deleted, replaced, or in another mount
 * namespace. map_files needs rights; the path under the process' root is the next best, and the
 * program itself is always there. */
static int open_mapped(pid_t pid, const struct rn_proc_map *map)
{
	char path[PATH_ROOM];
	snprintf(path, sizeof(path), "/proc/%d/map_files/%llx-%llx", rn_proc_number(pid),
		(unsigned long long)map->low, (unsigned long long)map->high);
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd >= 0 || map->path.len > 4000)
		return fd;
	snprintf(path, sizeof(path), "/proc/%d/exe", rn_proc_number(pid));
	fd = open_same(path, map->ino);
	if (fd >= 0)
		return fd;
	snprintf(path, sizeof(path), "/proc/%d/root%.*s", rn_proc_number(pid), (int)map->path.len,
		(const char *)map->path.p);
	fd = open_same(path, map->ino);
	if (fd >= 0)
		return fd;
	/* The process is gone: where it saw files as we do, the file is still there. */
	snprintf(path, sizeof(path), "%.*s", (int)map->path.len, (const char *)map->path.p);
	return open_same(path, map->ino);
}

/* Without opening it where it can be helped: programs are started again and again. 0: not known. */
static uint64_t mtime_of(pid_t pid, const struct rn_proc_map *map)
{
	char path[PATH_ROOM];
	struct stat s;
	if (map->path.len > 4000)
		return 0;
	int root = snprintf(path, sizeof(path), "/proc/%d/root", rn_proc_number(pid));
	memcpy(path + root, map->path.p, map->path.len);
	path[(size_t)root + map->path.len] = 0;
	if ((stat(path + root, &s) < 0 || s.st_ino != map->ino) &&
		(stat(path, &s) < 0 || s.st_ino != map->ino))
		return 0;
	return (uint64_t)s.st_mtim.tv_sec * 1000000000u + (uint64_t)s.st_mtim.tv_nsec;
}

static struct rn_bytes without_deleted(struct rn_bytes path)
{
	static const char mark[] = " (deleted)";
	size_t len = sizeof(mark) - 1;
	bool is = path.len > len && memcmp(path.p + path.len - len, mark, len) == 0;
	return rn_bytes_of(path.p, path.len - (is ? len : 0));
}

/* Copies of a file are one file: the build-id says so. */
static bool is_embedded(const struct rn_modules *m, const struct rn_module_id *k)
{
	for (uint32_t i = 0; i < m->n_known; i++)
		if (&m->known[i] != k && k->len && m->known[i].len == k->len &&
			memcmp(m->known[i].id, k->id, k->len) == 0)
			return true;
	return false;
}

static struct rn_bytes build_id(struct rn_recording *rec, struct rn_modules *m, pid_t pid,
	const struct rn_proc_map *map)
{
	struct rn_module_id like = { .dev = map->dev, .ino = map->ino,
		.mtime_ns = mtime_of(pid, map) };
	struct rn_module_id *k = find_known(m, &like);
	if (!k) {
		k = add_known(m, &like);
		int fd = k ? open_mapped(pid, map) : -1;
		if (fd >= 0) {
			k->len = rn_build_id_of_file(fd, k->id);
			if (!rec->embedder || is_embedded(m, k))
				close(fd);
			else
				rn_embed_elf(rec->embedder, fd, rn_bytes_of(k->id, k->len),
					without_deleted(map->path));
		}
	}
	return k ? rn_bytes_of(k->id, k->len) : rn_bytes_of(NULL, 0);
}

static struct rn_bytes vdso_id(const struct rn_modules *m, unsigned kind)
{
	return rn_bytes_of(m->vdso[kind].id, m->vdso[kind].len);
}

static void keep_image(struct rn_recording *rec, struct rn_modules *m, unsigned kind,
	struct rn_bytes name, struct rn_bytes image)
{
	m->vdso[kind].kept = true;
	m->vdso[kind].len = rn_build_id_of(image, m->vdso[kind].id);
	struct rn_module_image module = { .build_id = vdso_id(m, kind), .name = name,
		.image = image };
	rn_pipeline_module(rec->pipeline, &module);
}

static unsigned vdso_kind(const struct rn_proc_map *map)
{
	return map->high <= UINT32_MAX;
}

/* The vdso is in no file: its image comes from the process, the first one seen of its kind. */
static struct rn_bytes keep_vdso(struct rn_recording *rec, struct rn_modules *m, pid_t pid,
	const struct rn_proc_map *map)
{
	size_t len = (size_t)(map->high - map->low);
	unsigned kind = vdso_kind(map);
	uint8_t *image = m->vdso[kind].kept || len > VDSO_MAX_BYTES ? NULL : malloc(len);
	struct rn_memory memory = { 0 };
	if (image && rn_memory_read_one(&memory, pid, map->low, image, len) == len)
		keep_image(rec, m, kind, map->path, rn_bytes_of(image, len));
	free(image);
	return vdso_id(m, kind);
}

static bool remember(struct rn_process *p, uint64_t low, uint64_t high)
{
	if (p->n_maps == p->cap_maps) {
		uint32_t cap = p->cap_maps ? p->cap_maps * 2 : 16;
		struct rn_mapping *more = realloc(p->maps, cap * sizeof(*more));
		if (!more)
			return false;
		p->maps = more;
		p->cap_maps = cap;
	}
	p->maps[p->n_maps++] = (struct rn_mapping){ low, high };
	return true;
}

static void push_map(struct rn_recording *rec, const struct rn_tracee *t,
	const struct rn_proc_map *map, struct rn_bytes id)
{
	struct rn_event ev = { .ts_ns = rn_recording_stamp(rec), .utid = t->utid, .kind = RN_EV_MAP };
	ev.MAP = (struct rn_ev_MAP){
		.addr = map->low, .len = map->high - map->low, .offset = map->offset,
		.prot = map->prot, .dev = map->dev, .ino = map->ino, .path = map->path,
		.build_id = id,
	};
	rn_recording_push(rec, &ev);
	remember(t->process, map->low, map->high);
}

struct scan {
	struct rn_recording *rec;
	struct rn_modules *m;
	struct rn_tracee *t;
	uint64_t low, high; /* only mappings that touch this range */
};

static bool is_vdso(const struct rn_proc_map *map)
{
	return rn_bytes_equal(map->path, rn_bytes_str("[vdso]"));
}

static bool scan_map(void *arg, const struct rn_proc_map *map)
{
	struct scan *s = arg;
	if (rn_bytes_equal(map->path, rn_bytes_str("[stack]")))
		rn_stack_learn(s->t->process, map);
	if (!(map->prot & PROT_EXEC) || map->low >= s->high || map->high <= s->low)
		return map->low < s->high;
	if (is_vdso(map))
		push_map(s->rec, s->t, map, keep_vdso(s->rec, s->m, s->t->tid, map));
	else if (map->ino && map->path.len && map->path.p[0] == '/')
		push_map(s->rec, s->t, map, build_id(s->rec, s->m, s->t->tid, map));
	return true;
}

void rn_modules_scan(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t)
{
	if (!t->process)
		return;
	t->process->n_maps = 0;
	struct scan s = { rec, m, t, 0, UINT64_MAX };
	rn_proc_maps(t->tid, scan_map, &s);
}

static void push_unmap(struct rn_recording *rec, const struct rn_tracee *t, uint64_t low,
	uint64_t high)
{
	struct rn_event ev = { .ts_ns = rn_recording_stamp(rec), .utid = t->utid, .kind = RN_EV_UNMAP };
	ev.UNMAP.addr = low;
	ev.UNMAP.len = high - low;
	rn_recording_push(rec, &ev);
}

/* Whether code was mapped anywhere in the range; what of it remains beside the range is kept. */
static bool cut_range(struct rn_process *p, uint64_t low, uint64_t high)
{
	bool any = false;
	for (uint32_t i = 0, n = p->n_maps; i < n; i++) {
		struct rn_mapping *k = &p->maps[i];
		if (k->high <= low || k->low >= high || k->low == k->high)
			continue;
		any = true;
		uint64_t end = k->high;
		k->high = k->low < low ? low : k->low;
		if (end > high)
			remember(p, high, end); /* p->maps may have moved */
	}
	return any;
}

static void dropped(struct rn_recording *rec, struct rn_tracee *t, uint64_t low, uint64_t high)
{
	if (t->process && low < high && cut_range(t->process, low, high))
		push_unmap(rec, t, low, high);
}

static void looked_up(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t,
	uint64_t low, uint64_t high)
{
	struct scan s = { rec, m, t, low, high };
	if (t->process)
		rn_proc_maps(t->tid, scan_map, &s);
}

static uint64_t page_up(uint64_t v)
{
	return (v + 4095) & ~(uint64_t)4095;
}

static bool is(const struct rn_tracee *t, const char *name)
{
	return strcmp(t->desc->name, name) == 0;
}

void rn_modules_after(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t, int64_t ret)
{
	const uint64_t *a = t->args;
	uint64_t at = (uint64_t)ret;
	if (is(t, "munmap")) {
		dropped(rec, t, a[0], page_up(a[0] + a[1]));
	} else if (is(t, "mprotect") || is(t, "pkey_mprotect")) {
		bool had = t->process && cut_range(t->process, a[0], page_up(a[0] + a[1]));
		if (had)
			push_unmap(rec, t, a[0], page_up(a[0] + a[1]));
		if (had || a[2] & PROT_EXEC)
			looked_up(rec, m, t, a[0], page_up(a[0] + a[1]));
	} else if (is(t, "mremap")) {
		dropped(rec, t, a[0], page_up(a[0] + a[1]));
		looked_up(rec, m, t, at, page_up(at + a[2]));
	} else { /* mmap, mmap2 */
		dropped(rec, t, at, page_up(at + a[1]));
		if (a[2] & PROT_EXEC && !(a[3] & MAP_ANONYMOUS))
			looked_up(rec, m, t, at, page_up(at + a[1]));
	}
}

void rn_modules_told(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t,
	const struct rn_proc_map *map)
{
	if (!t->process)
		return;
	dropped(rec, t, map->low, map->high);
	push_map(rec, t, map, build_id(rec, m, t->tid, map));
}

void rn_modules_dropped(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t,
	int64_t ret)
{
	const uint64_t *a = t->args;
	if (is(t, "mmap") || is(t, "mmap2"))
		dropped(rec, t, (uint64_t)ret, page_up((uint64_t)ret + a[1]));
	else if (is(t, "munmap") || is(t, "mprotect") || is(t, "pkey_mprotect"))
		dropped(rec, t, a[0], page_up(a[0] + a[1]));
	else if (is(t, "mremap"))
		rn_modules_after(rec, m, t, ret);
}

/* The kernel maps the same image into every process of the same kind, ourselves too. */
static bool is_own_vdso(void *arg, const struct rn_proc_map *map)
{
	struct rn_bytes *own = arg;
	if (is_vdso(map))
		*own = rn_bytes_of((const void *)(uintptr_t)map->low, (size_t)(map->high - map->low));
	return !own->len;
}

void rn_modules_executed(struct rn_recording *rec, struct rn_modules *m, struct rn_tracee *t,
	uint64_t vdso, uint64_t vdso_bytes)
{
	if (!t->process)
		return;
	t->process->n_maps = 0;
	if (!vdso || !vdso_bytes || vdso_bytes > VDSO_MAX_BYTES)
		return;
	struct rn_proc_map map = {
		.low = vdso, .high = vdso + vdso_bytes, .prot = PROT_READ | PROT_EXEC,
		.path = rn_bytes_str("[vdso]"),
	};
	unsigned kind = vdso_kind(&map);
	if (!m->vdso[kind].kept && kind == (sizeof(void *) == 4)) {
		struct rn_bytes own = { 0 };
		rn_proc_maps(getpid(), is_own_vdso, &own);
		if (own.len == vdso_bytes)
			keep_image(rec, m, kind, map.path, own);
	}
	push_map(rec, t, &map, vdso_id(m, kind));
}
