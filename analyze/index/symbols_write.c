/* SPDX-License-Identifier: MIT */
#include "analyze/index/symbols_keep.h"

#include "analyze/index/build.h"
#include "format/squeeze.h"

#include <stdlib.h>

#define WORTH 16 /* new frames: less is looked up sooner than a file is written */

static void put_source(struct rn_buffer *out, enum rn_symbols_from from, const char *path)
{
	struct rn_file_state state = rn_file_state_of(path);
	rn_put_format(out, "%d %lld %lld %s;", (int)from, (long long)state.bytes, (long long)state.mtime_ns,
		path ? path : "");
}

int rn_symbols_put_sources(struct rn_buffer *out, struct rn_symbols *s, struct rn_modules_table *modules,
	uint32_t module)
{
	const struct rn_module *m = rn_modules_at(modules, module);
	struct rn_symbols_facts facts;
	struct rn_bytes map;
	/* Numbers of modules are those of one length of the trace. */
	rn_put_string(out, m->path);
	rn_put_string(out, m->build_id);
	/* Made code has the names of the trace's own map, whatever lies elsewhere. */
	int rc = m->is_jit ? rn_modules_embedded(modules, module, &map, NULL) : rn_symbols_sources(s, module, &facts,
		NULL);
	if (!rc && m->is_jit)
		rn_put_varint(out, rn_index_crc(0, NULL, 0, map));
	if (rc || m->is_jit)
		return rc;
	put_source(out, facts.names_from, facts.names_path);
	put_source(out, facts.lines_from, facts.lines_path);
	put_source(out, facts.alt_path ? RN_FROM_FILE : RN_FROM_NOWHERE, facts.alt_path);
	return rn_buffer_ok(out) ? 0 : RN_E_NOMEM;
}

struct writing {
	const struct rn_stack_parts *parts;
	struct rn_buffer piece[RN_SYMBOL_PIECES];
	struct rn_intern *texts;
	bool *has_module;
};

static void put_text(struct writing *w, struct rn_buffer *out, struct rn_bytes text)
{
	bool is_new;
	uint32_t id = rn_intern(w->texts, text, &is_new);
	if (is_new) {
		rn_put_varint(&w->piece[RN_SYMBOLS_LENGTHS], text.len);
		rn_put_bytes(&w->piece[RN_SYMBOLS_TEXTS], text.p, text.len);
	}
	if (id == RN_INTERN_NONE)
		out->failed = true;
	rn_put_varint(out, id);
}

static void put_level(struct writing *w, const struct rn_symbol *l)
{
	struct rn_buffer *out = &w->piece[RN_SYMBOLS_LEVELS];
	put_text(w, out, l->function);
	put_text(w, out, l->signature);
	put_text(w, out, l->linkage);
	put_text(w, out, l->file);
	rn_put_varint(out, l->line);
	rn_put_varint(out, l->column);
	rn_put_varint(out, l->offset);
	rn_put_u8(out, l->inlined);
}

static int put_modules(struct writing *w)
{
	const struct rn_stack_parts *p = w->parts;
	struct rn_buffer sources = RN_BUFFER_INIT;
	int rc = 0;
	for (uint32_t i = 0; i < rn_modules_n(p->modules) && !rc; i++) {
		if (!w->has_module[i])
			continue;
		rn_buffer_clear(&sources);
		rc = rn_symbols_put_sources(&sources, p->symbols, p->modules, i);
		rn_put_varint(&w->piece[RN_SYMBOLS_MODULES], i);
		rn_put_string(&w->piece[RN_SYMBOLS_MODULES], rn_buffer_bytes(&sources));
	}
	rn_buffer_fini(&sources);
	return rc;
}

static void put_frames(struct writing *w, int64_t *n)
{
	struct rn_buffer *out = &w->piece[RN_SYMBOLS_FRAMES];
	uint64_t last = 0;
	for (uint32_t i = 0; i < rn_symbols_n(w->parts->symbols); i++) {
		struct rn_frame f;
		const struct rn_symbol *level;
		unsigned n_levels;
		rn_symbols_at(w->parts->symbols, i, &f, &level, &n_levels);
		if (!n_levels)
			continue;
		rn_put_varint(out, f.module);
		rn_put_svarint(out, (int64_t)(f.addr - last));
		rn_put_svarint(out, (int64_t)(f.pc_addr - f.addr));
		rn_put_varint(out, n_levels);
		last = f.addr;
		w->has_module[f.module] = true;
		for (unsigned k = 0; k < n_levels; k++)
			put_level(w, &level[k]);
		*n += 1;
	}
}

static int write_page(void *arg, sqlite3 *db, struct rn_error *err)
{
	struct writing *w = arg;
	struct rn_pages_writer pages = { 0 };
	struct ZSTD_CCtx_s *z = rn_squeeze_new(3);
	char sql[64];
	int64_t n = 0;
	int rc = z ? rn_pages_writer_init(&pages, db, "symbol", z, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
	snprintf(sql, sizeof(sql), "DELETE FROM symbol WHERE id = %d", (int)rn_symbols_page(w->parts->symbols));
	if (!rc && sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		rc = rn_index_fail(db, err);
	put_text(w, &w->piece[RN_SYMBOLS_LENGTHS], rn_bytes_of("", 0));
	w->piece[RN_SYMBOLS_LENGTHS].len = 1; /* the reference itself is none of its lengths */
	put_frames(w, &n);
	if (!rc && put_modules(w))
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc)
		rc = rn_pages_put(&pages, rn_symbols_page(w->parts->symbols), n, w->piece, RN_SYMBOL_PIECES, err);
	rn_pages_writer_fini(&pages);
	rn_squeeze_free(z);
	return rc;
}

int rn_index_add_symbols(struct rn_index **x, const char *path, const struct rn_stack_parts *parts,
	struct rn_error *err)
{
	struct writing w = { .parts = parts };
	if (!*x || !(*x)->path || !parts->symbols || rn_symbols_n_new(parts->symbols) < WORTH ||
		!rn_index_is_complete(*x))
		return 0;
	w.texts = rn_intern_new();
	w.has_module = calloc(rn_modules_n(parts->modules) + 1, sizeof(*w.has_module));
	int rc = w.texts && w.has_module ? rn_index_extend(x, path, write_page, &w, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_intern_free(w.texts);
	free(w.has_module);
	for (unsigned i = 0; i < RN_SYMBOL_PIECES; i++)
		rn_buffer_fini(&w.piece[i]);
	return rc;
}
