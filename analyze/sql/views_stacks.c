/* SPDX-License-Identifier: MIT */
/* The views stacks and frames: what the calls of the trace were made through. */
#include "analyze/sql/views.h"

#include "analyze/analysis/asked.h"

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define INT(n) { .name = n, .type = RN_T_I64 }
#define TEXT(n) { .name = n, .type = RN_T_TEXT }
#define TABLE(n, c) { .name = n, .columns = c, .n_columns = COUNT_OF(c) }

static int unwind(void *frames, const struct rn_event *ev, struct rn_error *err)
{
	struct rn_sql_frame frame;
	return rn_sql_frames_of(frames, ev, &frame, err);
}

/* Every stack of the calls selected. */
static int unwind_all(struct rn_views_of *v, struct rn_error *err)
{
	struct rn_source *s = rn_inquiry_source(v->q, err);
	struct rn_batch b;
	rn_batch_init(&b);
	int rc = s ? 0 : RN_E_NOMEM;
	while (!rc && (rc = rn_source_next(s, &b, err)) == 0)
		rc = rn_batch_each(&b, rn_sql_frames_want(v->frames), unwind, v->frames, err);
	rn_batch_fini(&b);
	rn_source_free(s);
	return rc == RN_END ? 0 : rc;
}

int rn_view_stacks(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = { INT("stack_id"), INT("parent_id"), INT("frame_id"),
		INT("depth") };
	static const struct rn_table table = TABLE("stacks", columns);
	struct rn_views_of *v = of;
	(void)n;
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = unwind_all(v, err);
	const struct rn_stacks *s = rc ? NULL : rn_sql_frames_stacks(v->frames);
	for (uint32_t i = 1; s && i < rn_stacks_n_nodes(s) && !rc; i++) {
		const struct rn_stack_node *node = rn_stacks_node(s, i);
		const struct rn_cell cells[] = { rn_cell_u64(i),
			node->parent ? rn_cell_u64(node->parent) : rn_cell_null(),
			rn_cell_u64(node->frame), rn_cell_u64(node->depth) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static struct rn_cell known(struct rn_bytes s)
{
	return s.len ? rn_cell_bytes(s) : rn_cell_null();
}

int rn_view_frames(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = { INT("frame_id"), TEXT("module"), INT("addr"),
		TEXT("function"), TEXT("file"), INT("line"), INT("inlined"), INT("own") };
	static const struct rn_table table = TABLE("frames", columns);
	struct rn_views_of *v = of;
	(void)n;
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = unwind_all(v, err);
	const struct rn_stacks *s = rc ? NULL : rn_sql_frames_stacks(v->frames);
	for (uint32_t i = 0; s && i < rn_stacks_n_frames(s) && !rc; i++) {
		const struct rn_frame *f = rn_stacks_frame(s, i);
		const struct rn_module *m = f->module == RN_NO_MODULE ? NULL :
			rn_modules_at(rn_sql_frames_modules(v->frames), f->module);
		struct rn_symbol symbol = { 0 };
		rc = rn_sql_frames_symbol(v->frames, f, &symbol, err);
		if (rc)
			break;
		const struct rn_cell cells[] = { rn_cell_u64(i), m ? known(m->path) : rn_cell_null(),
			rn_cell_u64(f->addr), known(symbol.function), known(symbol.file),
			symbol.line ? rn_cell_u64(symbol.line) : rn_cell_null(),
			rn_cell_u64(symbol.inlined),
			rn_cell_u64(rn_sql_frames_own(v->frames, f, &symbol)) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}
