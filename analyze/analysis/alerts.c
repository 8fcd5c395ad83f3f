/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/alerts.h"

#include "analyze/weights/weights.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TOP 10
#define LEAST_RATIO 1.5 /* of a latency to the mean, to be worth telling */

/* The last latencies of a system call; a ring once it is full. */
struct window {
	uint64_t *latency;
	uint32_t n, cap, oldest;
	struct rn_moments moments;
};

struct state {
	struct rn_alerts_options options;
	struct rn_grouping grouping;
	struct window *window;
	uint32_t n, cap;
	uint64_t judged, found[RN_SEVERITIES], total;
	bool sampled; /* calls were left out while recording */
	struct rn_alert top[TOP];
	unsigned n_top;
};

static int begin(void *st, const void *options, struct rn_error *err)
{
	struct state *s = st;
	if (options)
		s->options = *(const struct rn_alerts_options *)options;
	if (s->options.threshold <= 0)
		s->options.threshold = RN_ALERTS_THRESHOLD;
	if (!s->options.window)
		s->options.window = RN_ALERTS_WINDOW;
	return rn_grouping_init(&s->grouping, RN_BY_NAME, &s->options.facts, err);
}

static void fini(void *st)
{
	struct state *s = st;
	for (uint32_t i = 0; i < s->n; i++)
		free(s->window[i].latency);
	free(s->window);
	rn_grouping_fini(&s->grouping);
}

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for windows of latencies");
}

static int make_window(struct state *s, struct rn_error *err)
{
	if (s->n == s->cap) {
		uint32_t cap = s->cap ? s->cap * 2 : 64;
		struct window *w = realloc(s->window, cap * sizeof(*w));
		if (!w)
			return no_memory(err);
		s->window = w;
		s->cap = cap;
	}
	s->window[s->n++] = (struct window){ .moments = RN_MOMENTS_INIT };
	return 0;
}

static int enter(const struct state *s, struct window *w, uint64_t latency, struct rn_error *err)
{
	if (w->n == s->options.window) {
		rn_moments_remove(&w->moments, w->latency[w->oldest]);
		w->latency[w->oldest] = latency;
		w->oldest = w->oldest + 1 == w->n ? 0 : w->oldest + 1;
		rn_moments_add(&w->moments, latency);
		return 0;
	}
	if (w->n == w->cap) {
		uint32_t cap = w->cap ? w->cap * 2 : 16;
		if (cap > s->options.window)
			cap = (uint32_t)s->options.window;
		uint64_t *p = realloc(w->latency, cap * sizeof(*p));
		if (!p)
			return no_memory(err);
		w->latency = p;
		w->cap = cap;
	}
	w->latency[w->n++] = latency;
	rn_moments_add(&w->moments, latency);
	return 0;
}

/* The ten highest; of equals the earlier one. */
static void rank(struct state *s, const struct rn_alert *a)
{
	unsigned i = s->n_top < TOP ? s->n_top : TOP;
	while (i && s->top[i - 1].score < a->score) {
		if (i < TOP)
			s->top[i] = s->top[i - 1];
		i--;
	}
	if (i < TOP) {
		s->top[i] = *a;
		s->n_top += s->n_top < TOP;
	}
}

static int raise_alert(struct state *s, const struct rn_core *c, uint32_t i, struct rn_alert *a,
	uint32_t group, struct rn_error *err)
{
	const struct rn_model *m = s->options.facts.model;
	const struct rn_task *t = m ? rn_model_task(m, c->utid[i]) : NULL;
	a->name = rn_grouping_name(&s->grouping, group);
	a->ts_ns = c->ts_ns[i];
	a->latency_ns = c->dur_ns[i];
	a->pid = t ? t->pid : 0;
	a->tid = t ? t->tid : 0;
	a->severity = rn_severity_of(a->score);
	s->found[a->severity]++;
	s->total++;
	rank(s, a);
	return s->options.tell ? s->options.tell(s->options.arg, a, err) : 0;
}

static int judge(struct state *s, const struct rn_core *c, uint32_t i, uint32_t group,
	struct rn_error *err)
{
	const struct window *w = &s->window[group];
	struct rn_alert a = { .mean_ns = rn_moments_mean(&w->moments),
		.sd_ns = rn_moments_sd(&w->moments) };
	double scale = fmax(fmax(a.sd_ns, a.mean_ns / 100), 1);
	s->judged++;
	a.score = ((double)c->dur_ns[i] - a.mean_ns) / scale;
	bool tells = a.score > s->options.threshold &&
		(double)c->dur_ns[i] >= LEAST_RATIO * a.mean_ns;
	return tells ? raise_alert(s, c, i, &a, group, err) : 0;
}

static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	struct state *s = st;
	const struct rn_core *c = b->core;
	int rc = 0;
	s->sampled |= b->weights != NULL;
	for (uint32_t k = 0; k < b->n_selected && !rc; k++) {
		uint32_t i = b->selected[k], group;
		if (c->flags[i] & RN_CALL_UNFINISHED)
			continue;
		rc = rn_grouping_of(&s->grouping, b, i, &group, err);
		if (!rc && group >= s->n)
			rc = make_window(s, err);
		if (!rc && s->window[group].n >= RN_ALERTS_LEAST)
			rc = judge(s, c, i, group, err);
		if (!rc)
			rc = enter(s, &s->window[group], c->dur_ns[i], err);
	}
	return rc;
}

static int emit_totals(const struct state *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "total", .title = "Total anomalies detected", .type = RN_T_U64 },
		{ .name = "high", .title = "High (>5.0\317\203)", .type = RN_T_U64 },
		{ .name = "medium", .title = "Medium (4-5\317\203)", .type = RN_T_U64 },
		{ .name = "low", .title = "Low (up to 4\317\203)", .type = RN_T_U64 },
		{ .name = "judged", .title = "Calls judged", .type = RN_T_U64,
			.doc = "calls whose window held enough others before them" },
		{ .name = "threshold", .title = "Threshold", .type = RN_T_REAL, .decimals = 2,
			.doc = "z-score above which a call is told" },
		{ .name = "window", .title = "Window", .type = RN_T_U64,
			.doc = "latencies of the same system call that a call is judged by" },
		{ .name = "remark", .title = "Remark", .type = RN_T_TEXT },
	};
	static const struct rn_table table = {
		.name = "realtime_anomalies", .title = "=== Real-Time Anomaly Detection Report ===",
		.flags = RN_TABLE_RECORD, .columns = columns,
		.n_columns = sizeof(columns) / sizeof(*columns),
	};
	const struct rn_cell cells[] = {
		rn_cell_u64(s->total), rn_cell_u64(s->found[RN_SEVERITY_HIGH]),
		rn_cell_u64(s->found[RN_SEVERITY_MEDIUM]), rn_cell_u64(s->found[RN_SEVERITY_LOW]),
		rn_cell_u64(s->judged), rn_cell_real(s->options.threshold),
		rn_cell_u64(s->options.window),
		s->judged ? rn_cell_null() : rn_cell_text("too few calls of any kind to judge one"),
	};
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_top(const struct state *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "rank", .title = "#", .type = RN_T_U64 },
		{ .name = "severity", .title = "Severity", .type = RN_T_TEXT, .left = true },
		{ .name = "name", .title = "Syscall", .type = RN_T_TEXT, .left = true },
		{ .name = "score", .title = "Score", .type = RN_T_REAL, .decimals = 1,
			.doc = "z-score against the window before the call" },
		{ .name = "latency_ns", .title = "Latency us", .type = RN_T_U64, .unit = RN_U_NS,
			.shift = 3, .decimals = 1 },
		{ .name = "mean_ns", .title = "Baseline us", .type = RN_T_REAL, .unit = RN_U_NS,
			.shift = 3, .decimals = 1, .doc = "mean of the window" },
		{ .name = "sd_ns", .title = "+- us", .type = RN_T_REAL, .unit = RN_U_NS, .shift = 3,
			.decimals = 1, .doc = "standard deviation of the window (n - 1)" },
		{ .name = "time_ns", .title = "Time", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
			.decimals = 6, .doc = "of entry, since the start of the trace" },
		{ .name = "pid", .title = "Process", .type = RN_T_U64, .blank_zero = true },
	};
	static const struct rn_table table = {
		.name = "realtime_top", .title = "Top Anomalies (by Z-score):", .columns = columns,
		.n_columns = sizeof(columns) / sizeof(*columns),
	};
	char text[64];
	if (!s->total)
		return 0;
	int rc = rn_sink_begin(sink, &table, err);
	for (unsigned i = 0; i < s->n_top && !rc; i++) {
		const struct rn_alert *a = &s->top[i];
		const struct rn_cell cells[] = { rn_cell_u64(i + 1),
			rn_cell_text(rn_severity_name(a->severity)), rn_cell_bytes(a->name),
			rn_cell_real(a->score), rn_cell_u64(a->latency_ns),
			rn_cell_real(a->mean_ns), rn_cell_real(a->sd_ns), rn_cell_u64(a->ts_ns),
			rn_cell_u64(a->pid) };
		rc = rn_sink_row(sink, cells, err);
	}
	if (!rc)
		rc = rn_sink_end(sink, err);
	if (rc || s->total <= s->n_top)
		return rc;
	snprintf(text, sizeof(text), "... and %llu more anomalies",
		(unsigned long long)(s->total - s->n_top));
	return rn_sink_note(sink, rn_bytes_str(text), err);
}

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	int rc = emit_totals(st, sink, err);
	if (!rc)
		rc = emit_top(st, sink, err);
	return rc || !((struct state *)st)->sampled ? rc :
		rn_sink_note(sink, rn_bytes_str(RN_WEIGHT_NOTE_KEPT), err);
}

const struct rn_analysis rn_analysis_alerts = {
	.name = "alerts",
	.help = "calls that are unusually slow by what came before them (--anomaly-realtime)",
	.state_size = sizeof(struct state),
	.begin = begin,
	.batch = batch,
	.emit = emit,
	.fini = fini,
};
