/* SPDX-License-Identifier: MIT */
#include "analyze/compare/emit.h"

#include "shared/buffer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

static struct rn_cell word(const struct rn_judged *j, const char *less, const char *more)
{
	switch (j->outcome) {
	case RN_OUTCOME_NONE:
		break;
	case RN_OUTCOME_SAME:
		return rn_cell_text("same");
	case RN_OUTCOME_LESS:
		return rn_cell_text(less);
	case RN_OUTCOME_MORE:
		return rn_cell_text(more);
	case RN_OUTCOME_UNSURE:
		return rn_cell_text("inconclusive");
	}
	return rn_cell_null();
}

static uint32_t shown(const struct rn_compare_tables *t, uint32_t n)
{
	return t->shown && t->shown < n ? t->shown : n;
}

static int tell_rest(const struct rn_compare_tables *t, uint32_t n, const char *what, struct rn_sink *sink,
	struct rn_error *err)
{
	char text[96];
	if (shown(t, n) == n)
		return 0;
	int len = snprintf(text, sizeof(text), "%u more %s are not shown (-n)", n - shown(t, n), what);
	return rn_sink_note(sink, rn_bytes_of(text, (size_t)len), err);
}

static struct rn_bytes name_of(const struct rn_compare_tables *t, enum rn_aspect aspect, uint32_t number)
{
	return rn_intern_get(t->c->subjects->of[aspect], number);
}

#define NS(n, head) { .name = n, .title = head, .type = RN_T_REAL, .unit = RN_U_NS, .shift = 9, .decimals = 6, \
		.min_width = 11 }
#define RATIO(n, hidden) { .name = n, .type = RN_T_REAL, .unit = RN_U_RATIO, .decimals = 3, .min_width = 7, \
		.hide = hidden }
#define CALLS(n, head) { .name = n, .title = head, .type = RN_T_REAL, .unit = RN_U_COUNT, .min_width = 9 }

static const struct rn_column row_columns[] = {
	NS("a_ns", "A seconds"), NS("b_ns", "B seconds"),
	{ .name = "ratio", .title = "per call", .type = RN_T_REAL, .unit = RN_U_RATIO, .decimals = 3, .min_width = 8,
		.doc = "B / A of the median latency of a call, medians of the runs" },
	{ .name = "low", .type = RN_T_REAL, .unit = RN_U_RATIO, .decimals = 3, .min_width = 7,
		.doc = "95 % interval of that: over runs, or, where they are few, within them" }, RATIO("high", 0),
	{ .name = "p", .type = RN_T_REAL, .hide = RN_HIDE_TEXT, .doc = "Mann & Whitney, over runs, two-sided" },
	{ .name = "adjusted_p", .title = "p", .type = RN_T_REAL, .decimals = 4, .min_width = 6,
		.doc = "adjusted (Benjamini & Hochberg) among the rows of this table that take 1 % of a run" },
	{ .name = "delta", .type = RN_T_REAL, .hide = RN_HIDE_TEXT, .doc = "Cliff's" },
	{ .name = "outcome", .title = "B is", .type = RN_T_TEXT, .left = true, .min_width = 6 },
	CALLS("a_calls", "A calls"), CALLS("b_calls", "B calls"),
	{ .name = "calls_p", .type = RN_T_REAL, .hide = RN_HIDE_TEXT, .doc = "of their number, adjusted" },
	{ .name = "calls_outcome", .title = "B has", .type = RN_T_TEXT, .left = true, .min_width = 5 },
	{ .name = "a_errors", .type = RN_T_REAL, .unit = RN_U_COUNT, .hide = RN_HIDE_TEXT },
	{ .name = "b_errors", .type = RN_T_REAL, .unit = RN_U_COUNT, .hide = RN_HIDE_TEXT },
	{ .name = "share_percent", .type = RN_T_REAL, .unit = RN_U_PERCENT, .hide = RN_HIDE_TEXT,
		.doc = "of the time of a run, both sides" },
	{ .name = "distance", .type = RN_T_REAL, .unit = RN_U_RATIO, .hide = RN_HIDE_TEXT,
		.doc = "Kolmogorov & Smirnov's, between the latencies of all runs of either side" },
	{ .name = "waits", .type = RN_T_BOOL, .hide = RN_HIDE_TEXT, .doc = "for somebody else: not judged" },
	{ .name = "name", .title = "what", .type = RN_T_TEXT, .left = true },
};

static int emit_aspect(const struct rn_compare_tables *t, enum rn_aspect aspect, const struct rn_table *table,
	const char *what, struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_comparison *c = t->c;
	int rc = rn_sink_begin(sink, table, err);
	for (uint32_t i = 0; i < shown(t, c->n[aspect]) && !rc; i++) {
		const struct rn_compared *r = &c->row[aspect][i];
		const struct rn_judged *j = &r->each;
		const struct rn_cell cells[] = { rn_cell_real(r->time[0]), rn_cell_real(r->time[1]),
			rn_compare_real(j->ratio), rn_compare_real(j->ci.low), rn_compare_real(j->ci.high),
			rn_compare_real(j->p), rn_compare_real(j->adjusted), rn_compare_real(j->delta),
			word(j, "faster", "slower"), rn_compare_real(r->calls[0]), rn_compare_real(r->calls[1]),
			rn_compare_real(r->count.adjusted), word(&r->count, "fewer", "more"),
			rn_compare_real(r->errors[0]), rn_compare_real(r->errors[1]),
			rn_compare_real(100 * r->share), rn_compare_real(r->distance), rn_cell_bool(r->waits),
			rn_cell_bytes(name_of(t, aspect, r->number)) };
		rc = rn_sink_row(sink, cells, err);
	}
	if (!rc)
		rc = rn_sink_end(sink, err);
	return rc ? rc : tell_rest(t, c->n[aspect], what, sink, err);
}

static int emit_errors(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		CALLS("a_errors", "A errors"), CALLS("b_errors", "B errors"), RATIO("ratio", 0),
		{ .name = "adjusted_p", .title = "p", .type = RN_T_REAL, .decimals = 4, .min_width = 6,
			.doc = "Mann & Whitney, over runs, adjusted" },
		{ .name = "outcome", .title = "B has", .type = RN_T_TEXT, .left = true, .min_width = 5 },
		RATIO("a_rate_low", RN_HIDE_TEXT), RATIO("a_rate_high", RN_HIDE_TEXT),
		RATIO("b_rate_low", RN_HIDE_TEXT), RATIO("b_rate_high", RN_HIDE_TEXT),
		{ .name = "odds_ratio", .type = RN_T_REAL, .unit = RN_U_RATIO, .hide = RN_HIDE_TEXT,
			.doc = "of failing so, B to A, over all calls of the runs" },
		{ .name = "fisher_p", .type = RN_T_REAL, .hide = RN_HIDE_TEXT,
			.doc = "of these, as if calls did not depend on each other" },
		{ .name = "a_ns", .type = RN_T_REAL, .unit = RN_U_NS, .hide = RN_HIDE_TEXT },
		{ .name = "b_ns", .type = RN_T_REAL, .unit = RN_U_NS, .hide = RN_HIDE_TEXT },
		{ .name = "name", .title = "what", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = { .name = "compare_errors", .title = "By error",
		.empty = "No call failed.", .flags = RN_TABLE_RULED, .columns = columns, .n_columns = COUNT_OF(columns) };
	const struct rn_comparison *c = t->c;
	uint32_t n = c->n[RN_ASPECT_ERROR];
	int rc = rn_sink_begin(sink, &table, err);
	for (uint32_t i = 0; i < shown(t, n) && !rc; i++) {
		const struct rn_compared *r = &c->row[RN_ASPECT_ERROR][i];
		const struct rn_cell cells[] = { rn_compare_real(r->calls[0]), rn_compare_real(r->calls[1]),
			rn_compare_real(r->count.ratio), rn_compare_real(r->count.adjusted),
			word(&r->count, "fewer", "more"), rn_compare_real(r->rate[0].low),
			rn_compare_real(r->rate[0].high), rn_compare_real(r->rate[1].low),
			rn_compare_real(r->rate[1].high), rn_compare_real(r->odds), rn_compare_real(r->rate_p),
			rn_cell_real(r->time[0]), rn_cell_real(r->time[1]),
			rn_cell_bytes(name_of(t, RN_ASPECT_ERROR, r->number)) };
		rc = rn_sink_row(sink, cells, err);
	}
	if (!rc)
		rc = rn_sink_end(sink, err);
	return rc ? rc : tell_rest(t, n, "errors", sink, err);
}

static const char *const aspect_words[RN_ASPECTS] = { "call", "path", "function", "error", "behaviour" };

#define SHIFT(p) \
	{ .name = "p" #p "_ratio", .title = "P" #p, .type = RN_T_REAL, .unit = RN_U_RATIO, .decimals = 3, .min_width = 6, \
		.doc = "B / A of the medians of the runs" }, \
	{ .name = "p" #p "_low", .title = "low", .type = RN_T_REAL, .unit = RN_U_RATIO, .decimals = 2, .hide = RN_HIDE_TEXT, \
		.doc = "95 % interval: over runs, or, where they are few, within them" }, \
	{ .name = "p" #p "_high", .title = "high", .type = RN_T_REAL, .unit = RN_U_RATIO, .decimals = 2, \
		.hide = RN_HIDE_TEXT }, \
	{ .name = "p" #p "_a_ns", .type = RN_T_REAL, .unit = RN_U_NS, .hide = RN_HIDE_TEXT }, \
	{ .name = "p" #p "_b_ns", .type = RN_T_REAL, .unit = RN_U_NS, .hide = RN_HIDE_TEXT }

static const struct rn_column shift_columns[] = {
	SHIFT(10), SHIFT(25), SHIFT(50), SHIFT(75), SHIFT(90), SHIFT(95), SHIFT(99),
	{ .name = "sure", .title = "sure", .type = RN_T_TEXT, .left = true,
		.doc = "percentiles whose interval excludes 1" },
	{ .name = "by", .type = RN_T_TEXT, .left = true },
	{ .name = "name", .title = "what", .type = RN_T_TEXT, .left = true },
};
#define SHIFT_CELLS 5

static int emit_shift(const struct rn_compare_tables *t, enum rn_aspect aspect, const struct rn_compared *r,
	struct rn_sink *sink, struct rn_error *err)
{
	struct rn_cell cells[COUNT_OF(shift_columns)], *at = cells;
	char sure[64] = "";
	size_t len = 0;
	for (unsigned i = 0; i < RN_SHIFTS; i++) {
		const struct rn_judged *j = &r->shift[i];
		*at++ = rn_compare_real(j->ratio);
		*at++ = rn_compare_real(j->ci.low);
		*at++ = rn_compare_real(j->ci.high);
		*at++ = rn_compare_real(j->a);
		*at++ = rn_compare_real(j->b);
		if (rn_interval_excludes(j->ci, 1) && len < sizeof(sure))
			len += (size_t)snprintf(sure + len, sizeof(sure) - len, "%sP%g", len ? " " : "",
				rn_shift_percents[i]);
	}
	*at++ = rn_cell_text(sure);
	*at++ = rn_cell_text(aspect_words[aspect]);
	*at++ = rn_cell_bytes(name_of(t, aspect, r->number));
	return rn_sink_row(sink, cells, err);
}

static int emit_shifts(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table table = { .name = "compare_shifts", .title = "Percentiles of latencies, B / A, of what takes 1 % of a run",
		.empty = "Nothing that takes 1 % of a run is on both sides.", .flags = RN_TABLE_RULED, .columns = shift_columns,
		.n_columns = COUNT_OF(shift_columns) };
	int rc = rn_sink_begin(sink, &table, err);
	for (unsigned a = 0; a < RN_TIMED_ASPECTS && !rc; a++)
		for (uint32_t i = 0; i < shown(t, t->c->n[a]) && !rc; i++) {
			const struct rn_compared *r = &t->c->row[a][i];
			if (r->shift[0].ratio > 0 && r->share >= RN_SHARE_LEAST)
				rc = emit_shift(t, (enum rn_aspect)a, r, sink, err);
		}
	return rc ? rc : rn_sink_end(sink, err);
}

static const struct rn_column behaviour_columns[] = {
	{ .name = "change", .type = RN_T_TEXT, .left = true, .doc = "new: only B has it; vanished: only A" },
	{ .name = "proved", .type = RN_T_BOOL, .hide = RN_HIDE_TEXT, .doc = "counts in the verdict" },
	{ .name = "a_runs", .title = "A runs", .type = RN_T_U64, .unit = RN_U_COUNT, .blank_zero = true },
	{ .name = "b_runs", .title = "B runs", .type = RN_T_U64, .unit = RN_U_COUNT, .blank_zero = true },
	{ .name = "adjusted_p", .title = "p", .type = RN_T_REAL, .decimals = 4, .min_width = 6,
		.doc = "Fisher, over runs, adjusted" },
	{ .name = "calls", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 9, .doc = "of all runs that have it" },
	{ .name = "by", .type = RN_T_TEXT, .left = true, .doc = "behaviour or error" },
	{ .name = "call", .type = RN_T_TEXT, .hide = RN_HIDE_TEXT },
	{ .name = "path", .type = RN_T_TEXT, .hide = RN_HIDE_TEXT, .doc = "normalized" },
	{ .name = "function", .type = RN_T_TEXT, .hide = RN_HIDE_TEXT },
	{ .name = "what", .type = RN_T_TEXT, .left = true },
};

static struct rn_cell part(const struct rn_intern *t, uint32_t number)
{
	return number == RN_INTERN_NONE ? rn_cell_null() : rn_cell_bytes(rn_intern_get(t, number));
}

static int emit_change(const struct rn_compare_tables *t, enum rn_aspect aspect, const struct rn_compared *r,
	struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_subjects *s = t->c->subjects;
	struct rn_buffer what = RN_BUFFER_INIT;
	struct rn_behaviour b = { RN_INTERN_NONE, RN_INTERN_NONE, RN_INTERN_NONE };
	struct rn_bytes text = name_of(t, aspect, r->number);
	if (aspect == RN_ASPECT_BEHAVIOUR) {
		b = rn_behaviour_of(s, r->number);
		rn_put_behaviour(&what, s, r->number);
		text = rn_buffer_bytes(&what);
	}
	const struct rn_cell cells[] = {
		rn_cell_text(rn_compared_is_new(t->c, r) > 0 ? "new" : "vanished"),
		rn_cell_bool(rn_compared_counts(t->c, r)), rn_cell_u64(r->runs[0]), rn_cell_u64(r->runs[1]),
		rn_compare_real(r->presence), rn_cell_u64(r->sum_calls[0] + r->sum_calls[1]),
		rn_cell_text(aspect_words[aspect]), part(s->of[RN_ASPECT_CALL], b.call), part(s->paths, b.path),
		part(s->of[RN_ASPECT_FUNCTION], b.function), rn_cell_bytes(text) };
	int rc = rn_sink_row(sink, cells, err);
	rn_buffer_fini(&what);
	return rc;
}

static int by_new(const void *a, const void *b, void *arg)
{
	const struct rn_comparison *c = arg;
	const struct rn_compared *x = *(const struct rn_compared *const *)a, *y = *(const struct rn_compared *const *)b;
	int new_x = rn_compared_is_new(c, x), new_y = rn_compared_is_new(c, y);
	if (new_x != new_y)
		return new_y - new_x;
	uint64_t m = x->sum_calls[0] + x->sum_calls[1], n = y->sum_calls[0] + y->sum_calls[1];
	if (m != n)
		return m > n ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

/* New ones, then vanished ones; errors first: there are few. */
static int emit_behaviour(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table table = { .name = "compare_behaviour", .title = "New and vanished",
		.empty = "Nothing is new, nothing vanished.", .flags = RN_TABLE_RULED, .columns = behaviour_columns,
		.n_columns = COUNT_OF(behaviour_columns) };
	static const enum rn_aspect aspects[] = { RN_ASPECT_ERROR, RN_ASPECT_BEHAVIOUR };
	const struct rn_comparison *c = t->c;
	uint32_t left = 0;
	int rc = rn_sink_begin(sink, &table, err);
	for (unsigned k = 0; k < COUNT_OF(aspects) && !rc; k++) {
		enum rn_aspect a = aspects[k];
		const struct rn_compared **list = malloc((c->n[a] + 1) * sizeof(*list));
		uint32_t n = 0;
		if (!list)
			return rn_fail(err, RN_E_NOMEM, "out of memory to compare");
		for (uint32_t i = 0; i < c->n[a]; i++)
			if (rn_compared_is_new(c, &c->row[a][i]))
				list[n++] = &c->row[a][i];
		qsort_r(list, n, sizeof(*list), by_new, (void *)c);
		for (uint32_t i = 0; i < shown(t, n) && !rc; i++)
			rc = emit_change(t, a, list[i], sink, err);
		left += n - shown(t, n);
		free(list);
	}
	if (!rc)
		rc = rn_sink_end(sink, err);
	return rc || !left ? rc : tell_rest(t, left + t->shown, "of these", sink, err);
}

int rn_compare_emit_rows(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err)
{
#define TABLE(n, head, nothing) { .name = n, .title = head, .empty = nothing, .flags = RN_TABLE_RULED, \
		.columns = row_columns, .n_columns = COUNT_OF(row_columns) }
	static const struct rn_table tables[] = { TABLE("compare_calls", "By call", "There are no calls."),
		TABLE("compare_paths", "By path class", "No call was about a file."),
		TABLE("compare_functions", "By function", "There are no stacks on both sides.") };
	static const char *const what[] = { "calls", "path classes", "functions" };
	int rc = 0;
	for (unsigned a = 0; a < COUNT_OF(tables) && !rc; a++)
		rc = emit_aspect(t, (enum rn_aspect)a, &tables[a], what[a], sink, err);
	if (!rc)
		rc = emit_errors(t, sink, err);
	if (!rc)
		rc = emit_shifts(t, sink, err);
	return rc ? rc : emit_behaviour(t, sink, err);
}
