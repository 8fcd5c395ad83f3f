/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/hpu_report.h"

#include "analyze/analysis/bins.h"
#include "analyze/num/correlate.h"
#include "analyze/num/kmeans.h"
#include "analyze/num/moments.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BINS_LEAST 30
#define BINS_MOST 2000
#define FILLED_LEAST 5   /* bins that a row must have something in */
#define MATRIX_MOST 12   /* system calls of the matrix; all are among the pairs */
#define PAIRS_MOST 20
#define K_MOST 8
#define HOT_PERCENT 10.0
#define SIGNIFICANT 0.05

enum { F_CALLS, F_LATENCY, F_VARIATION, F_ERRORS, FEATURES };
static const char *const feature_names[FEATURES] = {
	"log10 calls", "log10 mean latency ns", "coefficient of variation", "share of errors",
};

struct one {
	struct rn_moments latency;
	uint64_t calls, errors;
};

struct state {
	struct rn_hpu_options options;
	struct rn_grouping grouping;
	struct rn_bins bins;
	struct one *one;
	uint32_t cap;
	uint64_t beyond; /* calls of system calls above RN_HPU_ROWS */
	/* When all calls have passed: */
	struct rn_hpu hpu;
	double actual_ns;
	size_t first, n_bins;
	uint32_t *member; /* the rows that are correlated, the most called first */
	unsigned n_members;
	double **row, *pearson, *spearman;
	struct rn_points points;
	struct rn_kmeans kmeans;
	struct rn_silhouette silhouette;
	double mean[FEATURES], sd[FEATURES];
};

static int begin(void *st, const void *options, struct rn_error *err)
{
	struct state *s = st;
	if (options)
		s->options = *(const struct rn_hpu_options *)options;
	return rn_grouping_init(&s->grouping, RN_BY_NAME, &s->options.facts, err);
}

static void fini(void *st)
{
	struct state *s = st;
	rn_hpu_stop(&s->hpu);
	rn_grouping_fini(&s->grouping);
	rn_bins_fini(&s->bins);
	rn_kmeans_free(&s->kmeans);
	rn_points_free(&s->points);
	free(s->one);
	free(s->member);
	free(s->row);
	free(s->pearson);
	free(s->spearman);
}

static int take(struct state *s, const struct rn_core *c, uint32_t i, uint32_t group,
	struct rn_error *err)
{
	if (group >= RN_HPU_ROWS) {
		s->beyond++;
		return 0;
	}
	if (group >= s->cap) {
		uint32_t cap = s->cap ? s->cap * 2 : 64;
		struct one *one = realloc(s->one, cap * sizeof(*one));
		if (!one)
			return rn_fail(err, RN_E_NOMEM, "out of memory for features");
		for (uint32_t k = s->cap; k < cap; k++)
			one[k] = (struct one){ .latency = RN_MOMENTS_INIT };
		s->one = one;
		s->cap = cap;
	}
	struct one *one = &s->one[group];
	bool returned = !(c->flags[i] & RN_CALL_UNFINISHED);
	one->calls++;
	one->errors += (c->flags[i] & RN_CALL_ERROR) != 0;
	if (returned)
		rn_moments_add(&one->latency, c->dur_ns[i]);
	return rn_bins_add(&s->bins, group, c->ts_ns[i],
		s->options.measure == RN_HPU_COUNTS ? 1 : returned ? c->dur_ns[i] : 0, err);
}

static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	struct state *s = st;
	uint32_t group;
	int rc = 0;
	for (uint32_t k = 0; k < b->n_selected && !rc; k++) {
		rc = rn_grouping_of(&s->grouping, b, b->selected[k], &group, err);
		if (!rc)
			rc = take(s, b->core, b->selected[k], group, err);
	}
	return rc;
}

static int by_calls(const void *a, const void *b, void *arg)
{
	const struct state *s = arg;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	if (s->one[x].calls != s->one[y].calls)
		return s->one[x].calls > s->one[y].calls ? -1 : 1;
	struct rn_bytes p = rn_grouping_name(&s->grouping, x), q = rn_grouping_name(&s->grouping, y);
	int c = memcmp(p.p, q.p, p.len < q.len ? p.len : q.len);
	return c ? c : (p.len > q.len) - (p.len < q.len);
}

/* The rows with enough in them, as reals. */
static int make_rows(struct state *s, struct rn_error *err)
{
	uint64_t calls = 0;
	for (uint32_t i = 0; i < s->bins.n; i++)
		calls += s->one[i].calls;
	double wish = fmax(BINS_LEAST, fmin(BINS_MOST, 2 * sqrt((double)calls)));
	s->n_bins = rn_bins_settle(&s->bins, (size_t)wish, &s->first);
	s->member = calloc(s->bins.n + 1, sizeof(*s->member));
	if (!s->member)
		return rn_fail(err, RN_E_NOMEM, "out of memory for correlations");
	for (uint32_t i = 0; i < s->bins.n; i++) {
		size_t filled = 0;
		for (size_t t = 0; t < s->n_bins; t++)
			filled += s->bins.row[i][s->first + t] != 0;
		if (filled >= FILLED_LEAST)
			s->member[s->n_members++] = i;
	}
	if (s->n_members)
		qsort_r(s->member, s->n_members, sizeof(*s->member), by_calls, s);
	s->row = rn_columns_new(s->n_members, s->n_bins);
	size_t cells = (size_t)s->n_members * s->n_members + 1;
	s->pearson = malloc(cells * sizeof(double));
	s->spearman = malloc(cells * sizeof(double));
	if (!s->row || !s->pearson || !s->spearman)
		return rn_fail(err, RN_E_NOMEM, "out of memory for correlations");
	for (unsigned a = 0; a < s->n_members; a++)
		for (size_t t = 0; t < s->n_bins; t++)
			s->row[a][t] = (double)s->bins.row[s->member[a]][s->first + t];
	return 0;
}

/* Each feature less its mean, by its deviation; one without deviation is 0 everywhere. */
static void standardise(struct state *s)
{
	size_t n = s->points.n;
	for (unsigned j = 0; j < FEATURES; j++) {
		double *x = s->points.column[j], sum = 0, squares = 0;
		for (size_t i = 0; i < n; i++)
			sum += x[i];
		s->mean[j] = n ? sum / (double)n : NAN;
		for (size_t i = 0; i < n; i++)
			squares += (x[i] - s->mean[j]) * (x[i] - s->mean[j]);
		s->sd[j] = n > 1 ? sqrt(squares / (double)(n - 1)) : 0;
		for (size_t i = 0; i < n; i++)
			x[i] = s->sd[j] > 1e-12 ? (x[i] - s->mean[j]) / s->sd[j] : 0;
	}
}

static int make_points(struct state *s, struct rn_error *err)
{
	int rc = rn_points_new(&s->points, FEATURES, s->bins.n, err);
	for (uint32_t i = 0; i < s->bins.n && !rc; i++) {
		const struct one *o = &s->one[i];
		double mean = o->latency.n ? rn_moments_mean(&o->latency) : 0;
		double sd = o->latency.n > 1 ? rn_moments_sd(&o->latency) : 0;
		s->points.column[F_CALLS][i] = log10((double)o->calls);
		s->points.column[F_LATENCY][i] = log10(mean > 1 ? mean : 1);
		s->points.column[F_VARIATION][i] = mean > 0 ? sd / mean : 0;
		s->points.column[F_ERRORS][i] = (double)o->errors / (double)o->calls;
	}
	if (!rc)
		standardise(s);
	return rc;
}

/* The number of clusters with the best silhouette; none where there are not two distinct points. */
static int cluster(struct state *s, struct rn_error *err)
{
	unsigned distinct;
	int rc = rn_points_distinct(&s->points, K_MOST + 1, &distinct, err);
	for (unsigned k = 2; k <= K_MOST && k <= distinct && !rc; k++) {
		struct rn_kmeans m;
		struct rn_silhouette now;
		rc = rn_kmeans_fit(&m, &s->points, &(struct rn_kmeans_options){ .k = k,
			.computer = &s->hpu.device.computer }, err);
		if (!rc)
			rc = rn_silhouette_of(&now, &s->points, m.label, k, NULL, err);
		if (!rc && (!s->kmeans.k || now.mean > s->silhouette.mean)) {
			rn_kmeans_free(&s->kmeans);
			s->kmeans = m;
			s->silhouette = now;
		} else {
			rn_kmeans_free(&m);
		}
	}
	return rc;
}

static struct rn_hpu_work work_of(const struct state *s)
{
	double pairs = (double)s->n_members * s->n_members / 2;
	double rounds = 8.0 * RN_KMEANS_RESTARTS; /* for each number of clusters from 2 to 8 */
	double fits = (double)s->points.n * FEATURES * 35 * rounds;
	return (struct rn_hpu_work){ 2 * pairs * (double)s->n_bins + fits, 7 * rounds + 2,
		8.0 * ((double)s->n_members * (double)s->n_bins * 2 +
			(double)s->points.n * FEATURES) };
}

static int compute(struct state *s, struct rn_error *err)
{
	int rc = make_rows(s, err);
	if (!rc)
		rc = make_points(s, err);
	const struct rn_hpu_work work = work_of(s);
	if (!rc)
		rc = rn_hpu_start(&s->hpu, s->options.choice, s->options.cpu_only, &work, err);
	double start = rn_hpu_now_ns();
	const struct rn_computer *c = &s->hpu.device.computer;
	if (!rc && s->n_members)
		rc = rn_pearson(c, s->row, s->n_members, s->n_bins, s->pearson, err);
	if (!rc && s->n_members)
		rc = rn_spearman(c, s->row, s->n_members, s->n_bins, s->spearman, err);
	if (!rc)
		rc = cluster(s, err);
	s->actual_ns = rn_hpu_now_ns() - start;
	if (!rc && s->options.tell)
		s->options.tell(s->options.arg, &s->hpu, s->actual_ns);
	return rc;
}

static struct rn_cell real_or_null(double v)
{
	return isfinite(v) ? rn_cell_real(v) : rn_cell_null();
}

static struct rn_bytes name_of(const struct state *s, unsigned member)
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

static int emit_head(const struct state *s, struct rn_sink *sink, struct rn_error *err)
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

static int emit_matrix(const struct state *s, struct rn_sink *sink, struct rn_error *err)
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
static int make_pairs(const struct state *s, struct pair **out, size_t *n, struct rn_error *err)
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

static int emit_pairs(const struct state *s, struct rn_sink *sink, struct rn_error *err)
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

static int emit_features(const struct state *s, struct rn_sink *sink, struct rn_error *err)
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
	for (unsigned j = 0; j < FEATURES && !rc; j++) {
		const struct rn_cell cells[] = { rn_cell_text(feature_names[j]),
			real_or_null(s->mean[j]), real_or_null(s->sd[j]) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static void put_members(const struct state *s, unsigned cluster, struct rn_buffer *out)
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

static double total_ns(const struct state *s, unsigned cluster, bool all)
{
	rn_wide sum = 0;
	for (uint32_t i = 0; i < s->bins.n; i++)
		if (all || s->kmeans.label[i] == cluster)
			sum += s->one[i].latency.sum;
	return rn_wide_double(sum);
}

static int emit_clusters(const struct state *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "cluster", .title = "Cluster", .type = RN_T_U64 },
		{ .name = "size", .title = "Members", .type = RN_T_U64 },
		{ .name = "percent", .title = "% time", .type = RN_T_REAL, .unit = RN_U_PERCENT,
			.decimals = 2 },
		{ .name = "calls", .title = "Calls", .type = RN_T_REAL, .decimals = 1,
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
		const double *center = s->kmeans.center + c * FEATURES;
		rn_buffer_clear(&members);
		put_members(s, c, &members);
		const struct rn_cell cells[] = { rn_cell_u64(c), rn_cell_u64(s->kmeans.count[c]),
			real_or_null(all > 0 ? 100 * total_ns(s, c, false) / all : NAN),
			rn_cell_real(pow(10, center[F_CALLS] * s->sd[F_CALLS] + s->mean[F_CALLS])),
			rn_cell_real(pow(10, center[F_LATENCY] * s->sd[F_LATENCY] +
				s->mean[F_LATENCY])), rn_cell_bytes(rn_buffer_bytes(&members)) };
		rc = rn_sink_row(sink, cells, err);
	}
	rn_buffer_fini(&members);
	return rc ? rc : rn_sink_end(sink, err);
}

static int by_time(const void *a, const void *b, void *arg)
{
	const struct state *s = arg;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	rn_wide p = s->one[x].latency.sum, q = s->one[y].latency.sum;
	return p != q ? (p > q ? -1 : 1) : by_calls(a, b, arg);
}

static int emit_hotspots(const struct state *s, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "name", .title = "Syscall", .type = RN_T_TEXT, .left = true },
		{ .name = "percent", .title = "% time", .type = RN_T_REAL, .unit = RN_U_PERCENT,
			.decimals = 2 },
		{ .name = "calls", .title = "Calls", .type = RN_T_U64, .unit = RN_U_COUNT },
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
		const struct one *o = &s->one[order[i]];
		double percent = 100 * rn_wide_double(o->latency.sum) / all;
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

static int emit_costs(const struct state *s, struct rn_sink *sink, struct rn_error *err)
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

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	struct state *s = st;
	static int (*const parts[])(const struct state *, struct rn_sink *, struct rn_error *) = {
		emit_head, emit_matrix, emit_pairs, emit_features, emit_clusters, emit_hotspots };
	char text[96];
	int rc = compute(s, err);
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

const struct rn_analysis rn_analysis_hpu = {
	.name = "hpu",
	.help = "correlations in time, clusters and hotspots of system calls (--hpu-analysis)",
	.state_size = sizeof(struct state),
	.begin = begin,
	.batch = batch,
	.emit = emit,
	.fini = fini,
};
