/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/find.h"

#include "analyze/symbol/debuginfod.h"
#include "shared/buffer.h"

#include <stdlib.h>

struct search {
	const struct rn_symbol_options *o;
	const struct rn_find_wanted *wanted;
	const struct rn_find_receiver *to;
	struct rn_bytes folder, name; /* of the module's path: "/usr/bin/" and "ls" */
	struct rn_buffer path, id;    /* scratch; the build-id in hexadecimal */
	struct rn_error *err;
	int rc;                       /* RN_E_NOMEM, or RN_END: taken */
};

void rn_found_close(struct rn_found *f)
{
	rn_elf_view_fini(&f->elf);
	rn_mapped_file_close(&f->file);
}

static void offer(struct search *s, const char *path)
{
	struct rn_found f = { .path = path };
	struct rn_error ignored;
	if (s->rc || rn_mapped_file_open(&f.file, path, &ignored))
		return;
	int rc = rn_elf_view_init(&f.elf, f.file.bytes, s->err);
	if (rc == RN_E_NOMEM) {
		s->rc = rc;
	} else if (!rc && !rn_bytes_equal(f.elf.build_id, s->wanted->build_id)) {
		if (s->to->refused)
			s->to->refused(s->to->arg, path, f.elf.build_id);
	} else if (!rc && s->to->found(s->to->arg, &f) == RN_FIND_TAKEN) {
		s->rc = RN_END;
		return;
	}
	rn_found_close(&f);
}

#define PARTS 5
/* The parts one after the other; an empty one that is needed spoils the path. */
static void try(struct search *s, const struct rn_bytes part[PARTS], unsigned needed)
{
	rn_buffer_clear(&s->path);
	for (unsigned i = 0; i < PARTS; i++) {
		if (!part[i].len && needed >> i & 1)
			return;
		if (part[i].len && memchr(part[i].p, 0, part[i].len))
			return;
		rn_put_bytes(&s->path, part[i].p, part[i].len);
	}
	const char *path = rn_buffer_cstr(&s->path);
	if (!rn_buffer_ok(&s->path))
		s->rc = rn_fail(s->err, RN_E_NOMEM, "out of memory");
	else
		offer(s, path);
}

#define TEXT(t) rn_bytes_of(t, sizeof(t) - 1)
#define NONE rn_bytes_of(NULL, 0)
#define TRY(s, needed, ...) try(s, (const struct rn_bytes[PARTS]){ __VA_ARGS__ }, needed)

static void try_debug_dir(struct search *s, struct rn_bytes root, struct rn_bytes dir)
{
	struct rn_bytes path = s->wanted->path, link = s->wanted->debug_link;
	struct rn_bytes two = rn_bytes_of(s->id.p, s->id.len < 2 ? 0 : 2);
	struct rn_bytes rest = rn_bytes_of(s->id.p + 2, s->id.len < 4 ? 0 : s->id.len - 2);
	struct rn_buffer base = RN_BUFFER_INIT;
	rn_put_bytes(&base, root.p, root.len);
	rn_put_bytes(&base, dir.p, dir.len);
	rn_put_u8(&base, '/');
	struct rn_bytes b = rn_buffer_bytes(&base);
	struct rn_buffer below = RN_BUFFER_INIT; /* "xx/yyy" */
	if (rest.len) {
		rn_put_bytes(&below, two.p, two.len);
		rn_put_u8(&below, '/');
		rn_put_bytes(&below, rest.p, rest.len);
	}
	struct rn_bytes by_id = rn_buffer_bytes(&below);
	if (path.len && path.p[0] == '/')
		path = rn_bytes_of(path.p + 1, path.len - 1);
	struct rn_bytes folder = s->folder;
	if (folder.len && folder.p[0] == '/')
		folder = rn_bytes_of(folder.p + 1, folder.len - 1);
	if (!rn_buffer_ok(&base) || !rn_buffer_ok(&below)) {
		s->rc = rn_fail(s->err, RN_E_NOMEM, "out of memory");
	} else {
		TRY(s, 4, b, TEXT(".build-id/"), by_id, TEXT(".debug"), NONE);
		TRY(s, 2, b, by_id, TEXT(".debug"), NONE, NONE);
		TRY(s, 2, b, path, TEXT(".debug"), NONE, NONE);
		TRY(s, 2, b, path, NONE, NONE, NONE);
		if (folder.len) {
			TRY(s, 2, b, s->name, TEXT(".debug"), NONE, NONE);
			TRY(s, 2, b, s->name, NONE, NONE, NONE);
			TRY(s, 4, b, folder, link, NONE, NONE);
		}
		TRY(s, 2, b, link, NONE, NONE, NONE);
	}
	rn_buffer_fini(&base);
	rn_buffer_fini(&below);
}

static void try_debuginfod(struct search *s, bool program)
{
	struct rn_buffer path = RN_BUFFER_INIT;
	if (!s->rc && s->o->debuginfod && rn_debuginfod_find(&path, s->wanted->build_id, program))
		offer(s, rn_buffer_cstr(&path));
	rn_buffer_fini(&path);
}

static void split_path(struct search *s)
{
	struct rn_bytes path = s->wanted->path;
	size_t slash = path.len;
	while (slash && path.p[slash - 1] != '/')
		slash--;
	s->folder = rn_bytes_of(path.p, slash);
	s->name = rn_bytes_of(path.p + slash, path.len - slash);
}

static void search_system(struct search *s, struct rn_bytes root)
{
	struct rn_bytes link = s->wanted->debug_link;
	bool absolute = s->folder.len && s->folder.p[0] == '/';
	if (s->wanted->build_id.len)
		try_debug_dir(s, root, TEXT("/usr/lib/debug"));
	if (absolute && s->wanted->build_id.len) {
		TRY(s, 4, root, s->folder, link, NONE, NONE);
		TRY(s, 8, root, s->folder, TEXT(".debug/"), link, NONE);
	}
	try_debuginfod(s, false);
	if (absolute)
		TRY(s, 2, root, s->wanted->path, NONE, NONE, NONE);
	try_debuginfod(s, true);
}

int rn_find(const struct rn_symbol_options *o, const struct rn_find_wanted *wanted,
	const struct rn_find_receiver *to, struct rn_error *err)
{
	struct search s = { .o = o, .wanted = wanted, .to = to, .err = err };
	struct rn_bytes root = rn_bytes_str(o->sysroot);
	if (o->trace_only || (!wanted->build_id.len && !o->trust_paths) ||
		wanted->build_id.len > RN_BUILD_ID_MAX)
		return 0;
	while (root.len && root.p[root.len - 1] == '/')
		root.len--;
	split_path(&s);
	for (size_t i = 0; i < wanted->build_id.len; i++)
		rn_put_format(&s.id, "%02x", wanted->build_id.p[i]);
	for (size_t i = 0; i < o->n_debug_dirs && wanted->build_id.len; i++)
		try_debug_dir(&s, NONE, rn_bytes_str(o->debug_dirs[i]));
	search_system(&s, root);
	rn_buffer_fini(&s.path);
	rn_buffer_fini(&s.id);
	return s.rc == RN_END ? 0 : s.rc;
}
