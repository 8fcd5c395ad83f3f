/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/hpu_private.h"
#include "analyze/num/correlate.h"
#include "analyze/weights/weights.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BINS_LEAST 30
#define BINS_MOST 2000
#define FILLED_LEAST 5   /* bins that a row must have something in */
#define K_MOST 8

static int begin(void *st, const void *options, struct rn_error *err)
{
	struct rn_hpu_state *s = st;
	if (options)
		s->options = *(const struct rn_hpu_options *)options;
	s->carry_calls = s->carry_errors = s->carry_ns = s->carry_bins = RN_WEIGHED_CARRY;
	return rn_grouping_init(&s->grouping, RN_BY_NAME, &s->options.facts, err);
}

static void fini(void *st)
{
	struct rn_hpu_state *s = st;
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

static int take(struct rn_hpu_state *s, const struct rn_batch *b, uint32_t i, uint32_t group,
	struct rn_error *err)
{
	const struct rn_core *c = b->core;
	uint64_t w = rn_weight_of(b->weights, c->abi[i], c->nr[i], c->flags[i]);
	if (group >= RN_HPU_ROWS) {
		s->beyond++;
		return 0;
	}
	if (group >= s->cap) {
		uint32_t cap = s->cap ? s->cap * 2 : 64;
		struct rn_hpu_call *one = realloc(s->one, cap * sizeof(*one));
		if (!one)
			return rn_fail(err, RN_E_NOMEM, "out of memory for features");
		for (uint32_t k = s->cap; k < cap; k++)
			one[k] = (struct rn_hpu_call){ .latency = RN_MOMENTS_INIT };
		s->one = one;
		s->cap = cap;
	}
	struct rn_hpu_call *one = &s->one[group];
	bool returned = !(c->flags[i] & RN_CALL_UNFINISHED);
	one->calls += rn_weighed_spread(&s->carry_calls, 1, w);
	one->errors += rn_weighed_spread(&s->carry_errors, (c->flags[i] & RN_CALL_ERROR) != 0, w);
	if (returned) {
		rn_moments_add(&one->latency, c->dur_ns[i]);
		one->total_ns += rn_weighed_spread(&s->carry_ns, c->dur_ns[i], w);
	}
	return rn_bins_add(&s->bins, group, c->ts_ns[i], rn_weighed_spread(&s->carry_bins,
		s->options.measure == RN_HPU_COUNTS ? 1 : returned ? c->dur_ns[i] : 0, w), err);
}

static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	struct rn_hpu_state *s = st;
	uint32_t group;
	int rc = 0;
	for (uint32_t k = 0; k < b->n_selected && !rc; k++) {
		rc = rn_grouping_of(&s->grouping, b, b->selected[k], &group, err);
		if (!rc)
			rc = take(s, b, b->selected[k], group, err);
	}
	return rc;
}

int rn_hpu_by_calls(const void *a, const void *b, void *arg)
{
	const struct rn_hpu_state *s = arg;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	if (s->one[x].calls != s->one[y].calls)
		return s->one[x].calls > s->one[y].calls ? -1 : 1;
	struct rn_bytes p = rn_grouping_name(&s->grouping, x), q = rn_grouping_name(&s->grouping, y);
	int c = memcmp(p.p, q.p, p.len < q.len ? p.len : q.len);
	return c ? c : (p.len > q.len) - (p.len < q.len);
}

/* The rows with enough in them, as reals. */
static int make_rows(struct rn_hpu_state *s, struct rn_error *err)
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
		qsort_r(s->member, s->n_members, sizeof(*s->member), rn_hpu_by_calls, s);
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
static void standardise(struct rn_hpu_state *s)
{
	size_t n = s->points.n;
	for (unsigned j = 0; j < RN_HPU_FEATURES; j++) {
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

static int make_points(struct rn_hpu_state *s, struct rn_error *err)
{
	int rc = rn_points_new(&s->points, RN_HPU_FEATURES, s->bins.n, err);
	for (uint32_t i = 0; i < s->bins.n && !rc; i++) {
		const struct rn_hpu_call *o = &s->one[i];
		double mean = o->latency.n ? rn_moments_mean(&o->latency) : 0;
		double sd = o->latency.n > 1 ? rn_moments_sd(&o->latency) : 0;
		s->points.column[RN_HPU_CALLS][i] = log10((double)o->calls);
		s->points.column[RN_HPU_LATENCY][i] = log10(mean > 1 ? mean : 1);
		s->points.column[RN_HPU_VARIATION][i] = mean > 0 ? sd / mean : 0;
		s->points.column[RN_HPU_ERRORS][i] = (double)o->errors / (double)o->calls;
	}
	if (!rc)
		standardise(s);
	return rc;
}

/* The number of clusters with the best silhouette; none where there are not two distinct points. */
static int cluster(struct rn_hpu_state *s, struct rn_error *err)
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

static struct rn_hpu_work work_of(const struct rn_hpu_state *s)
{
	double pairs = (double)s->n_members * s->n_members / 2;
	double rounds = 8.0 * rn_kmeans_restarts(s->points.n); /* for each number of clusters from 2 to 8 */
	double fits = (double)s->points.n * RN_HPU_FEATURES * 35 * rounds;
	return (struct rn_hpu_work){ 2 * pairs * (double)s->n_bins + fits, 7 * rounds + 2,
		8.0 * ((double)s->n_members * (double)s->n_bins * 2 +
			(double)s->points.n * RN_HPU_FEATURES) };
}

static int compute(struct rn_hpu_state *s, struct rn_error *err)
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

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	int rc = compute(st, err);
	return rc ? rc : rn_hpu_emit(st, sink, err);
}

const struct rn_analysis rn_analysis_hpu = {
	.name = "hpu",
	.help = "correlations in time, clusters and hotspots of system calls (--hpu-analysis)",
	.state_size = sizeof(struct rn_hpu_state),
	.begin = begin,
	.batch = batch,
	.emit = emit,
	.fini = fini,
};
