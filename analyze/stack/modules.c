/* SPDX-License-Identifier: MIT */
/*
 * Modules are numbered in order of appearance. Which image belongs to a module is decided when it
 * is asked for: by build-id, by name where there is none. Of several the last one counts, so that
 * what `renacer-analyze embed` added is preferred to what the recorder wrote.
 */
#include "analyze/stack/modules.h"

#include "analyze/model/idmap.h"
#include "analyze/stack/jit_map.h"
#include "analyze/stack/spaces.h"
#include "shared/buffer.h"
#include "shared/intern.h"

#include <stdlib.h>

struct module {
	struct rn_module facts;
	struct rn_bytes embedded, found;
	size_t asked;        /* of the trace, when there were so many images; + 1 */
	bool asked_finder;
	size_t image;        /* of a JIT map: which of the reader's */
	struct rn_jit_map *jit;
};

struct rn_modules_table {
	struct module *module;
	uint32_t n, cap;
	struct rn_intern *keys;    /* ids are numbers of modules */
	struct rn_intern *strings; /* paths and build-ids */
	struct rn_spaces *spaces;
	struct rn_idmap pids;      /* of threads */
	struct rn_idmap jits;      /* modules, by pid */
	struct rn_reader *reader;
	struct rn_image_finder finder;
	struct rn_intern *image_keys;
	size_t *image_of_key;
	uint32_t cap_image_of_key;
	size_t n_images_seen;
};

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for the modules of the trace");
}

static int look_at_images(struct rn_modules_table *m);

struct rn_modules_table *rn_modules_new(void)
{
	struct rn_modules_table *m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->keys = rn_intern_new();
	m->strings = rn_intern_new();
	m->image_keys = rn_intern_new();
	m->spaces = rn_spaces_new();
	if (m->keys && m->strings && m->image_keys && m->spaces)
		return m;
	rn_modules_free(m);
	return NULL;
}

void rn_modules_free(struct rn_modules_table *m)
{
	if (!m)
		return;
	for (uint32_t i = 0; i < m->n; i++)
		rn_jit_map_free(m->module[i].jit);
	free(m->module);
	free(m->image_of_key);
	rn_idmap_fini(&m->pids);
	rn_idmap_fini(&m->jits);
	rn_intern_free(m->keys);
	rn_intern_free(m->strings);
	rn_intern_free(m->image_keys);
	rn_spaces_free(m->spaces);
	free(m);
}

/* A copy that lives as long as the table; false: no memory. */
static bool keep(struct rn_modules_table *m, struct rn_bytes s, struct rn_bytes *out)
{
	uint32_t id = rn_intern(m->strings, s, NULL);
	if (id != RN_INTERN_NONE)
		*out = rn_intern_get(m->strings, id);
	return id != RN_INTERN_NONE;
}

/* The module of that path and build-id (and fate), added when it is new; NULL: no memory. */
static struct module *module_of(struct rn_modules_table *m, const struct rn_module *facts)
{
	struct rn_buffer key = RN_BUFFER_INIT;
	rn_put_string(&key, facts->path);
	rn_put_u8(&key, (uint8_t)(facts->deleted | facts->is_jit << 1));
	rn_put_bytes(&key, facts->build_id.p, facts->build_id.len);
	bool is_new = false;
	uint32_t id = rn_buffer_ok(&key) ? rn_intern(m->keys, rn_buffer_bytes(&key), &is_new) :
		RN_INTERN_NONE;
	rn_buffer_fini(&key);
	if (id < m->n)
		return &m->module[id];
	if (id == RN_INTERN_NONE || id != m->n)
		return NULL;
	if (m->n == m->cap) {
		uint32_t cap = m->cap ? m->cap * 2 : 32;
		struct module *more = realloc(m->module, cap * sizeof(*more));
		if (!more)
			return NULL;
		m->module = more;
		m->cap = cap;
	}
	struct module *t = &m->module[m->n];
	*t = (struct module){ .facts = *facts };
	if (!keep(m, facts->path, &t->facts.path) || !keep(m, facts->build_id, &t->facts.build_id))
		return NULL;
	m->n++;
	return t;
}

static struct rn_bytes without_deleted(struct rn_bytes path, bool *deleted)
{
	static const char mark[] = " (deleted)";
	size_t len = sizeof(mark) - 1;
	*deleted = path.len > len && memcmp(path.p + path.len - len, mark, len) == 0;
	return rn_bytes_of(path.p, path.len - (*deleted ? len : 0));
}

static int take_map(struct rn_modules_table *m, const struct rn_event *ev)
{
	const struct rn_ev_MAP *e = &ev->MAP;
	struct rn_module facts = { .build_id = e->build_id };
	facts.path = without_deleted(e->path, &facts.deleted);
	struct module *t = module_of(m, &facts);
	if (!t)
		return RN_E_NOMEM;
	struct rn_range range = { e->addr, e->addr + e->len, e->offset, (uint32_t)(t - m->module) };
	return rn_spaces_map(m->spaces, ev->utid, ev->ts_ns, &range);
}

static int take_task(struct rn_modules_table *m, const struct rn_event *ev)
{
	const struct rn_ev_TASK *e = &ev->TASK;
	uint32_t leader = e->leader ? (uint32_t)e->leader : ev->utid;
	if (rn_idmap_put(&m->pids, ev->utid, (uint32_t)e->pid & INT32_MAX))
		return RN_E_NOMEM;
	uint32_t from = e->how == RN_TASK_CARRIED ? 0 : (uint32_t)e->parent;
	return rn_spaces_born(m->spaces, ev->utid, leader, from, ev->ts_ns);
}

int rn_modules_event(struct rn_modules_table *m, const struct rn_event *ev, struct rn_error *err)
{
	int rc = 0;
	switch (ev->kind) {
	case RN_EV_TASK:
		rc = take_task(m, ev);
		break;
	case RN_EV_EXEC:
		rc = rn_spaces_exec(m->spaces, ev->utid, ev->ts_ns);
		break;
	case RN_EV_MAP:
		rc = take_map(m, ev);
		break;
	case RN_EV_UNMAP:
		rc = rn_spaces_unmap(m->spaces, ev->utid, ev->ts_ns, ev->UNMAP.addr,
			ev->UNMAP.addr + ev->UNMAP.len);
		break;
	default:
		break;
	}
	return rc ? no_memory(err) : 0;
}

int rn_modules_block(struct rn_modules_table *m, struct rn_block *b, struct rn_error *err)
{
	enum rn_event_kind kind;
	struct rn_event ev;
	uint32_t utid, before;
	int rc = 0;
	for (uint32_t i = 0; !rc && (rc = rn_block_meta_glance(b, i, &kind, &utid, err)) == 0; i++) {
		if (kind == RN_EV_FD || kind == RN_EV_FD_CLOSE)
			continue;
		rc = rn_block_meta(b, i, &ev, &before, err);
		if (!rc)
			rc = rn_modules_event(m, &ev, err);
		if (rc == RN_E_CORRUPT)
			rc = 0;
	}
	return rc == RN_END ? 0 : rc;
}

int rn_modules_scan(struct rn_modules_table *m, struct rn_reader *r, struct rn_error *err)
{
	struct rn_block *b = rn_block_new();
	int rc = b ? 0 : no_memory(err);
	rn_modules_use(m, r);
	for (size_t i = 0; !rc && i < rn_reader_n_blocks(r); i++) {
		rc = rn_reader_load(r, i, b, err);
		if (!rc)
			rc = rn_modules_block(m, b, err);
		else if (rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED)
			rc = 0;
	}
	rn_block_free(b);
	return !rc && look_at_images(m) ? no_memory(err) : rc;
}

void rn_modules_use(struct rn_modules_table *m, struct rn_reader *r)
{
	m->reader = r;
}

void rn_modules_set_finder(struct rn_modules_table *m, const struct rn_image_finder *finder)
{
	m->finder = *finder;
}

uint32_t rn_modules_n(const struct rn_modules_table *m)
{
	return m->n;
}

const struct rn_module *rn_modules_at(const struct rn_modules_table *m, uint32_t i)
{
	return i < m->n ? &m->module[i].facts : NULL;
}

/* Images. */

static uint32_t image_key(struct rn_modules_table *m, struct rn_bytes build_id, struct rn_bytes name,
	bool add)
{
	struct rn_buffer key = RN_BUFFER_INIT;
	rn_put_u8(&key, build_id.len ? 'B' : 'N');
	rn_put_bytes(&key, build_id.len ? build_id.p : name.p, build_id.len ? build_id.len : name.len);
	struct rn_bytes k = rn_buffer_bytes(&key);
	uint32_t id = !rn_buffer_ok(&key) ? RN_INTERN_NONE :
		add ? rn_intern(m->image_keys, k, NULL) : rn_intern_find(m->image_keys, k);
	rn_buffer_fini(&key);
	return id;
}

static int note_image(struct rn_modules_table *m, const struct rn_module_image *what, size_t i)
{
	uint32_t id = image_key(m, what->build_id, what->name, true);
	if (id == RN_INTERN_NONE)
		return RN_E_NOMEM;
	if (id >= m->cap_image_of_key) {
		uint32_t cap = m->cap_image_of_key ? m->cap_image_of_key * 2 : 32;
		size_t *more = realloc(m->image_of_key, cap * sizeof(*more));
		if (!more)
			return RN_E_NOMEM;
		m->image_of_key = more;
		m->cap_image_of_key = cap;
	}
	m->image_of_key[id] = i;
	return 0;
}

/* "/tmp/perf-123.map" */
static uint32_t pid_of_name(struct rn_bytes name)
{
	uint64_t pid = 0;
	size_t i = name.len;
	while (i > 0 && name.p[i - 1] != '-')
		i--;
	for (; i < name.len && name.p[i] >= '0' && name.p[i] <= '9' && pid < INT32_MAX; i++)
		pid = pid * 10 + (uint64_t)(name.p[i] - '0');
	return (uint32_t)(pid & INT32_MAX);
}

static int note_jit(struct rn_modules_table *m, const struct rn_module_image *what, size_t i)
{
	struct rn_module facts = { .path = what->name, .is_jit = true,
		.pid = pid_of_name(what->name) };
	struct module *t = module_of(m, &facts);
	if (!t)
		return RN_E_NOMEM;
	t->image = i;
	return rn_idmap_put(&m->jits, facts.pid, (uint32_t)(t - m->module));
}

/* Which images the reader has met by now. */
static int look_at_images(struct rn_modules_table *m)
{
	size_t n = m->reader ? rn_reader_n_modules(m->reader) : 0;
	for (; m->n_images_seen < n; m->n_images_seen++) {
		struct rn_module_image what;
		rn_reader_module_what(m->reader, m->n_images_seen, &what);
		int rc = what.kind == RN_MODULE_PERF_MAP ? note_jit(m, &what, m->n_images_seen) :
			what.kind == RN_MODULE_ELF ? note_image(m, &what, m->n_images_seen) : 0;
		if (rc)
			return rc;
	}
	return 0;
}

int rn_modules_embedded(struct rn_modules_table *m, uint32_t i, struct rn_bytes *image,
	struct rn_error *err)
{
	if (look_at_images(m))
		return no_memory(err);
	struct module *t = &m->module[i];
	*image = t->embedded;
	if (image->len || t->asked == m->n_images_seen + 1)
		return 0;
	t->asked = m->n_images_seen + 1;
	size_t which = t->image;
	if (!t->facts.is_jit) {
		uint32_t id = image_key(m, t->facts.build_id, t->facts.path, false);
		if (id == RN_INTERN_NONE)
			return 0;
		which = m->image_of_key[id];
	}
	struct rn_module_image got;
	int rc = rn_reader_module(m->reader, which, &got, err);
	if (rc)
		return rc == RN_E_CORRUPT ? 0 : rc; /* told as damage by the reader */
	*image = t->embedded = got.image;
	return 0;
}

int rn_modules_image(struct rn_modules_table *m, uint32_t i, struct rn_bytes *image,
	struct rn_error *err)
{
	int rc = rn_modules_embedded(m, i, image, err);
	struct module *t = &m->module[i];
	if (rc || image->len || t->facts.is_jit)
		return rc;
	if (!t->asked_finder && m->finder.find) {
		t->asked_finder = true;
		const struct rn_module facts = t->facts;
		struct rn_bytes found = { NULL, 0 };
		rc = m->finder.find(m->finder.arg, &facts, &found, err);
		m->module[i].found = found;
	}
	*image = m->module[i].found;
	return rc;
}

enum rn_image_from rn_modules_image_from(const struct rn_modules_table *m, uint32_t i)
{
	const struct module *t = &m->module[i];
	if (!t->asked)
		return RN_IMAGE_UNKNOWN;
	return t->embedded.len ? RN_IMAGE_TRACE : t->found.len ? RN_IMAGE_FOUND : RN_IMAGE_NONE;
}

/* Places. */

static bool find_jit(struct rn_modules_table *m, uint32_t utid, uint64_t addr, struct rn_place *out)
{
	uint32_t pid = rn_idmap_find(&m->pids, utid);
	if (look_at_images(m) || pid == RN_IDMAP_NONE)
		return false;
	uint32_t i = rn_idmap_find(&m->jits, pid);
	struct rn_bytes text;
	if (i == RN_IDMAP_NONE || rn_modules_embedded(m, i, &text, NULL))
		return false;
	struct module *t = &m->module[i];
	if (!t->jit)
		t->jit = rn_jit_map_new(text);
	*out = (struct rn_place){ .module = i, .file_offset = addr };
	return t->jit && rn_jit_map_find(t->jit, addr, &out->low, &out->high);
}

bool rn_modules_find(struct rn_modules_table *m, uint32_t utid, uint64_t at_ns, uint64_t addr,
	struct rn_place *out)
{
	struct rn_space_view v;
	const struct rn_range *r = rn_spaces_view(m->spaces, utid, at_ns, &v) ?
		rn_spaces_find(m->spaces, &v, addr) : NULL;
	if (!r)
		return find_jit(m, utid, addr, out);
	*out = (struct rn_place){ r->module, r->offset + (addr - r->low), r->low, r->high };
	return true;
}

uint64_t rn_modules_epoch(struct rn_modules_table *m, uint32_t utid, uint64_t at_ns, bool *empty)
{
	struct rn_space_view v;
	bool known = rn_spaces_view(m->spaces, utid, at_ns, &v);
	*empty = !known || (!v.n && !v.position);
	return known ? v.epoch : UINT64_MAX;
}

size_t rn_modules_n_images(struct rn_modules_table *m)
{
	look_at_images(m);
	return m->n_images_seen;
}
