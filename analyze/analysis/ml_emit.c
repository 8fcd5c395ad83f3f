/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/ml_private.h"

#include "analyze/weights/weights.h"
#include "shared/buffer.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GROUP "ml_analysis"
#define MICROSECONDS .unit = RN_U_NS, .shift = 3, .decimals = 2

static struct rn_cell real_or_null(double v)
{
	return isfinite(v) ? rn_cell_real(v) : rn_cell_null();
}

/* A cluster is called what its centre is. */
static void put_name(char name[48], double center_decades)
{
	double ns = pow(10, center_decades);
	if (ns < 1e3)
		snprintf(name, 48, "about %.3g ns", ns);
	else if (ns < 1e6)
		snprintf(name, 48, "about %.3g us", ns / 1e3);
	else if (ns < 1e9)
		snprintf(name, 48, "about %.3g ms", ns / 1e6);
	else
		snprintf(name, 48, "about %.3g s", ns / 1e9);
}

static void put_remark(const struct rn_ml *s, char text[160])
{
	text[0] = 0;
	if (!s->syscalls.clusters)
		snprintf(text, 160, "insufficient data: at least two system calls that differ are "
			"needed, there %s %u", s->calls.n == 1 ? "is" : "are", s->calls.n);
	else if (s->syscalls.clusters < s->options.clusters)
		snprintf(text, 160, "%u clusters instead of %u: there are no more distinct system calls",
			s->syscalls.clusters, s->options.clusters);
}

static int emit_record(const struct rn_ml *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "method", .title = "Method", .type = RN_T_TEXT },
		{ .name = "clusters", .title = "Clusters", .type = RN_T_U64,
			.doc = "of system calls" },
		{ .name = "samples", .title = "Samples", .type = RN_T_U64,
			.doc = "system calls that were clustered" },
		{ .name = "silhouette_score", .title = "Silhouette Score", .type = RN_T_REAL,
			.decimals = 3, .doc = "mean over the system calls, -1 to 1; one alone counts 0" },
		{ .name = "inertia", .type = RN_T_REAL, .hide = RN_HIDE_TEXT,
			.doc = "sum of squared distances to the centres, decades" },
		{ .name = "features", .title = "Features", .type = RN_T_TEXT },
		{ .name = "event_clusters", .title = "Clusters of calls", .type = RN_T_U64 },
		{ .name = "event_samples", .title = "Calls clustered", .type = RN_T_U64 },
		{ .name = "event_calls", .title = "Calls judged", .type = RN_T_U64,
			.doc = "that returned and do not wait" },
		{ .name = "event_silhouette", .title = "Silhouette of calls", .type = RN_T_REAL,
			.decimals = 3 },
		{ .name = "event_silhouette_n", .title = "computed on", .type = RN_T_U64,
			.doc = "calls: all of them, or of each cluster a share" },
		{ .name = "event_features", .title = "Features of calls", .type = RN_T_TEXT },
		{ .name = "total_anomalies", .title = "Anomalies Detected", .type = RN_T_U64 },
		{ .name = "remark", .title = "Remark", .type = RN_T_TEXT },
	};
	static const struct rn_table table = {
		.name = GROUP, .group = GROUP, .title = "=== ML Anomaly Detection Report ===",
		.flags = RN_TABLE_RECORD, .columns = columns,
		.n_columns = sizeof(columns) / sizeof(*columns),
	};
	char remark[160];
	put_remark(s, remark);
	bool events = s->events.clusters;
	const struct rn_cell cells[] = {
		rn_cell_text(s->options.method == RN_ML_KMEANS ? "kmeans" : "iforest"),
		rn_cell_u64(s->syscalls.clusters), rn_cell_u64(s->calls.n),
		s->syscalls.clusters ? real_or_null(s->syscalls.silhouette.mean) : rn_cell_null(),
		s->syscalls.clusters ? rn_cell_real(s->syscalls.kmeans.inertia) : rn_cell_null(),
		rn_cell_text("log10 median latency, log10 P95/median; in decades, not scaled"),
		rn_cell_u64(s->events.clusters), rn_cell_u64(s->n_sample), rn_cell_u64(s->n_calls),
		events ? real_or_null(s->events.silhouette.mean) : rn_cell_null(),
		events ? rn_cell_u64(s->events.silhouette.n) : rn_cell_null(),
		rn_cell_text("log10 latency, log10 latency/median of the system call; in decades, "
			"not scaled"),
		rn_cell_u64(s->n_anomalies), *remark ? rn_cell_text(remark) : rn_cell_null(),
	};
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	return rc ? rc : rn_sink_end(sink, err);
}

static const struct rn_column cluster_columns[] = {
	{ .name = "cluster", .title = "Cluster", .type = RN_T_U64 },
	{ .name = "name", .title = "Name", .type = RN_T_TEXT, .left = true },
	{ .name = "members", .title = "Members", .type = RN_T_U64, .unit = RN_U_COUNT },
	{ .name = "center_ns", .title = "Center us", .type = RN_T_REAL, MICROSECONDS,
		.doc = "latency of the centre: the geometric mean of its members'" },
	{ .name = "center_ratio", .title = "second feature", .type = RN_T_REAL, .decimals = 2,
		.unit = RN_U_RATIO, .doc = "of the centre, no logarithm: P95 / median of system calls, "
			"latency / median of calls" },
	{ .name = "syscalls", .title = "System calls", .type = RN_T_TEXT, .left = true },
};

static void put_members(const struct rn_ml *s, unsigned cluster, struct rn_buffer *out)
{
	for (uint32_t i = 0; i < s->calls.n; i++) {
		if (s->syscalls.kmeans.label[s->group[i].point] != cluster)
			continue;
		struct rn_bytes name = rn_slow_calls_name(&s->calls, i);
		if (out->len)
			rn_put_u8(out, ' ');
		rn_put_bytes(out, name.p, name.len);
	}
}

static int emit_clusters(const struct rn_ml *s, const struct rn_ml_model *m, const char *name,
	const char *title, struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_table table = { .name = name, .group = GROUP, .title = title,
		.columns = cluster_columns,
		.n_columns = sizeof(cluster_columns) / sizeof(*cluster_columns),
		.empty = "Insufficient data: no clusters." };
	struct rn_buffer members = RN_BUFFER_INIT;
	int rc = rn_sink_begin(sink, &table, err);
	for (unsigned c = 0; c < m->clusters && !rc; c++) {
		char text[48];
		const double *center = m->kmeans.center + 2 * c;
		put_name(text, center[0]);
		rn_buffer_clear(&members);
		if (m == &s->syscalls)
			put_members(s, c, &members);
		const struct rn_cell cells[] = { rn_cell_u64(c), rn_cell_text(text),
			rn_cell_u64(m->kmeans.count[c]), rn_cell_real(pow(10, center[0])),
			rn_cell_real(pow(10, center[1])),
			members.len ? rn_cell_bytes(rn_buffer_bytes(&members)) : rn_cell_null() };
		rc = rn_sink_row(sink, cells, err);
	}
	rn_buffer_fini(&members);
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_anomalies(const struct rn_ml *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "syscall", .title = "Syscall", .type = RN_T_TEXT, .left = true },
		{ .name = "avg_time_us", .type = RN_T_REAL, .hide = RN_HIDE_TEXT,
			.doc = "mean latency of the system call, microseconds" },
		{ .name = "cluster", .title = "Cluster", .type = RN_T_U64, .doc = "of calls" },
		{ .name = "latency_ns", .title = "Latency us", .type = RN_T_U64, MICROSECONDS },
		{ .name = "median_ns", .title = "Median us", .type = RN_T_REAL, MICROSECONDS,
			.doc = "of the system call" },
		{ .name = "distance", .title = "Distance", .type = RN_T_REAL, .decimals = 2,
			.doc = "to the centre of the cluster, decades" },
		{ .name = "score", .title = "Score", .type = RN_T_REAL, .decimals = 3,
			.doc = "of the isolation forest, 0 to 1; of k-means: the distance" },
		{ .name = "time_ns", .title = "Time", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
			.decimals = 6, .doc = "of entry, since the start of the trace" },
		{ .name = "pid", .title = "Process", .type = RN_T_U64 },
		{ .name = "why", .title = "Why", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = {
		.name = "anomalies", .group = GROUP, .title = "ML anomalies", .columns = columns,
		.n_columns = sizeof(columns) / sizeof(*columns), .empty = "No ML anomalies detected.",
	};
	const struct rn_model *model = s->options.facts.model;
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < s->n_anomalies && !rc; i++) {
		const struct rn_ml_anomaly *a = &s->anomaly[i];
		const struct rn_task *t = model ? rn_model_task(model, a->call.utid) : NULL;
		uint32_t g = a->call.group;
		const struct rn_cell cells[] = {
			rn_cell_bytes(rn_slow_calls_name(&s->calls, g)),
			rn_cell_real(rn_moments_mean(&s->calls.group[g].values->moments) / 1000),
			rn_cell_u64(a->cluster), rn_cell_u64(a->call.dur_ns),
			rn_cell_real(s->group[g].median_ns), rn_cell_real(a->distance),
			rn_cell_real(a->score), rn_cell_u64(a->call.ts_ns),
			t ? rn_cell_u64(t->pid) : rn_cell_null(), rn_cell_text(a->why),
		};
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static const char *z_name(enum rn_method m)
{
	static const char *const names[] = { [RN_METHOD_LOG_MODIFIED] = "log-modified z-score",
		[RN_METHOD_MODIFIED] = "modified z-score", [RN_METHOD_ZSCORE] = "z-score" };
	return names[m];
}

static int emit_comparison(const struct rn_ml *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "name", .title = "Syscall", .type = RN_T_TEXT, .left = true },
		{ .name = "judged", .title = "Calls", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "both", .title = "Common", .type = RN_T_U64, .unit = RN_U_COUNT,
			.doc = "anomalies by both" },
		{ .name = "only_ml", .title = "ML-only", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "only_z", .title = "Z-score-only", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "kappa", .title = "Kappa", .type = RN_T_REAL, .decimals = 3,
			.doc = "Cohen's: agreement beyond chance, 1 at most; nothing where neither finds any" },
	};
	char title[128];
	snprintf(title, sizeof(title), "=== ML vs Z-Score Comparison === (%s above %.4g)",
		z_name(s->options.z_method), s->options.threshold);
	const struct rn_table table = { .name = "comparison", .group = GROUP, .title = title,
		.columns = columns, .n_columns = sizeof(columns) / sizeof(*columns),
		.flags = RN_TABLE_RULED };
	struct rn_ml_group all = { 0 };
	int rc = rn_sink_begin(sink, &table, err);
	for (uint32_t i = 0; i <= s->calls.n && !rc; i++) {
		const struct rn_ml_group *g = i < s->calls.n ? &s->group[i] : &all;
		bool last = i == s->calls.n;
		all.judged += last ? 0 : g->judged;
		all.both += last ? 0 : g->both;
		all.only_ml += last ? 0 : g->only_ml;
		all.only_z += last ? 0 : g->only_z;
		if (!last && !(g->both + g->only_ml + g->only_z))
			continue;
		const struct rn_cell cells[] = {
			last ? rn_cell_text("total") : rn_cell_bytes(rn_slow_calls_name(&s->calls, i)),
			rn_cell_u64(g->judged), rn_cell_u64(g->both), rn_cell_u64(g->only_ml),
			rn_cell_u64(g->only_z), g->judged ? real_or_null(rn_kappa(g->both, g->only_ml,
				g->only_z, g->judged - g->both - g->only_ml - g->only_z)) :
				rn_cell_null(),
		};
		rc = last ? rn_sink_total(sink, cells, err) : rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_kappa(const struct rn_ml *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "calls", .type = RN_T_U64 }, { .name = "both", .type = RN_T_U64 },
		{ .name = "only_ml", .type = RN_T_U64 }, { .name = "only_z", .type = RN_T_U64 },
		{ .name = "kappa", .title = "Cohen's kappa", .type = RN_T_REAL, .decimals = 3 },
	};
	static const struct rn_table table = { .name = "agreement", .group = GROUP,
		.flags = RN_TABLE_RECORD, .columns = columns,
		.n_columns = sizeof(columns) / sizeof(*columns), .title = "Agreement" };
	struct rn_ml_group all = { 0 };
	for (uint32_t i = 0; i < s->calls.n; i++) {
		all.judged += s->group[i].judged;
		all.both += s->group[i].both;
		all.only_ml += s->group[i].only_ml;
		all.only_z += s->group[i].only_z;
	}
	const struct rn_cell cells[] = { rn_cell_u64(all.judged), rn_cell_u64(all.both),
		rn_cell_u64(all.only_ml), rn_cell_u64(all.only_z),
		all.judged ? real_or_null(rn_kappa(all.both, all.only_ml, all.only_z,
			all.judged - all.both - all.only_ml - all.only_z)) : rn_cell_null() };
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	return rc ? rc : rn_sink_end(sink, err);
}

int rn_ml_emit(struct rn_ml *s, struct rn_sink *sink, struct rn_error *err)
{
	int rc = emit_record(s, sink, err);
	if (!rc)
		rc = emit_clusters(s, &s->syscalls, "syscall_clusters",
			"Cluster Centers (system calls)", sink, err);
	if (!rc)
		rc = emit_clusters(s, &s->events, "event_clusters_detail", "Cluster Centers (calls)",
			sink, err);
	if (!rc)
		rc = emit_anomalies(s, sink, err);
	if (!rc && s->options.compare)
		rc = emit_comparison(s, sink, err);
	if (!rc && s->options.compare)
		rc = emit_kappa(s, sink, err);
	if (!rc && s->sampled)
		rc = rn_sink_note(sink, rn_bytes_str(RN_WEIGHT_NOTE_KEPT), err);
	return rc;
}
