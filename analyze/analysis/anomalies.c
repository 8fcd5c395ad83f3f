/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/anomalies.h"

#include "analyze/weights/weights.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const method_texts[] = {
	[RN_METHOD_LOG_MODIFIED] = "modified z-score of log latency",
	[RN_METHOD_MODIFIED] = "modified z-score",
	[RN_METHOD_ZSCORE] = "z-score",
};

double rn_method_threshold(enum rn_method method)
{
	return method == RN_METHOD_ZSCORE ? 3 : 3.5;
}

enum rn_severity rn_severity_of(double score)
{
	return score > 5 ? RN_SEVERITY_HIGH : score > 4 ? RN_SEVERITY_MEDIUM : RN_SEVERITY_LOW;
}

const char *rn_severity_name(enum rn_severity s)
{
	static const char *const names[] = { "Low", "Medium", "High" };
	return names[s];
}

/* What was found of a system call; beside struct rn_slow_group. */
struct finding {
	struct rn_baseline baseline;
	uint64_t n;
};

struct state {
	struct rn_anomalies_options options;
	struct rn_slow_calls calls;
	struct finding *found; /* when all calls have passed */
	bool sampled;          /* calls were left out while recording */
};

static int begin(void *st, const void *options, struct rn_error *err)
{
	struct state *s = st;
	if (options)
		s->options = *(const struct rn_anomalies_options *)options;
	if (s->options.threshold <= 0)
		s->options.threshold = rn_method_threshold(s->options.method);
	return rn_slow_calls_init(&s->calls, &s->options.facts, s->options.budget_bytes, err);
}

static void fini(void *st)
{
	struct state *s = st;
	rn_slow_calls_fini(&s->calls);
	free(s->found);
}

static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	struct state *s = st;
	s->sampled |= b->weights != NULL;
	return rn_slow_calls_batch(&s->calls, b, err);
}

static bool is_judged(const struct state *s, uint32_t i)
{
	return s->found[i].baseline.verdict == RN_VERDICT_JUDGED &&
		(s->options.waiting || !s->calls.group[i].waits);
}

struct count {
	const struct rn_baseline *baseline;
	uint64_t n;
};

static int count_offenders(void *arg, const uint64_t *v, size_t n)
{
	struct count *c = arg;
	double limit = c->baseline->limit_ns * (1 - 1e-9);
	for (size_t i = 0; i < n; i++) /* the score decides; the limit saves most of the work */
		if ((double)v[i] > limit)
			c->n += rn_baseline_score(c->baseline, v[i]) > c->baseline->threshold;
	return 0;
}

/* The offenders among the slowest of all groups, the highest score first; *out is to be freed. */
struct offender {
	double score;
	struct rn_slow_call call;
	struct rn_bytes function; /* that made it; empty: unknown */
};

static int by_score(const void *a, const void *b)
{
	const struct offender *x = a, *y = b;
	if (x->score != y->score)
		return x->score > y->score ? -1 : 1;
	if (x->call.ts_ns != y->call.ts_ns)
		return x->call.ts_ns < y->call.ts_ns ? -1 : 1;
	return (x->call.utid > y->call.utid) - (x->call.utid < y->call.utid);
}

/* The place of a block by its number, SIZE_MAX: damage has taken it away. A block's place is at or
 * before its number. */
static size_t place_of(const struct rn_reader *r, uint32_t number)
{
	size_t n = rn_reader_n_blocks(r), place = number < n ? number : n ? n - 1 : 0;
	while (place && rn_reader_block_info(r, place)->number > number)
		place--;
	return n && rn_reader_block_info(r, place)->number == number ? place : SIZE_MAX;
}

static int by_block(const void *a, const void *b)
{
	const struct offender *x = a, *y = b;
	if (x->call.block != y->call.block)
		return x->call.block < y->call.block ? -1 : 1;
	return (x->call.index > y->call.index) - (x->call.index < y->call.index);
}

static void find_function(const struct state *s, struct rn_block *block, struct offender *o)
{
	struct rn_event ev;
	if (rn_block_call(block, o->call.index, RN_WANT(REGS) | RN_WANT(STACK), &ev, NULL) ||
		!s->options.facts.function_of(s->options.facts.function_arg, &ev, &o->function))
		o->function = (struct rn_bytes){ NULL, 0 };
}

/* The functions the calls were made from: each block with stacks is read once. Leaves them in the order
 * of blocks. */
static void find_functions(const struct state *s, struct offender *all, size_t n)
{
	struct rn_reader *r = s->options.reader;
	if (!s->options.facts.function_of || !r || !rn_reader_seekable(r) || !n)
		return;
	struct rn_block *block = rn_block_new();
	size_t loaded = SIZE_MAX;
	qsort(all, n, sizeof(*all), by_block);
	for (size_t i = 0; i < n && block; i++) {
		size_t place = place_of(r, all[i].call.block);
		if (place == SIZE_MAX || !rn_reader_block_info(r, place)->section[RN_SECTION_REGS].raw_bytes)
			continue;
		if (place != loaded && rn_reader_load(r, place, block, NULL))
			continue;
		loaded = place;
		find_function(s, block, &all[i]);
	}
	rn_block_free(block);
}

static int judge(struct state *s, struct offender **out, size_t *n, struct rn_error *err)
{
	size_t cap = 0;
	int rc = 0;
	for (uint32_t i = 0; i < s->calls.n && !rc; i++) {
		const struct rn_slow_group *g = &s->calls.group[i];
		struct count count = { &s->found[i].baseline, 0 };
		rc = rn_baseline_of(&s->found[i].baseline, s->options.method, s->options.threshold,
			&s->calls.values, g->values, err);
		if (!rc && is_judged(s, i))
			rc = rn_values_each(&s->calls.values, g->values, count_offenders, &count, err);
		s->found[i].n = count.n;
		cap += count.n < g->n ? count.n : g->n;
	}
	*n = 0;
	*out = calloc(cap + 1, sizeof(**out));
	if (!rc && !*out)
		rc = rn_fail(err, RN_E_NOMEM, "out of memory for anomalies");
	for (uint32_t i = 0; i < s->calls.n && !rc; i++) {
		const struct rn_slow_group *g = &s->calls.group[i];
		for (uint32_t k = 0; k < g->n && is_judged(s, i) && *n < cap; k++) {
			double score = rn_baseline_score(&s->found[i].baseline, g->call[k].dur_ns);
			if (score > s->options.threshold)
				(*out)[(*n)++] = (struct offender){ score, g->call[k], { NULL, 0 } };
		}
	}
	if (!rc)
		find_functions(s, *out, *n);
	if (*n)
		qsort(*out, *n, sizeof(**out), by_score);
	return rc;
}

static struct rn_cell known(const struct rn_task *t, uint64_t id)
{
	return t ? rn_cell_u64(id) : rn_cell_null();
}

static int emit_offender(struct state *s, const struct offender *o, struct rn_sink *sink,
	struct rn_error *err)
{
	const struct rn_model *m = s->options.facts.model;
	const struct rn_task *t = m ? rn_model_task(m, o->call.utid) : NULL;
	const struct rn_cell cells[] = {
		rn_cell_u64(o->call.ts_ns), known(t, t ? t->pid : 0), known(t, t ? t->tid : 0),
		rn_cell_bytes(rn_slow_calls_name(&s->calls, o->call.group)),
		rn_cell_u64(o->call.dur_ns),
		rn_cell_real(s->found[o->call.group].baseline.center_ns),
		rn_cell_real(o->score), rn_cell_text(rn_severity_name(rn_severity_of(o->score))),
		o->function.len ? rn_cell_bytes(o->function) : rn_cell_null(),
	};
	return rn_sink_row(sink, cells, err);
}

static int emit_offenders(struct state *s, const struct offender *all, size_t n, uint64_t found,
	struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "time_ns", .title = "Time", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
			.decimals = 6, .doc = "of entry, since the start of the trace" },
		{ .name = "pid", .title = "Process", .type = RN_T_U64 },
		{ .name = "tid", .title = "Thread", .type = RN_T_U64 },
		{ .name = "name", .title = "Syscall", .type = RN_T_TEXT, .left = true },
		{ .name = "latency_ns", .title = "Latency us", .type = RN_T_U64, .unit = RN_U_NS,
			.shift = 3, .decimals = 2 },
		{ .name = "baseline_ns", .title = "Baseline us", .type = RN_T_REAL, .unit = RN_U_NS,
			.shift = 3, .decimals = 2,
			.doc = "of this system call: the median, or the mean for z-scores" },
		{ .name = "score", .title = "Score", .type = RN_T_REAL, .decimals = 1,
			.doc = "deviations above the baseline, by the method named in the note" },
		{ .name = "severity", .title = "Severity", .type = RN_T_TEXT, .left = true,
			.doc = "Low up to 4, Medium up to 5, High above" },
		{ .name = "function", .title = "Function", .type = RN_T_TEXT, .left = true,
			.doc = "that made the call" },
	};
	char title[160], empty[192];
	snprintf(title, sizeof(title), "Post-Hoc Anomaly Detection (threshold: %.4g\317\203): %llu "
		"anomal%s detected", s->options.threshold, (unsigned long long)found,
		found == 1 ? "y" : "ies");
	uint64_t judged = 0;
	for (uint32_t i = 0; i < s->calls.n; i++)
		judged += is_judged(s, i);
	snprintf(empty, sizeof(empty), "Post-Hoc Anomaly Detection (threshold: %.4g\317\203): %s",
		s->options.threshold, judged ? "no anomalies detected" :
		"too few values to judge any system call");
	const struct rn_table table = {
		.name = "anomalies", .title = title, .empty = empty, .columns = columns,
		.n_columns = sizeof(columns) / sizeof(*columns),
	};
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < n && !rc; i++)
		rc = emit_offender(s, &all[i], sink, err);
	return rc ? rc : rn_sink_end(sink, err);
}

static const char *verdict(const struct state *s, uint32_t i)
{
	enum rn_verdict v = s->found[i].baseline.verdict;
	if (s->calls.group[i].waits && !s->options.waiting)
		return "waits: left out";
	return v == RN_VERDICT_TOO_FEW ? "too few values to judge" :
		v == RN_VERDICT_NO_SPREAD ? "all values are equal" : "judged";
}

static struct rn_cell real_or_null(double v)
{
	return isfinite(v) ? rn_cell_real(v) : rn_cell_null();
}

static int emit_baselines(struct state *s, const uint32_t *order, struct rn_sink *sink,
	struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "name", .title = "Syscall", .type = RN_T_TEXT, .left = true },
		{ .name = "n", .title = "n", .type = RN_T_U64, .unit = RN_U_COUNT,
			.doc = "calls that returned" },
		{ .name = "baseline_ns", .title = "Baseline us", .type = RN_T_REAL, .unit = RN_U_NS,
			.shift = 3, .decimals = 2, .doc = "the median, or the mean for z-scores" },
		{ .name = "limit_ns", .title = "Limit us", .type = RN_T_REAL, .unit = RN_U_NS,
			.shift = 3, .decimals = 2, .doc = "slower calls are anomalies" },
		{ .name = "expected", .title = "By chance", .type = RN_T_REAL, .decimals = 2,
			.doc = "anomalies to be expected of n calls without any, were the scores normal" },
		{ .name = "found", .title = "Found", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "verdict", .title = "Verdict", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = {
		.name = "anomaly_baselines", .title = "Baselines", .columns = columns,
		.empty = "No baselines: no system call returned.",
		.n_columns = sizeof(columns) / sizeof(*columns),
	};
	double alpha = gsl_cdf_ugaussian_Q(s->options.threshold);
	int rc = rn_sink_begin(sink, &table, err);
	for (uint32_t i = 0; i < s->calls.n && !rc; i++) {
		const struct finding *f = &s->found[order[i]];
		bool judged = is_judged(s, order[i]);
		const struct rn_cell cells[] = {
			rn_cell_bytes(rn_slow_calls_name(&s->calls, order[i])),
			rn_cell_u64(f->baseline.n), real_or_null(f->baseline.center_ns),
			judged ? real_or_null(f->baseline.limit_ns) : rn_cell_null(),
			judged ? rn_cell_real(alpha * (double)f->baseline.n) : rn_cell_null(),
			judged ? rn_cell_u64(f->n) : rn_cell_null(),
			rn_cell_text(verdict(s, order[i])),
		};
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static int by_count(const void *a, const void *b, void *arg)
{
	const struct state *s = arg;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	uint64_t n = s->found[x].baseline.n, m = s->found[y].baseline.n;
	if (n != m)
		return n > m ? -1 : 1;
	struct rn_bytes p = rn_slow_calls_name(&s->calls, x), q = rn_slow_calls_name(&s->calls, y);
	int c = memcmp(p.p, q.p, p.len < q.len ? p.len : q.len);
	return c ? c : (p.len > q.len) - (p.len < q.len);
}

static int emit_notes(const struct state *s, size_t listed, uint64_t found, struct rn_sink *sink,
	struct rn_error *err)
{
	char text[256];
	snprintf(text, sizeof(text), "anomaly scores: %s of slowness, against the baseline of the same "
		"system call; severity Low up to 4, Medium up to 5, High above",
		method_texts[s->options.method]);
	int rc = rn_sink_note(sink, rn_bytes_str(text), err);
	if (!rc && s->sampled)
		rc = rn_sink_note(sink, rn_bytes_str(RN_WEIGHT_NOTE_KEPT), err);
	if (rc || listed == found)
		return rc;
	snprintf(text, sizeof(text), "%llu more anomalies are counted but not listed: at most %d of a "
		"system call are", (unsigned long long)(found - listed), RN_SLOW_KEPT);
	return rn_sink_note(sink, rn_bytes_str(text), err);
}

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	struct state *s = st;
	struct offender *all = NULL;
	size_t n = 0;
	uint64_t found = 0;
	uint32_t n_groups = s->calls.n;
	s->found = calloc(n_groups + 1, sizeof(*s->found));
	uint32_t *order = calloc(n_groups + 1, sizeof(*order));
	int rc = order && s->found ? judge(s, &all, &n, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory for anomalies");
	for (uint32_t i = 0; i < n_groups && !rc; i++) {
		order[i] = i;
		found += s->found[i].n;
	}
	if (!rc && n_groups)
		qsort_r(order, n_groups, sizeof(*order), by_count, s);
	if (!rc)
		rc = emit_offenders(s, all, n, found, sink, err);
	if (!rc)
		rc = emit_baselines(s, order, sink, err);
	if (!rc)
		rc = emit_notes(s, n, found, sink, err);
	free(all);
	free(order);
	return rc;
}

const struct rn_analysis rn_analysis_anomalies = {
	.name = "anomalies",
	.help = "calls that took unusually long for their kind (--anomaly-threshold)",
	.state_size = sizeof(struct state),
	.begin = begin,
	.batch = batch,
	.emit = emit,
	.fini = fini,
};
