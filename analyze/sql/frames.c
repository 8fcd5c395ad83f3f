/* SPDX-License-Identifier: MIT */
#include "analyze/sql/frames.h"

#include "analyze/index/stacks.h"
#include "analyze/model/idmap.h"
#include "analyze/symbol/user_code.h"

#include <stdlib.h>

struct rn_sql_frames {
	struct rn_reader *reader;
	struct rn_modules_table *modules;
	struct rn_stacks *stacks;
	struct rn_symbols *symbols;
	struct rn_user_code *user_code;
	struct rn_stack_numbers *numbers; /* NULL: not asked for yet */
	struct rn_idmap by_stack;   /* to told */
	struct rn_sql_frame *told;
	uint32_t n, cap;
	struct rn_index **index;    /* NULL: none helps */
	struct rn_index_loan *loan;
	const char *trace;
};

struct rn_sql_frames *rn_sql_frames_new(struct rn_reader *reader)
{
	struct rn_sql_frames *f = calloc(1, sizeof(*f));
	if (f)
		f->reader = reader;
	return f;
}

void rn_sql_frames_free(struct rn_sql_frames *f)
{
	if (!f)
		return;
	const struct rn_stack_parts parts = { f->reader, f->modules, f->stacks, f->symbols };
	rn_index_loan_end_stacks(f->loan);
	if (f->index && *f->index && f->symbols)
		rn_index_add_symbols(f->index, f->trace, &parts, NULL);
	rn_stack_numbers_free(f->numbers);
	rn_stacks_free(f->stacks);
	rn_symbols_free(f->symbols);
	rn_user_code_free(f->user_code);
	rn_modules_free(f->modules);
	rn_index_loan_free(f->loan);
	rn_idmap_fini(&f->by_stack);
	free(f->told);
	free(f);
}

/* The index is asked for its files while it is open: it stays the one it is, and gets no stacks here. */
static int borrow(struct rn_sql_frames *f, struct rn_error *err)
{
	const struct rn_stack_parts parts = { f->reader, f->modules, f->stacks, f->symbols };
	return f->index && *f->index ? rn_index_lend(&f->loan, *f->index, &parts, err) : 0;
}

static int make(struct rn_sql_frames *f, struct rn_error *err)
{
	if (f->symbols)
		return 0;
	static const struct rn_symbol_options usual = { 0 };
	static const struct rn_strings no_words = { 0 };
	int rc = f->user_code ? 0 : rn_user_code_new(&f->user_code, &no_words, err);
	if (rc)
		return rc;
	f->modules = f->modules ? f->modules : rn_modules_new();
	if (!f->modules)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	rc = rn_index_scan_modules(f->index ? *f->index : NULL, f->modules, f->reader, err);
	if (rc)
		return rc;
	rn_modules_use(f->modules, f->reader);
	f->stacks = f->stacks ? f->stacks : rn_stacks_new(f->modules);
	f->symbols = f->stacks ? rn_symbols_new(f->reader, f->modules, &usual, NULL) : NULL;
	if (!f->symbols)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	const struct rn_image_finder finder = { rn_symbols_find_image, f->symbols };
	rn_modules_set_finder(f->modules, &finder);
	return borrow(f, err);
}

void rn_sql_frames_use(struct rn_sql_frames *f, struct rn_index **x, const char *path)
{
	f->index = x;
	f->trace = path;
}

unsigned rn_sql_frames_want(struct rn_sql_frames *f)
{
	return make(f, NULL) ? 0 : rn_stacks_want(f->stacks);
}

int rn_sql_frames_symbol(struct rn_sql_frames *f, const struct rn_frame *frame, struct rn_symbol *out,
	struct rn_error *err)
{
	const struct rn_symbol *levels;
	unsigned n;
	int rc = make(f, err);
	if (!rc)
		rc = rn_symbols_of(f->symbols, frame, &levels, &n, err);
	if (!rc)
		*out = levels[0];
	return rc;
}

/* From the innermost frame out: the first whose line is known, else the first that has a name. */
static int look_up(struct rn_sql_frames *f, uint32_t id, struct rn_sql_frame *out, struct rn_error *err)
{
	int rc = 0;
	*out = (struct rn_sql_frame){ .node = id };
	for (uint32_t at = id; at && !rc && !out->line;) {
		const struct rn_stack_node *node = rn_stacks_node(f->stacks, at);
		struct rn_symbol s = { 0 };
		rc = rn_sql_frames_symbol(f, rn_stacks_frame(f->stacks, node->frame), &s, err);
		if (!rc && (s.line || (!out->function.len && s.function.len))) {
			out->function = s.function;
			out->file = s.file;
			out->line = s.line;
		}
		at = node->parent;
	}
	return rc;
}

static int remember(struct rn_sql_frames *f, const struct rn_sql_frame *x, struct rn_error *err)
{
	if (f->n == f->cap) {
		uint32_t cap = f->cap ? f->cap * 2 : 64;
		struct rn_sql_frame *told = realloc(f->told, cap * sizeof(*told));
		if (!told)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		f->told = told;
		f->cap = cap;
	}
	if (rn_idmap_put(&f->by_stack, x->node, f->n))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	f->told[f->n++] = *x;
	return 0;
}

int rn_sql_frames_of(struct rn_sql_frames *f, const struct rn_event *ev, struct rn_sql_frame *out,
	struct rn_error *err)
{
	uint32_t id;
	*out = (struct rn_sql_frame){ 0 };
	int rc = make(f, err);
	if (!rc && rn_stacks_want(f->stacks) && !ev->call.regs)
		return 0;
	if (!rc)
		rc = rn_stacks_of(f->stacks, ev, &id, NULL, err);
	if (rc || !id)
		return rc;
	uint32_t known = rn_idmap_find(&f->by_stack, id);
	if (known != RN_IDMAP_NONE) {
		*out = f->told[known];
		return 0;
	}
	rc = look_up(f, id, out, err);
	return rc ? rc : remember(f, out, err);
}

int rn_sql_frames_numbers(struct rn_sql_frames *f, const struct rn_stack_numbers **out, struct rn_error *err)
{
	int rc = make(f, err);
	if (!rc && !f->numbers)
		rc = rn_stack_numbers_new(&f->numbers, f->stacks, f->reader, err);
	*out = f->numbers;
	return rc;
}

const struct rn_stacks *rn_sql_frames_stacks(const struct rn_sql_frames *f)
{
	return f->stacks;
}

const struct rn_modules_table *rn_sql_frames_modules(const struct rn_sql_frames *f)
{
	return f->modules;
}

bool rn_sql_frames_own(const struct rn_sql_frames *f, const struct rn_frame *frame,
	const struct rn_symbol *symbol)
{
	const struct rn_module *m = frame->module == RN_NO_MODULE ? NULL :
		rn_modules_at(f->modules, frame->module);
	return rn_user_code_is(f->user_code, m, symbol, false);
}
