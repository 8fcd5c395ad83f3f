/* SPDX-License-Identifier: MIT */
#include "analyze/compare/emit.h"

#include "shared/buffer.h"

#include <math.h>
#include <stdlib.h>

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))
#define LINES_MAX 12 /* of one side where they part */

static struct rn_cell place(const struct rn_thread_pair *p, unsigned side)
{
	return p->parts ? rn_cell_u64(p->at[side] + 1) : rn_cell_null();
}

static struct rn_bytes kind_of(const struct rn_sequence *s, const struct rn_subjects *subjects,
	const struct rn_thread_pair *p)
{
	unsigned side = !p->task[0];
	return rn_intern_get(subjects->kinds, s->run[side]->tree.task[p->task[side]].kind);
}

/* Pairs that differ first, the most different of them first; then those with most calls. */
static int by_difference(const void *a, const void *b, void *arg)
{
	const struct rn_sequence *s = arg;
	const struct rn_thread_pair *x = &s->pair[*(const uint32_t *)a], *y = &s->pair[*(const uint32_t *)b];
	size_t m = x->n[0] + x->n[1] - 2 * x->alignment.common, n = y->n[0] + y->n[1] - 2 * y->alignment.common;
	if (m != n)
		return m > n ? -1 : 1;
	if (x->n[0] + x->n[1] != y->n[0] + y->n[1])
		return x->n[0] + x->n[1] > y->n[0] + y->n[1] ? -1 : 1;
	return x < y ? -1 : x > y;
}

static int emit_threads(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "a_calls", .title = "A calls", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 9,
			.doc = "of the first run, without those whose number depends on scheduling" },
		{ .name = "b_calls", .title = "B calls", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 9 },
		{ .name = "common", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 9,
			.doc = "in order: the longest common subsequence" },
		{ .name = "exact", .type = RN_T_BOOL, .hide = RN_HIDE_TEXT, .doc = "there is no longer one" },
		{ .name = "a_parts_at", .title = "A parts at", .type = RN_T_U64, .min_width = 10,
			.doc = "number of the first call of the thread that differs, from 1" },
		{ .name = "b_parts_at", .title = "B parts at", .type = RN_T_U64, .min_width = 10 },
		{ .name = "in", .type = RN_T_TEXT, .left = true, .doc = "both, or the side that alone has the thread" },
		{ .name = "thread", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = { .name = "compare_threads", .title = "Threads by descent",
		.empty = "There are no threads.", .flags = RN_TABLE_RULED, .columns = columns,
		.n_columns = COUNT_OF(columns) };
	const struct rn_sequence *s = t->c->sequence;
	uint32_t *order = malloc((s->n + 1) * sizeof(*order));
	int rc = order ? rn_sink_begin(sink, &table, err) : rn_fail(err, RN_E_NOMEM, "out of memory to compare");
	for (uint32_t i = 0; i < s->n && order; i++)
		order[i] = i;
	if (order)
		qsort_r(order, s->n, sizeof(*order), by_difference, (void *)s);
	for (uint32_t i = 0; i < s->n && !rc && (!t->shown || i < t->shown); i++) {
		const struct rn_thread_pair *p = &s->pair[order[i]];
		const struct rn_cell cells[] = { rn_cell_u64(p->n[0]), rn_cell_u64(p->n[1]),
			rn_cell_u64(p->alignment.common), rn_cell_bool(p->alignment.exact), place(p, 0), place(p, 1),
			rn_cell_text(!p->task[0] ? "B" : !p->task[1] ? "A" : "both"),
			rn_cell_bytes(kind_of(s, t->c->subjects, p)) };
		rc = rn_sink_row(sink, cells, err);
	}
	free(order);
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_lines(const struct rn_compare_tables *t, const struct rn_thread_pair *p, size_t which, bool *any,
	struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_sequence *s = t->c->sequence;
	struct rn_sequence_line *line;
	struct rn_buffer text = RN_BUFFER_INIT;
	size_t n;
	int rc = rn_sequence_lines(p, which, t->context, LINES_MAX, &line, &n, err);
	*any = n != 0;
	for (size_t i = 0; i < n && !rc; i++) {
		const struct rn_sequence_line *l = &line[i];
		const char mark[] = { (char)(l->kind == RN_LINE_BOTH ? ' ' : l->kind), 0 };
		const struct rn_step *a = l->kind != RN_LINE_B ? rn_sequence_step(s, p, 0, l->at[0]) : NULL;
		const struct rn_step *b = l->kind != RN_LINE_A ? rn_sequence_step(s, p, 1, l->at[1]) : NULL;
		rn_buffer_clear(&text);
		rn_put_step(&text, t->c->subjects, a ? a->what : b->what);
		const struct rn_cell cells[] = { rn_cell_u64(which + 1),
			a ? rn_cell_u64(l->at[0] + 1) : rn_cell_null(), b ? rn_cell_u64(l->at[1] + 1) : rn_cell_null(),
			a ? rn_cell_u64(a->ts_ns) : rn_cell_null(), b ? rn_cell_u64(b->ts_ns) : rn_cell_null(),
			rn_cell_text(mark), rn_cell_bytes(rn_buffer_bytes(&text)) };
		rc = rn_sink_row(sink, cells, err);
	}
	free(line);
	rn_buffer_fini(&text);
	return rc;
}

static int emit_divergence(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "place", .type = RN_T_U64, .hide = RN_HIDE_TEXT, .doc = "the first, the second, .. where they part" },
		{ .name = "a_call", .title = "A call", .type = RN_T_U64, .min_width = 8,
			.doc = "its number in the thread, from 1" },
		{ .name = "b_call", .title = "B call", .type = RN_T_U64, .min_width = 8 },
		{ .name = "a_ns", .title = "A seconds", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9, .decimals = 6,
			.min_width = 11, .doc = "when, in its trace (--time)" },
		{ .name = "b_ns", .title = "B seconds", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9, .decimals = 6,
			.min_width = 11 },
		{ .name = "mark", .title = " ", .type = RN_T_TEXT, .left = true, .doc = "- only A, + only B" },
		{ .name = "step", .title = "call", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = { .name = "compare_divergence", .title = "Where they part first",
		.empty = "Corresponding threads do the same in the same order.", .flags = RN_TABLE_RULED,
		.columns = columns, .n_columns = COUNT_OF(columns) };
	const struct rn_sequence *s = t->c->sequence;
	bool any = s->first < s->n;
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < t->divergences && any && !rc; i++)
		rc = emit_lines(t, &s->pair[s->first], i, &any, sink, err);
	if (!rc)
		rc = rn_sink_end(sink, err);
	if (rc || s->first == s->n)
		return rc;
	struct rn_buffer note = RN_BUFFER_INIT;
	struct rn_bytes kind = kind_of(s, t->c->subjects, &s->pair[s->first]);
	rn_put_text(&note, "of ");
	rn_put_bytes(&note, kind.p, kind.len);
	rn_put_text(&note, ", in the first run of either side; calls whose number depends on scheduling are left out");
	rc = rn_sink_note(sink, rn_buffer_bytes(&note), err);
	rn_buffer_fini(&note);
	return rc;
}

static int emit_drift(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "side", .title = "in", .type = RN_T_TEXT, .left = true, .doc = "the first run of that side" },
		{ .name = "from_call", .title = "from call", .type = RN_T_U64, .min_width = 10,
			.doc = "number of the first call that is different, from 1" },
		{ .name = "n", .title = "of", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 10 },
		{ .name = "before_ns", .title = "before us", .type = RN_T_REAL, .unit = RN_U_NS, .shift = 3, .decimals = 3,
			.doc = "level of the median latency" },
		{ .name = "after_ns", .title = "after us", .type = RN_T_REAL, .unit = RN_U_NS, .shift = 3, .decimals = 3 },
		{ .name = "p", .type = RN_T_REAL, .decimals = 4, .min_width = 6,
			.doc = "that calls in any order could be divided as well" },
		{ .name = "name", .title = "what", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = { .name = "compare_drift", .title = "Changes within a run",
		.flags = RN_TABLE_RULED, .columns = columns, .n_columns = COUNT_OF(columns) };
	const struct rn_drifts *d = t->drifts;
	int rc = d->n ? rn_sink_begin(sink, &table, err) : 0;
	for (size_t i = 0; i < d->n && !rc; i++) {
		const struct rn_drift *f = &d->item[i];
		const struct rn_cell cells[] = { rn_cell_text(f->side ? "B" : "A"), rn_cell_u64(f->from + 1),
			rn_cell_u64(f->n), rn_cell_real(f->before_ns), rn_cell_real(f->after_ns), rn_cell_real(f->p),
			rn_cell_bytes(rn_intern_get(t->c->subjects->of[RN_ASPECT_CALL], f->number)) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc || !d->n ? rc : rn_sink_end(sink, err);
}

int rn_compare_emit_sequence(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err)
{
	int rc = emit_drift(t, sink, err);
	if (rc || !t->c->sequence)
		return rc;
	rc = emit_threads(t, sink, err);
	return rc ? rc : emit_divergence(t, sink, err);
}
