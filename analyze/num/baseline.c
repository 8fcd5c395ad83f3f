/* SPDX-License-Identifier: MIT */
#include "analyze/num/baseline.h"

#include "analyze/num/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAD_TO_SD 1.4826022185056018 /* 1 / 0.674489.. */
#define MEAN_DEVIATION_TO_SD 1.253314137315500
#define NORMAL_P95 1.6448536269514722 /* of the standard normal distribution */
#define USUAL_THRESHOLD 3.5
#define LEAST_RATIO 2      /* of the limit to the median: less is not worth telling */
#define TAIL_SHARE 2000    /* one in so many values is beyond its own tail, at most */
#define ROUNDED (1 + 1e-12) /* the end itself is not beyond */
#define TAIL_GAP 5         /* a jump by this factor ends a tail */

static bool is_log(const struct rn_baseline *b)
{
	return b->method == RN_METHOD_LOG_MODIFIED;
}

static double domain(const struct rn_baseline *b, uint64_t v)
{
	return is_log(b) ? log((double)(v ? v : 1)) : (double)v;
}

double rn_baseline_score(const struct rn_baseline *b, uint64_t latency_ns)
{
	return (domain(b, latency_ns) - b->center) / b->scale;
}

/* Doubles that are not negative are in the order of their bits. */
static uint64_t bits_of(double v)
{
	uint64_t bits;
	memcpy(&bits, &v, sizeof(bits));
	return bits;
}

static double real_of(uint64_t bits)
{
	double v;
	memcpy(&v, &bits, sizeof(v));
	return v;
}

/* What is in the order of deviations: of logarithms the ratio to the centre, which costs a division
 * where its logarithm costs ten. */
struct order {
	bool is_log;
	double center; /* not its logarithm */
};

static uint64_t deviation(const void *arg, uint64_t v)
{
	const struct order *o = arg;
	double x = (double)v;
	if (!o->is_log)
		return bits_of(fabs(x - o->center));
	x = x < 1 ? 1 : x;
	return bits_of(x >= o->center ? x / o->center : o->center / x);
}

static double deviation_of(const struct order *o, uint64_t bits)
{
	return o->is_log ? log(real_of(bits)) : real_of(bits);
}

/* Order statistics `low` and the one behind it, which is the same where the fraction is 0. */
static int pair(struct rn_values *v, const struct rn_values_group *g, const struct rn_values_map *map,
	struct rn_quantile_place p, uint64_t out[2], struct rn_error *err)
{
	const uint64_t ranks[2] = { p.low, p.low + (p.fraction > 0) };
	return map ? rn_values_ranks_of(v, g, map, ranks, 2, out, err) :
		rn_values_ranks(v, g, ranks, 2, out, err);
}

/* The quantile in the domain: between the logarithms, not of what is between. */
static int quantile(const struct rn_baseline *b, struct rn_values *v, const struct rn_values_group *g,
	double percent, double *out, double *out_ns, struct rn_error *err)
{
	struct rn_quantile_place p = rn_percentile_place(g->moments.n, percent);
	uint64_t pairs[2];
	int rc = pair(v, g, NULL, p, pairs, err);
	if (rc)
		return rc;
	*out = rn_quantile_between_reals(domain(b, pairs[0]), domain(b, pairs[1]), p.fraction);
	if (out_ns)
		*out_ns = rn_quantile_between(pairs[0], pairs[1], p.fraction);
	return 0;
}

static int median_deviation(const struct rn_baseline *b, struct rn_values *v,
	const struct rn_values_group *g, double *out, struct rn_error *err)
{
	/* Where the median is a value, that very value: equal ones have no deviation at all. */
	double ns = fmax(b->center_ns, 1);
	const struct order order = { is_log(b), !is_log(b) ? b->center :
		log(ns) == b->center ? ns : exp(b->center) };
	uint64_t low = deviation(&order, g->moments.min), high = deviation(&order, g->moments.max);
	const struct rn_values_map map = { deviation, &order, is_log(b) ? bits_of(1) : 0,
		low > high ? low : high };
	struct rn_quantile_place p = rn_percentile_place(g->moments.n, 50);
	uint64_t pairs[2];
	int rc = pair(v, g, &map, p, pairs, err);
	if (!rc)
		*out = rn_quantile_between_reals(deviation_of(&order, pairs[0]),
			deviation_of(&order, pairs[1]), p.fraction);
	return rc;
}

struct mean {
	const struct rn_baseline *baseline;
	double sum;
};

static int add_deviations(void *arg, const uint64_t *v, size_t n)
{
	struct mean *m = arg;
	for (size_t i = 0; i < n; i++)
		m->sum += fabs(domain(m->baseline, v[i]) - m->baseline->center);
	return 0;
}

struct top {
	uint64_t above;
	uint64_t *value;
	size_t n, cap;
};

static int take_top(void *arg, const uint64_t *v, size_t n)
{
	struct top *t = arg;
	for (size_t i = 0; i < n; i++)
		if (v[i] > t->above && t->n < t->cap)
			t->value[t->n++] = v[i];
	return 0;
}

/* Where a tail ends: at `last`, or between `above` and there before the greatest jump if that is one. */
static uint64_t end_of(const uint64_t *value, size_t n, uint64_t above, uint64_t last)
{
	uint64_t before = above, end = last;
	double widest = TAIL_GAP;
	for (size_t i = 0; i < n && before < last; i++) {
		double ratio = (double)value[i] / (double)(before ? before : 1);
		if (ratio > widest) {
			widest = ratio;
			end = before;
		}
		before = value[i];
	}
	return end;
}

/* Where a tail begins: ten values of it are worth something, of few values three. */
static double tail_percent(uint64_t n)
{
	return n >= 1000 ? 99 : n >= 59 ? 95 : 75;
}

static int tail_end(struct rn_values *v, const struct rn_values_group *g, uint64_t *end,
	struct rn_error *err)
{
	uint64_t n = g->moments.n;
	const uint64_t ranks[2] = { rn_percentile_place(n, tail_percent(n)).low, n - 1 - n / TAIL_SHARE };
	uint64_t place[2];
	int rc = rn_values_ranks(v, g, ranks, 2, place, err);
	if (rc)
		return rc;
	struct top top = { .above = place[0], .cap = n - ranks[0] };
	top.value = malloc(2 * top.cap * sizeof(*top.value));
	if (!top.value)
		return rn_fail(err, RN_E_NOMEM, "out of memory for a baseline");
	rc = rn_values_each(v, g, take_top, &top, err);
	if (!rc) {
		rn_sort_u64(top.value, top.value + top.cap, top.n);
		*end = end_of(top.value, top.n, place[0], place[1]);
	}
	free(top.value);
	return rc;
}

/* What the upper tail says of the scale. */
static int tail_scale(const struct rn_baseline *b, struct rn_values *v, const struct rn_values_group *g,
	double *scale, struct rn_error *err)
{
	double p95 = b->center;
	uint64_t end = 0;
	int rc = 0;
	if (rn_quantile_is_founded(g->moments.n, 0.95))
		rc = quantile(b, v, g, 95, &p95, NULL, err);
	*scale = (p95 - b->center) / NORMAL_P95;
	if (!rc)
		rc = tail_end(v, g, &end, err);
	if (!rc)
		*scale = fmax(*scale, (domain(b, end) - b->center) / USUAL_THRESHOLD * ROUNDED);
	return rc;
}

static int robust(struct rn_baseline *b, struct rn_values *v, const struct rn_values_group *g,
	struct rn_error *err)
{
	double deviation_mad = 0, tail = 0;
	int rc = quantile(b, v, g, 50, &b->center, &b->center_ns, err);
	if (!rc && b->verdict == RN_VERDICT_JUDGED)
		rc = median_deviation(b, v, g, &deviation_mad, err);
	if (!rc && b->verdict == RN_VERDICT_JUDGED && is_log(b))
		rc = tail_scale(b, v, g, &tail, err);
	b->scale = fmax(deviation_mad * MAD_TO_SD, tail);
	if (rc || b->scale > 0 || b->verdict != RN_VERDICT_JUDGED)
		return rc;
	struct mean m = { b, 0 };
	rc = rn_values_each(v, g, add_deviations, &m, err);
	b->scale = m.sum / (double)g->moments.n * MEAN_DEVIATION_TO_SD;
	return rc;
}

/* Equal values have no scale; all others have one by which twice the median is the least limit. */
static void widen(struct rn_baseline *b)
{
	if (is_log(b) && b->scale > 0)
		b->scale = fmax(b->scale, log(LEAST_RATIO) / USUAL_THRESHOLD);
}

static void classical(struct rn_baseline *b, const struct rn_values_group *g)
{
	double n = (double)g->moments.n;
	b->center = b->center_ns = rn_moments_mean(&g->moments);
	b->scale = rn_moments_sd(&g->moments);
	if ((n - 1) / sqrt(n) <= b->threshold)
		b->verdict = RN_VERDICT_TOO_FEW;
}

int rn_baseline_of(struct rn_baseline *b, enum rn_method method, double threshold, struct rn_values *v,
	const struct rn_values_group *g, struct rn_error *err)
{
	int rc = 0;
	*b = (struct rn_baseline){ .method = method, .n = g->moments.n, .threshold = threshold,
		.center_ns = NAN, .limit_ns = NAN,
		.verdict = g->moments.n < RN_BASELINE_LEAST ? RN_VERDICT_TOO_FEW : RN_VERDICT_JUDGED };
	if (!b->n)
		return 0;
	if (method == RN_METHOD_ZSCORE)
		classical(b, g);
	else
		rc = robust(b, v, g, err);
	widen(b);
	if (rc || b->verdict != RN_VERDICT_JUDGED)
		return rc;
	if (!(b->scale > 0))
		b->verdict = RN_VERDICT_NO_SPREAD;
	else
		b->limit_ns = is_log(b) ? exp(b->center + threshold * b->scale) :
			b->center + threshold * b->scale;
	return 0;
}
