/* SPDX-License-Identifier: MIT */
#include "analyze/compare/emit.h"

#include "shared/buffer.h"

#include <math.h>

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

struct rn_cell rn_compare_real(double v)
{
	return isfinite(v) ? rn_cell_real(v) : rn_cell_null();
}

static const char *word_of(enum rn_outcome o, bool time)
{
	switch (o) {
	case RN_OUTCOME_NONE:
		return NULL;
	case RN_OUTCOME_SAME:
		return "same";
	case RN_OUTCOME_LESS:
		return time ? "faster" : "fewer";
	case RN_OUTCOME_MORE:
		return time ? "slower" : "more";
	case RN_OUTCOME_UNSURE:
		return "inconclusive";
	}
	return NULL;
}

static struct rn_cell outcome(enum rn_outcome o, bool time)
{
	const char *word = word_of(o, time);
	return word ? rn_cell_text(word) : rn_cell_null();
}

/* "1.20 times as long (95 %: 1.15 to 1.26; p 0.0079)" */
static void put_judged(struct rn_buffer *out, const struct rn_judged *j)
{
	if (isnan(j->ratio)) {
		rn_put_text(out, "of no length that can be compared");
		return;
	}
	rn_put_format(out, "%.3g times as long", j->ratio);
	if (!isnan(j->ci.low))
		rn_put_format(out, " (95 %%: %.3g to %.3g", j->ci.low, j->ci.high);
	if (!isnan(j->adjusted))
		rn_put_format(out, "; p %.2g", j->adjusted);
	if (!isnan(j->ci.low))
		rn_put_text(out, ")");
}

static void put_speed(struct rn_buffer *out, const struct rn_comparison *c)
{
	static const char *const words[] = { [RN_COMPARE_SAME] = "as fast as A", [RN_COMPARE_FASTER] = "faster than A",
		[RN_COMPARE_SLOWER] = "slower than A", [RN_COMPARE_DIFFERENT] = "",
		[RN_COMPARE_INCONCLUSIVE] = "perhaps not as fast or slow as A, which is not proved" };
	rn_put_format(out, "B is %s: runs took ", words[c->speed]);
	put_judged(out, &c->elapsed);
	rn_put_text(out, ", calls ");
	put_judged(out, &c->time);
	if (c->n_slower)
		rn_put_format(out, ", %u system call%s slower", c->n_slower, c->n_slower > 1 ? "s are" : " is");
	if (c->n_faster)
		rn_put_format(out, ", %u system call%s faster", c->n_faster, c->n_faster > 1 ? "s are" : " is");
}

static void put_behaviour(struct rn_buffer *out, const struct rn_comparison *c)
{
	if (c->behaviour == RN_COMPARE_SAME)
		rn_put_text(out, "; it does the same");
	else if (!c->n_new && !c->n_vanished && !c->n_more_often)
		rn_put_text(out, "; it does the same in another order");
	else
		rn_put_format(out, "; it does other things: %u new, %u vanished, %u more or less often", c->n_new,
			c->n_vanished, c->n_more_often);
	if (!c->judge.tested)
		rn_put_format(out, ". An indication: proof needs %d runs of either", RN_JUDGE_RUNS);
}

static int emit_verdict(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "verdict", .title = "Verdict", .type = RN_T_TEXT,
			.doc = "same, faster, slower, different or inconclusive" },
		{ .name = "confidence", .title = "Confidence", .type = RN_T_TEXT,
			.doc = "tested: over runs; indicative: too few of them" },
		{ .name = "speed", .title = "Speed", .type = RN_T_TEXT },
		{ .name = "behaviour", .title = "Behaviour", .type = RN_T_TEXT },
		{ .name = "summary", .title = "Summary", .type = RN_T_TEXT },
		{ .name = "runs_a", .title = "Runs of A", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "runs_b", .title = "Runs of B", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "elapsed_ratio", .type = RN_T_REAL, .unit = RN_U_RATIO, .hide = RN_HIDE_TEXT },
		{ .name = "noise_percent", .title = "Noise", .type = RN_T_REAL, .unit = RN_U_PERCENT, .decimals = 1,
			.doc = "differences of the time that runs took up to this do not count" },
		{ .name = "new", .title = "New", .type = RN_T_U64, .unit = RN_U_COUNT,
			.doc = "behaviours and errors that only B has" },
		{ .name = "vanished", .title = "Vanished", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "new_errors", .title = "New errors", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "changed_counts", .title = "More or less often", .type = RN_T_U64, .unit = RN_U_COUNT,
			.doc = "calls and errors" },
		{ .name = "common_percent", .title = "In common", .type = RN_T_REAL, .unit = RN_U_PERCENT, .decimals = 1,
			.doc = "of the calls of both first runs, in order, thread by thread" },
		{ .name = "functions", .title = "Functions", .type = RN_T_BOOL, .hide = RN_HIDE_TEXT,
			.doc = "calls are told apart by the function that made them" },
		{ .name = "seed", .type = RN_T_U64, .hide = RN_HIDE_TEXT, .doc = "of what is drawn by chance" },
		{ .name = "filter", .title = "Filter", .type = RN_T_TEXT },
	};
	static const struct rn_table table = { .name = "comparison", .title = "Comparison of B with A",
		.flags = RN_TABLE_RECORD | RN_TABLE_RULED, .columns = columns, .n_columns = COUNT_OF(columns) };
	const struct rn_comparison *c = t->c;
	const struct rn_sequence *s = c->sequence;
	struct rn_buffer summary = RN_BUFFER_INIT;
	put_speed(&summary, c);
	put_behaviour(&summary, c);
	double common = s && s->steps[0] + s->steps[1] ?
		200.0 * (double)s->common / (double)(s->steps[0] + s->steps[1]) : NAN;
	const struct rn_cell cells[] = {
		rn_cell_text(rn_compare_word(c->verdict)), rn_cell_text(c->judge.tested ? "tested" : "indicative"),
		rn_cell_text(rn_compare_word(c->speed)), rn_cell_text(rn_compare_word(c->behaviour)),
		rn_cell_bytes(rn_buffer_bytes(&summary)), rn_cell_u64(c->n_runs[0]), rn_cell_u64(c->n_runs[1]),
		rn_compare_real(c->elapsed.ratio), rn_compare_real(100 * c->elapsed.noise), rn_cell_u64(c->n_new),
		rn_cell_u64(c->n_vanished), rn_cell_u64(c->n_new_errors), rn_cell_u64(c->n_more_often),
		rn_compare_real(common), rn_cell_bool(t->functions), rn_cell_u64(c->judge.seed),
		*t->filter ? rn_cell_text(t->filter) : rn_cell_null(),
	};
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	rn_buffer_fini(&summary);
	return rc ? rc : rn_sink_end(sink, err);
}

#define RATIO_COLUMNS \
	{ .name = "ratio", .type = RN_T_REAL, .unit = RN_U_RATIO, .decimals = 3, .min_width = 7, .doc = "B / A" }, \
	{ .name = "low", .type = RN_T_REAL, .unit = RN_U_RATIO, .decimals = 3, .min_width = 7, \
		.doc = "95 % interval of the ratio" }, \
	{ .name = "high", .type = RN_T_REAL, .unit = RN_U_RATIO, .decimals = 3, .min_width = 7 }, \
	{ .name = "p", .type = RN_T_REAL, .decimals = 4, .min_width = 6, .hide = RN_HIDE_TEXT, \
		.doc = "Mann & Whitney, over runs, two-sided" }, \
	{ .name = "adjusted_p", .title = "p", .type = RN_T_REAL, .decimals = 4, .min_width = 6, \
		.doc = "adjusted for the other tests of its family" }, \
	{ .name = "delta", .type = RN_T_REAL, .decimals = 2, .hide = RN_HIDE_TEXT, \
		.doc = "Cliff's: 1 where every run of B has more" }
#define RATIO_CELLS(j) \
	rn_compare_real((j)->ratio), rn_compare_real((j)->ci.low), rn_compare_real((j)->ci.high), \
	rn_compare_real((j)->p), rn_compare_real((j)->adjusted), rn_compare_real((j)->delta)

static int emit_times(const struct rn_comparison *c, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "what", .title = "Time", .type = RN_T_TEXT, .left = true, .min_width = 8 },
		{ .name = "a_ns", .title = "A seconds", .type = RN_T_REAL, .unit = RN_U_NS, .shift = 9, .decimals = 6,
			.min_width = 11, .doc = "median of the runs" },
		{ .name = "b_ns", .title = "B seconds", .type = RN_T_REAL, .unit = RN_U_NS, .shift = 9, .decimals = 6,
			.min_width = 11 },
		RATIO_COLUMNS,
		{ .name = "shift_ns", .type = RN_T_REAL, .unit = RN_U_NS, .hide = RN_HIDE_TEXT,
			.doc = "Hodges & Lehmann's: median of all differences between runs" },
		{ .name = "noise_percent", .title = "noise %", .type = RN_T_REAL, .unit = RN_U_PERCENT, .decimals = 1,
			.doc = "differences up to this do not count" },
		{ .name = "outcome", .title = "B is", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = { .name = "compare_times", .title = "Time of a run", .flags = RN_TABLE_RULED,
		.columns = columns, .n_columns = COUNT_OF(columns) };
	const struct { const char *what; const struct rn_judged *j; } rows[] = {
		{ "elapsed", &c->elapsed }, { "in calls", &c->time }, { "waiting", &c->waiting } };
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < COUNT_OF(rows) && !rc; i++) {
		const struct rn_judged *j = rows[i].j;
		const struct rn_cell cells[] = { rn_cell_text(rows[i].what), rn_compare_real(j->a),
			rn_compare_real(j->b), RATIO_CELLS(j), rn_compare_real(j->shift),
			rn_compare_real(100 * j->noise), outcome(j->outcome, true) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_counts(const struct rn_comparison *c, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "what", .title = "Number", .type = RN_T_TEXT, .left = true, .min_width = 8 },
		{ .name = "a", .title = "A", .type = RN_T_REAL, .unit = RN_U_COUNT, .min_width = 11,
			.doc = "median of the runs" },
		{ .name = "b", .title = "B", .type = RN_T_REAL, .unit = RN_U_COUNT, .min_width = 11 },
		RATIO_COLUMNS,
		{ .name = "shift", .type = RN_T_REAL, .hide = RN_HIDE_TEXT },
		{ .name = "outcome", .title = "B has", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = { .name = "compare_counts", .title = "Calls of a run",
		.flags = RN_TABLE_RULED, .columns = columns, .n_columns = COUNT_OF(columns) };
	const struct { const char *what; const struct rn_judged *j; } rows[] = {
		{ "calls", &c->calls }, { "errors", &c->errors } };
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < COUNT_OF(rows) && !rc; i++) {
		const struct rn_judged *j = rows[i].j;
		const struct rn_cell cells[] = { rn_cell_text(rows[i].what), rn_compare_real(j->a),
			rn_compare_real(j->b), RATIO_CELLS(j), rn_compare_real(j->shift),
			outcome(j->outcome, false) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static struct rn_cell text_or_null(const char *s)
{
	return s && *s ? rn_cell_text(s) : rn_cell_null();
}

static int emit_runs(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "side", .type = RN_T_TEXT, .left = true },
		{ .name = "calls", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 9 },
		{ .name = "elapsed_ns", .title = "seconds", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9, .decimals = 6,
			.min_width = 11 },
		{ .name = "complete", .type = RN_T_BOOL, .hide = RN_HIDE_TEXT },
		{ .name = "damages", .type = RN_T_U64, .unit = RN_U_COUNT, .hide = RN_HIDE_TEXT },
		{ .name = "lost_events", .title = "lost", .type = RN_T_U64, .unit = RN_U_COUNT, .blank_zero = true },
		{ .name = "uuid", .type = RN_T_TEXT, .hide = RN_HIDE_TEXT },
		{ .name = "start", .type = RN_T_TEXT, .left = true },
		{ .name = "host", .type = RN_T_TEXT, .hide = RN_HIDE_TEXT },
		{ .name = "trace", .type = RN_T_TEXT, .left = true },
		{ .name = "command", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = { .name = "compare_runs", .title = "Runs", .flags = RN_TABLE_RULED,
		.columns = columns, .n_columns = COUNT_OF(columns) };
	const struct rn_comparison *c = t->c;
	int rc = rn_sink_begin(sink, &table, err);
	for (unsigned side = 0; side < 2; side++)
		for (size_t k = 0; k < c->n_runs[side] && !rc; k++) {
			const struct rn_run *r = c->run[side][k];
			const struct rn_compare_origin *o = &t->origin[side][k];
			const struct rn_cell cells[] = { rn_cell_text(side ? "B" : "A"), rn_cell_u64(r->calls),
				rn_cell_u64(rn_run_elapsed_ns(r)), rn_cell_bool(o->complete),
				rn_cell_u64(o->damages), rn_cell_u64(o->lost_events), text_or_null(o->uuid),
				text_or_null(o->start), text_or_null(o->host), text_or_null(r->path),
				text_or_null(o->command) };
			rc = rn_sink_row(sink, cells, err);
		}
	return rc ? rc : rn_sink_end(sink, err);
}

int rn_compare_emit(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err)
{
	int rc = emit_verdict(t, sink, err);
	if (!rc)
		rc = emit_times(t->c, sink, err);
	if (!rc)
		rc = emit_counts(t->c, sink, err);
	if (!rc)
		rc = rn_compare_emit_rows(t, sink, err);
	if (!rc)
		rc = rn_compare_emit_sequence(t, sink, err);
	return rc ? rc : emit_runs(t, sink, err);
}
