/* SPDX-License-Identifier: MIT */
/* The views stacks and frames: what the calls of the trace were made through. */
#include "analyze/sql/views.h"

#include "analyze/analysis/asked.h"

#include <stdlib.h>

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define INT(n) { .name = n, .type = RN_T_I64 }
#define TEXT(n) { .name = n, .type = RN_T_TEXT }
#define TABLE(n, c) { .name = n, .columns = c, .n_columns = COUNT_OF(c) }

/* Of the calls selected. */
struct told {
	struct rn_sql_frames *frames;
	const struct rn_stack_numbers *numbers;
	const struct rn_stacks *stacks;
	bool *stack, *frame; /* by number: some call has it */
};

static int tell(void *arg, const struct rn_event *ev, struct rn_error *err)
{
	struct told *t = arg;
	struct rn_sql_frame frame;
	int rc = rn_sql_frames_of(t->frames, ev, &frame, err);
	for (uint32_t node = rc ? 0 : frame.node; node; node = rn_stacks_node(t->stacks, node)->parent) {
		bool *stack = &t->stack[rn_stack_number(t->numbers, node)];
		if (*stack)
			break;
		*stack = true;
		t->frame[rn_frame_number(t->numbers, rn_stacks_node(t->stacks, node)->frame)] = true;
	}
	return rc;
}

static int tell_selected(struct told *t, struct rn_inquiry *q, struct rn_error *err)
{
	struct rn_source *s = rn_inquiry_source(q, err);
	struct rn_batch b;
	rn_batch_init(&b);
	int rc = s ? 0 : RN_E_NOMEM;
	while (!rc && (rc = rn_source_next(s, &b, err)) == 0)
		rc = rn_batch_each(&b, rn_sql_frames_want(t->frames), tell, t, err);
	rn_batch_fini(&b);
	rn_source_free(s);
	return rc == RN_END ? 0 : rc;
}

static void told_fini(struct told *t)
{
	free(t->stack);
	free(t->frame);
}

/* Fini also after an error. */
static int told_init(struct told *t, struct rn_views_of *v, struct rn_error *err)
{
	*t = (struct told){ .frames = v->frames };
	int rc = rn_sql_frames_numbers(v->frames, &t->numbers, err);
	if (rc)
		return rc;
	t->stacks = rn_sql_frames_stacks(v->frames);
	t->stack = calloc((size_t)rn_stack_numbers_n(t->numbers) + 1, sizeof(*t->stack));
	t->frame = calloc((size_t)rn_stack_numbers_n_frames(t->numbers) + 1, sizeof(*t->frame));
	if (!t->stack || !t->frame)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	return tell_selected(t, v->q, err);
}

static int emit_stack(const struct told *t, uint32_t number, struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_stack_node *node = rn_stacks_node(t->stacks, rn_stack_numbers_node(t->numbers, number));
	const struct rn_cell cells[] = { rn_cell_u64(number),
		node->parent ? rn_cell_u64(rn_stack_number(t->numbers, node->parent)) : rn_cell_null(),
		rn_cell_u64(rn_frame_number(t->numbers, node->frame)), rn_cell_u64(node->depth) };
	return rn_sink_row(sink, cells, err);
}

int rn_view_stacks(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = { INT("stack_id"), INT("parent_id"), INT("frame_id"),
		INT("depth") };
	static const struct rn_table table = TABLE("stacks", columns);
	struct told t = { 0 };
	(void)n;
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = told_init(&t, of, err);
	for (uint32_t i = 1; !rc && i <= rn_stack_numbers_n(t.numbers); i++)
		if (t.stack[i])
			rc = emit_stack(&t, i, sink, err);
	told_fini(&t);
	return rc ? rc : rn_sink_end(sink, err);
}

static struct rn_cell known(struct rn_bytes s)
{
	return s.len ? rn_cell_bytes(s) : rn_cell_null();
}

static int emit_frame(const struct told *t, uint32_t number, struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_frame *f = rn_stacks_frame(t->stacks, rn_stack_numbers_frame(t->numbers, number));
	const struct rn_module *m = f->module == RN_NO_MODULE ? NULL :
		rn_modules_at(rn_sql_frames_modules(t->frames), f->module);
	struct rn_symbol symbol = { 0 };
	int rc = rn_sql_frames_symbol(t->frames, f, &symbol, err);
	if (rc)
		return rc;
	const struct rn_cell cells[] = { rn_cell_u64(number), m ? known(m->path) : rn_cell_null(),
		rn_cell_u64(f->addr), known(symbol.function), known(symbol.file),
		symbol.line ? rn_cell_u64(symbol.line) : rn_cell_null(), rn_cell_u64(symbol.inlined),
		rn_cell_u64(rn_sql_frames_own(t->frames, f, &symbol)) };
	return rn_sink_row(sink, cells, err);
}

int rn_view_frames(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = { INT("frame_id"), TEXT("module"), INT("addr"),
		TEXT("function"), TEXT("file"), INT("line"), INT("inlined"), INT("own") };
	static const struct rn_table table = TABLE("frames", columns);
	struct told t = { 0 };
	(void)n;
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = told_init(&t, of, err);
	for (uint32_t i = 0; !rc && i < rn_stack_numbers_n_frames(t.numbers); i++)
		if (t.frame[i])
			rc = emit_frame(&t, i, sink, err);
	told_fini(&t);
	return rc ? rc : rn_sink_end(sink, err);
}
