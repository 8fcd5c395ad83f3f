/* SPDX-License-Identifier: MIT */
#include "analyze/command/info_modules.h"

#include "analyze/words.h"

static const struct rn_column columns[] = {
	{ .name = "build_id", .title = "build-id", .type = RN_T_TEXT, .left = true, .min_width = 40 },
	{ .name = "functions", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 9,
		.doc = "that have a name" },
	{ .name = "names", .type = RN_T_TEXT, .left = true,
		.doc = "all: of every function; exported: of those that others may call; none" },
	{ .name = "names_from", .title = "from", .type = RN_T_TEXT, .left = true,
		.doc = "trace, or the file; null: nowhere" },
	{ .name = "lines_from", .title = "lines from", .type = RN_T_TEXT, .left = true,
		.doc = "trace, or the file; null: there are none" },
	{ .name = "path", .title = "module", .type = RN_T_TEXT, .left = true },
	{ .name = "help", .title = "what would help", .type = RN_T_TEXT, .left = true },
};
#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

static struct rn_cell from_cell(enum rn_symbols_from from, const char *path)
{
	if (from == RN_FROM_NOWHERE)
		return rn_cell_null();
	return rn_cell_text(from == RN_FROM_FILE && path ? path : "trace");
}

/* Nothing, where nothing is missing. */
static void put_help(struct rn_buffer *out, const struct rn_module *m, const struct rn_symbols_facts *f,
	const struct rn_symbol_options *o)
{
	bool no_names = !f->n_names, some_names = f->exported_only;
	if (m->is_jit || (m->path.len && m->path.p[0] == '['))
		return;
	if (!no_names && !some_names && f->lines_from != RN_FROM_NOWHERE) {
		if (f->alt_missing) {
			rn_put_text(out, "for inlined functions, what dwz(1) put apart, with build-id ");
			rn_put_hex_bytes(out, f->alt_build_id);
		}
		return;
	}
	if (!m->build_id.len) {
		rn_put_text(out, no_names ? "it has no build-id: record with --embed=symbols" :
			"it has no build-id: record with --embed=debug, if it has lines");
		return;
	}
	if (f->refused) {
		rn_put_text(out, "the file it was recorded with, not the one that is there now");
		return;
	}
	if (!no_names && !some_names) {
		rn_put_text(out, "for lines, compile with -g, or the debug file");
	} else {
		rn_put_text(out, "its debug file");
	}
	rn_put_text(out, ": .build-id/");
	rn_put_hex_bytes(out, rn_bytes_of(m->build_id.p, 1));
	rn_put_u8(out, '/');
	rn_put_hex_bytes(out, rn_bytes_of(m->build_id.p + 1, m->build_id.len - 1));
	rn_put_text(out, ".debug below a --debug-dir");
	if (!o->debuginfod)
		rn_put_text(out, ", or --debuginfod");
}

static int emit_row(struct rn_symbols *s, const struct rn_module *m, uint32_t i,
	const struct rn_symbol_options *o, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_buffer id = RN_BUFFER_INIT, help = RN_BUFFER_INIT;
	struct rn_symbols_facts f;
	int rc = rn_symbols_facts(s, i, &f, err);
	if (rc)
		return rc;
	rn_put_hex_bytes(&id, m->build_id);
	put_help(&help, m, &f, o);
	const struct rn_cell cells[N_COLUMNS] = {
		id.len ? rn_cell_bytes(rn_buffer_bytes(&id)) : rn_cell_null(),
		rn_cell_u64(f.n_names),
		rn_cell_text(!f.n_names ? "none" : f.exported_only ? "exported" : "all"),
		from_cell(f.names_from, f.names_path), from_cell(f.lines_from, f.lines_path),
		rn_cell_bytes(m->path),
		help.len ? rn_cell_bytes(rn_buffer_bytes(&help)) : rn_cell_null(),
	};
	rc = rn_sink_row(sink, cells, err);
	rn_buffer_fini(&id);
	rn_buffer_fini(&help);
	return rc;
}

static int emit_modules(struct rn_symbols *s, struct rn_modules_table *modules,
	const struct rn_symbol_options *o, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table table = { .name = "module_symbols", .flags = RN_TABLE_RULED,
		.empty = "No modules.", .columns = columns, .n_columns = N_COLUMNS };
	int rc = rn_sink_begin(sink, &table, err);
	for (uint32_t i = 0; i < rn_modules_n(modules) && !rc; i++)
		rc = emit_row(s, rn_modules_at(modules, i), i, o, sink, err);
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_refused(struct rn_symbols *s, struct rn_modules_table *modules, struct rn_sink *sink,
	struct rn_error *err)
{
	static const struct rn_column refused_columns[] = {
		{ .name = "path", .title = "module", .type = RN_T_TEXT, .left = true },
		{ .name = "file", .title = "refused file", .type = RN_T_TEXT, .left = true },
		{ .name = "build_id", .title = "because its build-id is", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = { .name = "refused_files", .flags = RN_TABLE_RULED,
		.empty = "No file with a wrong build-id was met.", .columns = refused_columns,
		.n_columns = 3 };
	int rc = rn_sink_begin(sink, &table, err);
	for (uint32_t i = 0; i < rn_modules_n(modules) && !rc; i++) {
		struct rn_symbols_facts f;
		rc = rn_symbols_facts(s, i, &f, err);
		const struct rn_refused *one = rc ? NULL : f.refused;
		for (; one && !rc; one = one->next) {
			struct rn_buffer id = RN_BUFFER_INIT;
			rn_put_hex_bytes(&id, one->build_id);
			const struct rn_cell cells[] = { rn_cell_bytes(rn_modules_at(modules, i)->path),
				rn_cell_text(one->path),
				id.len ? rn_cell_bytes(rn_buffer_bytes(&id)) : rn_cell_null() };
			rc = rn_sink_row(sink, cells, err);
			rn_buffer_fini(&id);
		}
	}
	return rc ? rc : rn_sink_end(sink, err);
}

int rn_info_modules_emit(struct rn_reader *r, const struct rn_symbol_options *o, struct rn_sink *sink,
	struct rn_error *err)
{
	struct rn_modules_table *modules = rn_modules_new();
	struct rn_symbols *s = modules ? rn_symbols_new(r, modules, o, NULL) : NULL;
	int rc = s ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc && !rn_reader_seekable(r))
		rc = rn_fail(err, RN_E_UNSUPPORTED, "--modules needs a file, not a pipe");
	if (!rc)
		rc = rn_reader_index(r, err);
	if (!rc)
		rc = rn_modules_scan(modules, r, err);
	if (!rc)
		rc = emit_modules(s, modules, o, sink, err);
	if (!rc)
		rc = emit_refused(s, modules, sink, err);
	rn_symbols_free(s);
	rn_modules_free(modules);
	return rc;
}
