/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/frames_private.h"

#include "analyze/index/stacks.h"
#include "analyze/stack/unwinder.h"
#include "analyze/symbol/show.h"

#include <stdlib.h>

static int load_maps(struct rn_frames *f, struct rn_error *err)
{
	const struct rn_frame_options *o = f->o;
	f->maps = rn_transpiler_maps_new();
	if (!f->maps)
		return rn_frames_no_memory(err);
	if (!o->maps.n && (o->rewrite || o->rewrite_errors || o->context))
		return rn_fail(err, RN_E_USAGE, "%s needs a map: give --transpiler-map FILE",
			o->rewrite ? "--rewrite-stacktrace" :
			o->rewrite_errors ? "--rewrite-errors" : "--show-transpiler-context");
	for (size_t i = 0; i < o->maps.n; i++) {
		int rc = rn_transpiler_maps_add(f->maps, o->maps.item[i], err);
		if (rc)
			return rc;
	}
	return 0;
}

static int compile(struct rn_patterns **out, const struct rn_strings *words, const char *option,
	struct rn_error *err)
{
	int rc = words->n ? rn_patterns_new(out, words, err) : 0;
	if (rc == RN_E_USAGE)
		rn_error_prefix(err, "%s", option);
	return rc;
}

static int read_words(struct rn_frames *f, struct rn_error *err)
{
	int rc = load_maps(f, err);
	if (!rc && f->o->unwinder)
		rc = rn_unwinder_choose(&f->unwinder, f->o->unwinder, err);
	if (!rc)
		rc = rn_user_code_new(&f->user_code, &f->o->user_code, err);
	if (!rc)
		rc = compile(&f->in, &f->o->in, "--in", err);
	if (!rc)
		rc = compile(&f->not_in, &f->o->not_in, "--not-in", err);
	return rc;
}

int rn_frame_options_check(const struct rn_frame_options *o, struct rn_error *err)
{
	struct rn_frames *f = calloc(1, sizeof(*f));
	if (!f)
		return rn_frames_no_memory(err);
	f->o = o;
	int rc = read_words(f, err);
	rn_frames_free(f);
	return rc;
}

void rn_frame_options_fini(struct rn_frame_options *o)
{
	rn_strings_fini(&o->debug_dirs);
	rn_strings_fini(&o->maps);
	rn_strings_fini(&o->user_code);
	rn_strings_fini(&o->in);
	rn_strings_fini(&o->not_in);
}

static int begin(struct rn_frames *f, struct rn_reader *reader, struct rn_error *err)
{
	const struct rn_symbol_options symbols = { .debug_dirs = f->o->debug_dirs.item,
		.n_debug_dirs = f->o->debug_dirs.n, .sysroot = f->o->sysroot,
		.debuginfod = f->o->debuginfod, .trust_paths = f->o->live, .lines = f->o->source };
	f->modules = rn_modules_new();
	f->stacks = f->modules ? rn_stacks_new(f->modules) : NULL;
	f->symbols = f->stacks ? rn_symbols_new(reader, f->modules, &symbols, f->maps) : NULL;
	if (!f->symbols)
		return rn_frames_no_memory(err);
	const struct rn_image_finder finder = { rn_symbols_find_image, f->symbols };
	rn_modules_set_finder(f->modules, &finder);
	rn_modules_use(f->modules, reader);
	f->reader = reader;
	int rc = f->unwinder ? rn_stacks_use(f->stacks, f->unwinder, err) : 0;
	if (rc || !rn_reader_seekable(reader))
		return rc;
	rc = rn_reader_index(reader, err);
	return rc ? rc : rn_index_scan_modules(f->index ? *f->index : NULL, f->modules, reader, err);
}

static struct rn_stack_parts parts_of(const struct rn_frames *f)
{
	return (struct rn_stack_parts){ f->reader, f->modules, f->stacks, f->symbols };
}

/* Who walks the stacks in another way wants to see them walked. */
static int borrow(struct rn_frames *f, bool make, struct rn_diag *diag, struct rn_error *err)
{
	const struct rn_stack_parts parts = parts_of(f);
	if (f->unwinder || !f->index || !*f->index || f->o->live)
		return 0;
	if (make && !rn_index_has_stacks(*f->index, &parts)) {
		int rc = rn_index_add_stacks(f->index, f->trace, &parts, diag, err);
		if (rc)
			return rc;
	}
	return rn_index_lend(&f->loan, *f->index, &parts, err);
}

int rn_frames_new_indexed(struct rn_frames **out, const struct rn_frame_options *o, struct rn_reader *reader,
	struct rn_index **x, const char *path, bool make, struct rn_diag *diag, struct rn_error *err)
{
	struct rn_frames *f = calloc(1, sizeof(*f));
	*out = NULL;
	if (!f)
		return rn_frames_no_memory(err);
	f->o = o;
	f->index = x;
	f->trace = path;
	int rc = read_words(f, err);
	if (!rc)
		rc = begin(f, reader, err);
	if (!rc)
		rc = borrow(f, make, diag, err);
	if (rc)
		rn_frames_free(f);
	else
		*out = f;
	return rc;
}

int rn_frames_new(struct rn_frames **out, const struct rn_frame_options *o, struct rn_reader *reader,
	struct rn_error *err)
{
	return rn_frames_new_indexed(out, o, reader, NULL, NULL, false, NULL, err);
}

/* What was looked up is there the next time; where it cannot be kept it is looked up again. */
static void give_back(struct rn_frames *f)
{
	const struct rn_stack_parts parts = parts_of(f);
	rn_index_loan_end_stacks(f->loan);
	if (f->index && *f->index && f->symbols && !f->unwinder)
		rn_index_add_symbols(f->index, f->trace, &parts, NULL);
}

void rn_frames_free(struct rn_frames *f)
{
	if (!f)
		return;
	give_back(f);
	rn_symbols_free(f->symbols);
	rn_stacks_free(f->stacks);
	rn_modules_free(f->modules);
	rn_index_loan_free(f->loan);
	rn_shown_lines_free(f->shown);
	rn_patterns_free(f->in);
	rn_patterns_free(f->not_in);
	rn_user_code_free(f->user_code);
	rn_transpiler_maps_free(f->maps);
	free(f->named);
	free(f->memo);
	free(f->path);
	free(f);
}

struct rn_shown_lines **rn_frames_shown_lines(struct rn_frames *f)
{
	return &f->shown;
}

const struct rn_frame_options *rn_frames_options(const struct rn_frames *f)
{
	return f->o;
}

struct rn_modules_table *rn_frames_modules(struct rn_frames *f)
{
	return f->modules;
}

struct rn_symbols *rn_frames_symbols(struct rn_frames *f)
{
	return f->symbols;
}

const struct rn_transpiler_maps *rn_frames_maps(const struct rn_frames *f)
{
	return f->maps;
}

const struct rn_stacks *rn_frames_stacks(const struct rn_frames *f)
{
	return f->stacks;
}

int rn_frames_name_all(struct rn_frames *f, struct rn_error *err)
{
	const struct rn_known_stacks *known = rn_index_loan_stacks(f->loan);
	const struct rn_symbol *levels;
	unsigned n;
	int rc = 0;
	for (uint32_t i = 0; known && i < known->n_frames && !rc; i++)
		rc = rn_symbols_of(f->symbols, &known->frame[i], &levels, &n, err);
	return rc;
}

unsigned rn_frames_want(const struct rn_frames *f)
{
	return rn_stacks_want(f->stacks);
}

int rn_frames_of(struct rn_frames *f, const struct rn_event *ev, uint32_t *stack,
	enum rn_stack_end *end, struct rn_error *err)
{
	return rn_stacks_of(f->stacks, ev, stack, end, err);
}
