/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/hpu_private.h"
#include "analyze/num/adjust.h"
#include "analyze/num/correlate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MATRIX_MOST 12   /* system calls of the matrix; all are among the pairs */
#define PAIRS_MOST 20
#define HOT_PERCENT 10.0
#define SIGNIFICANT 0.05

static const char *const feature_names[RN_HPU_FEATURES] = {
	"log10 calls", "log10 mean latency ns", "coefficient of variation", "share of errors",
};

static struct rn_cell real_or_null(double v)
{
	return isfinite(v) ? rn_cell_real(v) : rn_cell_null();
}

static struct rn_bytes name_of(const struct rn_hpu_state *s, unsigned member)
{
	return rn_grouping_name(&s->grouping, s->member[member]);
}

static int emit_one(struct rn_sink *sink, const struct rn_table *t, const struct rn_cell *cells,
	struct rn_error *err)
{
	int rc = rn_sink_begin(sink, t, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_head(const struct rn_hpu_state *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "backend", .title = "HPU Backend", .type = RN_T_TEXT,
			.doc = "CPU, or GPU where one computed" },
		{ .name = "choice", .title = "Chosen by", .type = RN_T_TEXT },
		{ .name = "measure", .title = "Measure", .type = RN_T_TEXT },
		{ .name = "bins", .title = "Time bins", .type = RN_T_U64 },
		{ .name = "bin_ns", .title = "Bin", .type = RN_T_U64, .unit = RN_U_NS, .shift = 3,
			.decimals = 3 },
		{ .name = "rows", .title = "System calls correlated", .type = RN_T_U64,
			.doc = "with something in at least five bins" },
		{ .name = "noise_floor", .title = "Noise floor of |r|", .type = RN_T_REAL,
			.decimals = 3, .doc = "2 / sqrt(bins): what chance alone reaches in one of twenty" },
		{ .name = "remark", .title = "Remark", .type = RN_T_TEXT },
	};
	static const char *const choices[] = { "cost model", "request (scalar)", "request (simd)",
		"request (threads)", "request (opencl)" };
	static const struct rn_table table = {
		.name = "hpu", .title = "=== HPU Analysis Report ===", .flags = RN_TABLE_RECORD,
		.columns = columns, .n_columns = sizeof(columns) / sizeof(*columns),
	};
	const struct rn_cell cells[] = {
		rn_cell_text(rn_hpu_kind(&s->hpu)), rn_cell_text(s->options.cpu_only ?
			"--hpu-cpu-only" : choices[s->options.choice]),
		rn_cell_text(s->options.measure == RN_HPU_COUNTS ? "calls begun in each bin" :
			"time of the calls begun in each bin"),
		rn_cell_u64(s->n_bins), rn_cell_u64(s->n_bins ? (uint64_t)1 << s->bins.shift : 0),
		rn_cell_u64(s->n_members), real_or_null(rn_correlation_noise(s->n_bins)),
		s->n_members > 1 ? rn_cell_null() :
			rn_cell_text("too few calls over too short a time to correlate any"),
	};
	return emit_one(sink, &table, cells, err);
}

static int emit_matrix(const struct rn_hpu_state *s, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_column columns[MATRIX_MOST + 1] = { { .name = "name", .title = "Syscall",
		.type = RN_T_TEXT, .left = true } };
	char names[MATRIX_MOST][64];
	unsigned n = s->n_members < MATRIX_MOST ? s->n_members : MATRIX_MOST;
	for (unsigned a = 0; a < n; a++) {
		struct rn_bytes name = name_of(s, a);
		snprintf(names[a], sizeof(names[a]), "%.*s", (int)name.len, (const char *)name.p);
		columns[a + 1] = (struct rn_column){ .name = names[a], .type = RN_T_REAL,
			.decimals = 3, .doc = "Pearson's r; null without variance" };
	}
	const struct rn_table table = { .name = "hpu_matrix", .title = "--- Correlation Matrix ---",
		.columns = columns, .n_columns = n + 1,
		.empty = "--- Correlation Matrix ---\nNo system call fills five bins of time." };
	int rc = rn_sink_begin(sink, &table, err);
	for (unsigned a = 0; a < n && !rc; a++) {
		struct rn_cell cells[MATRIX_MOST + 1] = { rn_cell_bytes(name_of(s, a)) };
		for (unsigned b = 0; b < n; b++)
			cells[b + 1] = real_or_null(s->pearson[(size_t)a * s->n_members + b]);
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

struct pair {
	unsigned a, b;
	double r, p;
};

static int by_strength(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	double p = fabs(x->r), q = fabs(y->r);
	if (p != q)
		return p > q ? -1 : 1;
	if (x->a != y->a)
		return x->a < y->a ? -1 : 1;
	return (x->b > y->b) - (x->b < y->b);
}

/* All pairs that have a correlation, with adjusted chances, the strongest first. */
static int make_pairs(const struct rn_hpu_state *s, struct pair **out, size_t *n, struct rn_error *err)
{
	size_t most = (size_t)s->n_members * s->n_members / 2 + 1;
	double *p = malloc(most * sizeof(*p));
	*out = malloc(most * sizeof(**out));
	*n = 0;
	int rc = p && *out ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for correlations");
	for (unsigned a = 0; a < s->n_members && !rc; a++)
		for (unsigned b = a + 1; b < s->n_members; b++) {
			double r = s->pearson[(size_t)a * s->n_members + b];
			if (isnan(r))
				continue;
			p[*n] = rn_correlation_p(r, s->n_bins);
			(*out)[(*n)++] = (struct pair){ a, b, r, 0 };
		}
	if (!rc)
		rc = rn_adjust_bh(p, *n, err);
	for (size_t i = 0; i < *n && !rc; i++)
		(*out)[i].p = p[i];
	if (!rc && *n)
		qsort(*out, *n, sizeof(**out), by_strength);
	free(p);
	return rc;
}

static int emit_pairs(const struct rn_hpu_state *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "a", .title = "Syscall", .type = RN_T_TEXT, .left = true },
		{ .name = "b", .title = "with", .type = RN_T_TEXT, .left = true },
		{ .name = "pearson", .title = "Pearson", .type = RN_T_REAL, .decimals = 3 },
		{ .name = "spearman", .title = "Spearman", .type = RN_T_REAL, .decimals = 3 },
		{ .name = "p_adjusted", .title = "p", .type = RN_T_REAL, .decimals = 4,
			.doc = "of Pearson's r, adjusted for all pairs (Benjamini-Hochberg)" },
		{ .name = "significant", .title = "Significant", .type = RN_T_BOOL,
			.doc = "p below 0.05 and |r| above the noise floor" },
	};
	static const struct rn_table table = { .name = "hpu_pairs", .title = "Strongest pairs",
		.columns = columns, .n_columns = sizeof(columns) / sizeof(*columns),
		.empty = "No pairs to correlate." };
	struct pair *pair = NULL;
	size_t n = 0;
	double noise = rn_correlation_noise(s->n_bins);
	int rc = make_pairs(s, &pair, &n, err);
	if (!rc)
		rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < n && i < PAIRS_MOST && !rc; i++) {
		const struct pair *p = &pair[i];
		const struct rn_cell cells[] = { rn_cell_bytes(name_of(s, p->a)),
			rn_cell_bytes(name_of(s, p->b)), rn_cell_real(p->r),
			real_or_null(s->spearman[(size_t)p->a * s->n_members + p->b]),
			real_or_null(p->p), rn_cell_bool(p->p < SIGNIFICANT && fabs(p->r) > noise) };
		rc = rn_sink_row(sink, cells, err);
	}
	free(pair);
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_features(const struct rn_hpu_state *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "feature", .title = "Feature", .type = RN_T_TEXT, .left = true },
		{ .name = "mean", .title = "Mean", .type = RN_T_REAL, .decimals = 3 },
		{ .name = "sd", .title = "Std Dev", .type = RN_T_REAL, .decimals = 3,
			.doc = "what the feature is divided by; 0: it tells nothing and is left out" },
	};
	static const struct rn_table table = { .name = "hpu_features",
		.title = "Features of system calls (each less its mean, by its deviation)",
		.columns = columns, .n_columns = sizeof(columns) / sizeof(*columns) };
	int rc = rn_sink_begin(sink, &table, err);
	for (unsigned j = 0; j < RN_HPU_FEATURES && !rc; j++) {
		const struct rn_cell cells[] = { rn_cell_text(feature_names[j]),
			real_or_null(s->mean[j]), real_or_null(s->sd[j]) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static void put_members(const struct rn_hpu_state *s, unsigned cluster, struct rn_buffer *out)
{
	for (uint32_t i = 0; i < s->bins.n; i++) {
		if (s->kmeans.label[i] != cluster)
			continue;
		struct rn_bytes name = rn_grouping_name(&s->grouping, i);
		if (out->len)
			rn_put_u8(out, ' ');
		rn_put_bytes(out, name.p, name.len);
	}
}

static double total_ns(const struct rn_hpu_state *s, unsigned cluster, bool all)
{
	rn_wide sum = 0;
	for (uint32_t i = 0; i < s->bins.n; i++)
		if (all || s->kmeans.label[i] == cluster)
			sum += s->one[i].total_ns;
	return rn_wide_double(sum);
}

static int emit_clusters(const struct rn_hpu_state *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "cluster", .title = "Cluster", .type = RN_T_U64 },
		{ .name = "size", .title = "Members", .type = RN_T_U64 },
		{ .name = "percent", .title = "% time", .type = RN_T_REAL, .unit = RN_U_PERCENT,
			.decimals = 2, .weighs = true },
		{ .name = "calls", .title = "Calls", .type = RN_T_REAL, .decimals = 1, .weighs = true,
			.doc = "of the centre: geometric mean" },
		{ .name = "mean_ns", .title = "Latency us", .type = RN_T_REAL, .unit = RN_U_NS,
			.shift = 3, .decimals = 2, .doc = "of the centre: geometric mean of the means" },
		{ .name = "members", .title = "System calls", .type = RN_T_TEXT, .left = true },
	};
	char title[120];
	snprintf(title, sizeof(title), "--- K-means Clustering --- (Number of clusters: %u, "
		"silhouette %.3f)", s->kmeans.k, s->kmeans.k ? s->silhouette.mean : 0);
	const struct rn_table table = { .name = "hpu_clusters", .title = title, .columns = columns,
		.n_columns = sizeof(columns) / sizeof(*columns), .empty = "--- K-means Clustering ---\n"
		"Too few distinct system calls to cluster." };
	struct rn_buffer members = RN_BUFFER_INIT;
	double all = total_ns(s, 0, true);
	int rc = rn_sink_begin(sink, &table, err);
	for (unsigned c = 0; c < s->kmeans.k && !rc; c++) {
		const double *center = s->kmeans.center + c * RN_HPU_FEATURES;
		rn_buffer_clear(&members);
		put_members(s, c, &members);
		const struct rn_cell cells[] = { rn_cell_u64(c), rn_cell_u64(s->kmeans.count[c]),
			real_or_null(all > 0 ? 100 * total_ns(s, c, false) / all : NAN),
			rn_cell_real(pow(10, center[RN_HPU_CALLS] * s->sd[RN_HPU_CALLS] + s->mean[RN_HPU_CALLS])),
			rn_cell_real(pow(10, center[RN_HPU_LATENCY] * s->sd[RN_HPU_LATENCY] +
				s->mean[RN_HPU_LATENCY])), rn_cell_bytes(rn_buffer_bytes(&members)) };
		rc = rn_sink_row(sink, cells, err);
	}
	rn_buffer_fini(&members);
	return rc ? rc : rn_sink_end(sink, err);
}

static int by_time(const void *a, const void *b, void *arg)
{
	const struct rn_hpu_state *s = arg;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	rn_wide p = s->one[x].total_ns, q = s->one[y].total_ns;
	return p != q ? (p > q ? -1 : 1) : rn_hpu_by_calls(a, b, arg);
}

static int emit_hotspots(const struct rn_hpu_state *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "name", .title = "Syscall", .type = RN_T_TEXT, .left = true },
		{ .name = "percent", .title = "% time", .type = RN_T_REAL, .unit = RN_U_PERCENT,
			.decimals = 2, .weighs = true },
		{ .name = "calls", .title = "Calls", .type = RN_T_U64, .unit = RN_U_COUNT, .weighs = true },
		{ .name = "mean_ns", .title = "Mean us", .type = RN_T_REAL, .unit = RN_U_NS,
			.shift = 3, .decimals = 2 },
		{ .name = "cluster", .title = "Cluster", .type = RN_T_U64 },
	};
	static const struct rn_table table = { .name = "hpu_hotspots",
		.title = "Hotspots (at least a tenth of all time)", .columns = columns,
		.n_columns = sizeof(columns) / sizeof(*columns), .empty = "No hotspots." };
	uint32_t *order = malloc((s->bins.n + 1) * sizeof(*order));
	double all = total_ns(s, 0, true);
	int rc = order ? rn_sink_begin(sink, &table, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory for hotspots");
	for (uint32_t i = 0; i < s->bins.n && !rc; i++)
		order[i] = i;
	if (!rc && s->bins.n)
		qsort_r(order, s->bins.n, sizeof(*order), by_time, (void *)(uintptr_t)s);
	for (uint32_t i = 0; i < s->bins.n && !rc && all > 0; i++) {
		const struct rn_hpu_call *o = &s->one[order[i]];
		double percent = 100 * rn_wide_double(o->total_ns) / all;
		if (percent < HOT_PERCENT)
			break;
		const struct rn_cell cells[] = {
			rn_cell_bytes(rn_grouping_name(&s->grouping, order[i])), rn_cell_real(percent),
			rn_cell_u64(o->calls), real_or_null(rn_moments_mean(&o->latency)),
			s->kmeans.k ? rn_cell_u64(s->kmeans.label[order[i]]) : rn_cell_null() };
		rc = rn_sink_row(sink, cells, err);
	}
	free(order);
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_costs(const struct rn_hpu_state *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "backend", .title = "Backend", .type = RN_T_TEXT, .left = true },
		{ .name = "device", .title = "Device", .type = RN_T_TEXT, .left = true },
		{ .name = "predicted_ns", .title = "Predicted us", .type = RN_T_REAL,
			.unit = RN_U_NS, .shift = 3, .decimals = 1 },
		{ .name = "actual_ns", .title = "Actual us", .type = RN_T_REAL, .unit = RN_U_NS,
			.shift = 3, .decimals = 1 },
		{ .name = "remark", .title = "Remark", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = { .name = "hpu_costs", .title = "Backends",
		.columns = columns, .n_columns = sizeof(columns) / sizeof(*columns) };
	int rc = rn_sink_begin(sink, &table, err);
	for (unsigned i = 0; i < s->hpu.n_offers && !rc; i++) {
		const struct rn_hpu_offer *o = &s->hpu.offer[i];
		const struct rn_cell cells[] = { rn_cell_text(o->backend), rn_cell_text(o->device),
			o->available ? rn_cell_real(o->predicted_ns) : rn_cell_null(),
			o->chosen ? rn_cell_real(s->actual_ns) : rn_cell_null(),
			rn_cell_text(o->remark) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

int rn_hpu_emit(struct rn_hpu_state *s, struct rn_sink *sink, struct rn_error *err)
{
	static int (*const parts[])(const struct rn_hpu_state *, struct rn_sink *, struct rn_error *) = {
		emit_head, emit_matrix, emit_pairs, emit_features, emit_clusters, emit_hotspots };
	char text[96];
	int rc = 0;
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && !rc; i++)
		rc = parts[i](s, sink, err);
	if (!rc && s->options.costs)
		rc = emit_costs(s, sink, err);
	if (rc || !s->beyond)
		return rc;
	snprintf(text, sizeof(text), "%llu calls of system calls beyond the first %d are left out",
		(unsigned long long)s->beyond, RN_HPU_ROWS);
	return rn_sink_note(sink, rn_bytes_str(text), err);
}
