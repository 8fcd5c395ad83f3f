/* SPDX-License-Identifier: MIT */
/*
 * embed - adds the code, symbols and lines that are found here to a trace, so that it can be shared: for a
 * module without an image the file itself, for one whose names or lines are missing the file that has them.
 */
#include "analyze/command/command.h"
#include "analyze/new_file.h"
#include "analyze/report/report.h"
#include "analyze/symbol/symbols.h"
#include "analyze/words.h"
#include "format/extend.h"
#include "shared/elf_image.h"
#include "shared/intern.h"
#include "shared/option.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct embed_options {
	const char *output, *sysroot;
	struct rn_strings debug_dirs;
	bool debuginfod, symbols_only;
};

#define O struct embed_options
static const struct rn_option rows[] = {
	{ RN_HEADING("What is added") },
	{ 0, "symbols-only", RN_FLAG(O, symbols_only),
		.help = "names of functions, but no lines, which take much more room" },
	{ 0, "debug-dir", RN_STRINGS(O, debug_dirs), .argument = "DIR",
		.help = "look for symbols and lines below DIR, too; may be repeated" },
	{ 0, "sysroot", RN_STRING(O, sysroot), .argument = "DIR",
		.help = "the traced programs and libraries, and their debug files, lie below DIR" },
	{ 0, "debuginfod", RN_FLAG(O, debuginfod), .grants = RN_OPTION_NETWORK,
		.help = "ask the servers of DEBUGINFOD_URLS for symbols and lines" },
	{ RN_HEADING("Output") },
	{ 'o', "output", RN_STRING(O, output), .argument = "FILE", .grants = RN_OPTION_WRITES,
		.help = "write the trace to FILE; without it, in place of the one that is read" },
	{ RN_OPTIONS_END },
};
#undef O

/* What is under way. */
struct embedding {
	const struct embed_options *o;
	struct rn_reader *reader;
	struct rn_modules_table *modules;
	struct rn_symbols *symbols;
	struct rn_extension *out;
	struct rn_sink *sink;
	struct rn_buffer image;
	struct rn_intern *shared; /* build-ids of files with DWARF of several */
};

static const struct rn_column columns[] = {
	{ .name = "path", .title = "module", .type = RN_T_TEXT, .left = true },
	{ .name = "what", .title = "added", .type = RN_T_TEXT, .left = true },
	{ .name = "bytes", .type = RN_T_U64, .unit = RN_U_BYTES, .doc = "before compression" },
	{ .name = "file", .title = "from", .type = RN_T_TEXT, .left = true },
};

static int add_file(struct embedding *e, const struct rn_module *m, const char *path, uint32_t kind,
	enum rn_embed how, struct rn_error *err)
{
	int rc = 0, fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot read '%s'", path);
	rn_buffer_clear(&e->image);
	if (rn_image_make(&e->image, fd, how)) {
		const struct rn_module_image what = { .build_id = m->build_id, .name = m->path,
			.image = rn_buffer_bytes(&e->image), .kind = kind };
		const struct rn_cell cells[] = { rn_cell_bytes(m->path),
			rn_cell_text(kind == RN_MODULE_ELF ? "code" : how == RN_EMBED_DEBUG ?
				"symbols and lines" : "symbols"),
			rn_cell_u64(e->image.len), rn_cell_text(path) };
		rc = rn_extension_module(e->out, &what, err);
		if (!rc)
			rc = rn_sink_row(e->sink, cells, err);
	} else if (!rn_buffer_ok(&e->image)) {
		rc = rn_fail(err, RN_E_NOMEM, "out of memory for '%s'", path);
	}
	close(fd);
	return rc;
}

/* Of a module without an image: the file that was mapped. *path NULL: it is not here. */
static int find_code(struct embedding *e, uint32_t i, const char **path, struct rn_error *err)
{
	struct rn_bytes image;
	const struct rn_module m = *rn_modules_at(e->modules, i);
	*path = NULL;
	int rc = rn_modules_embedded(e->modules, i, &image, err);
	if (rc || image.len || m.is_jit)
		return rc;
	return rn_symbols_find_image_path(e->symbols, &m, path, err);
}

/* What files share of their DWARF (dwz(1)), once. */
static int add_shared(struct embedding *e, const struct rn_symbols_facts *f, struct rn_error *err)
{
	const struct rn_module alt = { .path = rn_bytes_str(f->alt_path), .build_id = f->alt_build_id };
	bool is_new;
	if (rn_intern(e->shared, f->alt_build_id, &is_new) == RN_INTERN_NONE)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return is_new ? add_file(e, &alt, f->alt_path, RN_MODULE_DEBUG, RN_EMBED_DEBUG, err) : 0;
}

static int add_module(struct embedding *e, uint32_t i, struct rn_error *err)
{
	const struct rn_module m = *rn_modules_at(e->modules, i);
	enum rn_embed how = e->o->symbols_only ? RN_EMBED_SYMBOLS : RN_EMBED_DEBUG;
	struct rn_symbols_facts f;
	const char *code = NULL;
	int rc = m.build_id.len ? find_code(e, i, &code, err) : 0;
	if (!rc && m.build_id.len)
		rc = rn_symbols_facts(e->symbols, i, &f, err);
	if (rc || !m.build_id.len)
		return rc;
	const char *names = f.names_from == RN_FROM_FILE ? f.names_path : NULL;
	const char *lines = f.lines_from == RN_FROM_FILE && !e->o->symbols_only ? f.lines_path : NULL;
	if (code)
		rc = add_file(e, &m, code, RN_MODULE_ELF, how, err);
	if (!rc && names && (!code || strcmp(names, code) != 0) &&
		(!lines || strcmp(names, lines) != 0))
		rc = add_file(e, &m, names, RN_MODULE_DEBUG, RN_EMBED_SYMBOLS, err);
	if (!rc && lines && (!code || strcmp(lines, code) != 0))
		rc = add_file(e, &m, lines, RN_MODULE_DEBUG, RN_EMBED_DEBUG, err);
	if (!rc && f.alt_path && !e->o->symbols_only)
		rc = add_shared(e, &f, err);
	return rc;
}

static int add_modules(struct embedding *e, struct rn_error *err)
{
	static const struct rn_table table = { .name = "embedded", .flags = RN_TABLE_RULED,
		.empty = "Nothing was found that the trace does not have.", .columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]) };
	int rc = rn_sink_begin(e->sink, &table, err);
	for (uint32_t i = 0; i < rn_modules_n(e->modules) && !rc; i++)
		rc = add_module(e, i, err);
	return rc ? rc : rn_sink_end(e->sink, err);
}

static int look(struct embedding *e, const char *path, struct rn_error *err)
{
	const struct rn_symbol_options options = { .debug_dirs = e->o->debug_dirs.item,
		.n_debug_dirs = e->o->debug_dirs.n, .sysroot = e->o->sysroot,
		.debuginfod = e->o->debuginfod, .all_names = true, .lines = true };
	int rc = rn_reader_open(&e->reader, path, err);
	if (!rc && !rn_reader_seekable(e->reader))
		rc = rn_fail(err, RN_E_USAGE, "embed needs a file, not a pipe");
	if (!rc)
		rc = rn_reader_index(e->reader, err);
	if (rc)
		return rc;
	e->modules = rn_modules_new();
	e->shared = rn_intern_new();
	e->symbols = e->modules && e->shared ? rn_symbols_new(e->reader, e->modules, &options, NULL) : NULL;
	return e->symbols ? rn_modules_scan(e->modules, e->reader, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
}

static int embed(struct embedding *e, const char *path, const char *destination, struct rn_error *err)
{
	struct rn_new_file file;
	int fd = rn_new_file_begin(&file, destination, err);
	int rc = fd < 0 ? fd : rn_extension_begin(&e->out, path, fd, err);
	if (!rc)
		rc = add_modules(e, err);
	int end = rn_extension_end(e->out, rc != 0, rc ? NULL : err);
	return rn_new_file_end(&file, rc ? rc : end, err);
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	const struct embed_options *o = options;
	struct embedding e = { .o = o };
	const struct rn_report *report;
	const char *path;
	int rc = rn_command_trace(&path, in, err);
	if (!rc)
		rc = rn_report_choose(&report, "text", err);
	if (!rc)
		rc = look(&e, path, err);
	if (!rc)
		rc = report->begin(&e.sink, stdout, err);
	if (!rc) {
		rc = embed(&e, path, o->output ? o->output : path, err);
		int end = report->end(e.sink, rc ? NULL : err);
		rc = rc ? rc : end;
	}
	rn_symbols_free(e.symbols);
	rn_modules_free(e.modules);
	rn_reader_close(e.reader);
	rn_buffer_fini(&e.image);
	rn_intern_free(e.shared);
	return rc;
}

static void fini(void *options)
{
	rn_strings_fini(&((struct embed_options *)options)->debug_dirs);
}

static const char *const synopsis[] = { "[OPTIONS] [TRACE]", NULL };

const struct rn_command rn_command_embed = {
	.name = "embed",
	.summary = "add the symbols and lines found here to a trace, so that it can be shared",
	.synopsis = synopsis,
	.options = { rows },
	.options_size = sizeof(struct embed_options),
	.grants = RN_GRANT_TRACE,
	.run = run,
	.fini = fini,
};
