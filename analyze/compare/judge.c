/* SPDX-License-Identifier: MIT */
#include "analyze/compare/judge.h"

#include "analyze/num/bootstrap.h"
#include "analyze/num/rank_test.h"

#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MAD_SCALE 1.482602218505602
#define NOISE_MADS 2
#define WITHIN_ROUNDS 400

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory to compare");
}

/* Those there are, sorted, into `to`; how many. */
static size_t known(const double *v, size_t n, double *to)
{
	size_t k = 0;
	for (size_t i = 0; i < n; i++)
		if (!isnan(v[i]))
			to[k++] = v[i];
	gsl_sort(to, 1, k);
	return k;
}

static int order_of(const double *a, size_t n, const double *b, size_t m)
{
	for (size_t i = 0; i < n && i < m; i++)
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	return (n > m) - (n < m);
}

void rn_judge_streams(uint64_t seed, int order, uint64_t *a, uint64_t *b)
{
	uint64_t first = 2 * seed + 1, second = ~first;
	*a = order <= 0 ? first : second;
	*b = order <= 0 ? second : first;
}

/* The scaled MAD as a share of the median. */
static double spread(const double *sorted, size_t n, double median, double *work)
{
	for (size_t i = 0; i < n; i++)
		work[i] = fabs(sorted[i] - median);
	return n && median > 0 ? MAD_SCALE * rn_median(work, n) / median : 0;
}

static double noise_of(const struct rn_judge *judge, const double *a, size_t n, const double *b, size_t m,
	const struct rn_judged *j, double *work)
{
	if (!judge->tested)
		return fmax(judge->noise, RN_JUDGE_INDICATIVE);
	return fmax(judge->noise, NOISE_MADS * fmax(spread(a, n, j->a, work), spread(b, m, j->b, work)));
}

int rn_judge_numbers(struct rn_judged *j, const struct rn_judge *judge, bool prove, const double *a, size_t n,
	const double *b, size_t m, struct rn_error *err)
{
	double *work = malloc((2 * (n + m) + 1) * sizeof(*work));
	struct rn_rank_test test;
	uint64_t stream_a, stream_b;
	*j = (struct rn_judged){ NAN, NAN, NAN, RN_INTERVAL_UNKNOWN, NAN, NAN, NAN, NAN, NAN, RN_OUTCOME_NONE };
	if (!work)
		return no_memory(err);
	double *x = work, *y = work + n;
	size_t kept_a = known(a, n, x), kept_b = known(b, m, y);
	j->a = rn_median(x, kept_a);
	j->b = rn_median(y, kept_b);
	j->ratio = j->a > 0 && j->b > 0 ? j->b / j->a : NAN;
	j->noise = noise_of(judge, x, kept_a, y, kept_b, j, work + n + m);
	int rc = rn_shift(&j->shift, x, kept_a, y, kept_b, err);
	if (!rc && prove && kept_a >= RN_JUDGE_RUNS && kept_b >= RN_JUDGE_RUNS) {
		rc = rn_rank_test(&test, x, kept_a, y, kept_b, err);
		j->p = test.p;
		j->delta = test.delta;
		rn_judge_streams(judge->seed, order_of(x, kept_a, y, kept_b), &stream_a, &stream_b);
		if (!rc)
			rc = rn_bootstrap_medians(&j->ci, x, kept_a, stream_a, y, kept_b, stream_b, err);
	}
	free(work);
	return rc;
}

void rn_judge_settle(struct rn_judged *j, const struct rn_judge *judge)
{
	bool great = fabs(log(j->ratio)) > log1p(j->noise);
	bool proved = rn_interval_excludes(j->ci, 1) && (!judge->tested || j->adjusted < RN_JUDGE_CHANCE);
	if (isnan(j->ratio))
		j->outcome = RN_OUTCOME_NONE;
	else if (!great)
		j->outcome = RN_OUTCOME_SAME;
	else
		j->outcome = !proved ? RN_OUTCOME_UNSURE : j->ratio > 1 ? RN_OUTCOME_MORE : RN_OUTCOME_LESS;
}

/* The blocks of a side, and what is drawn of them: counts by bucket, from the least index on. */
struct blocks {
	const struct rn_sketch **block;
	size_t n;
	int32_t least;
	uint32_t n_counts;
	uint64_t *count;
	double *value; /* what a bucket stands for */
};

static bool gather(struct blocks *s, const struct rn_run_group *const *group, size_t n)
{
	int32_t greatest = INT32_MIN + 1;
	*s = (struct blocks){ .least = INT32_MAX };
	for (size_t i = 0; i < n; i++)
		s->n += group[i]->block ? group[i]->n_blocks : 0;
	s->block = malloc((s->n + 1) * sizeof(*s->block));
	s->n = 0;
	for (size_t i = 0; i < n && s->block; i++)
		for (uint32_t k = 0; group[i]->block && k < group[i]->n_blocks; k++) {
			const struct rn_sketch *b = s->block[s->n++] = &group[i]->block[k];
			for (uint32_t x = 0; x < b->n_buckets; x++) {
				int32_t index = b->bucket[x].index;
				s->least = index != RN_SKETCH_ZERO && index < s->least ? index : s->least;
				greatest = index > greatest ? index : greatest;
			}
		}
	/* Place 0 is that of 0. */
	s->n_counts = greatest >= s->least ? (uint32_t)(greatest - s->least) + 2 : 1;
	s->count = malloc(s->n_counts * sizeof(*s->count));
	s->value = malloc(s->n_counts * sizeof(*s->value));
	for (uint32_t i = 0; i < s->n_counts && s->value; i++)
		s->value[i] = i ? rn_sketch_value(RN_RUN_ALPHA, s->least + (int32_t)i - 1) : 0;
	return s->block && s->count && s->value;
}

static void give_back(struct blocks *s)
{
	free(s->block);
	free(s->count);
	free(s->value);
}

static uint64_t pile_up(struct blocks *s, const uint32_t *drawn, size_t n)
{
	uint64_t all = 0;
	memset(s->count, 0, s->n_counts * sizeof(*s->count));
	for (size_t i = 0; i < n; i++) {
		const struct rn_sketch *b = s->block[drawn[i]];
		for (uint32_t k = 0; k < b->n_buckets; k++) {
			int32_t index = b->bucket[k].index;
			s->count[index == RN_SKETCH_ZERO ? 0 : index - s->least + 1] += b->bucket[k].count;
		}
		all += b->n;
	}
	return all;
}

static void of_drawn(void *arg, const uint32_t *drawn, size_t n, double *out)
{
	struct blocks *s = arg;
	uint64_t all = pile_up(s, drawn, n), seen = 0;
	unsigned next = 0;
	out[0] = 0;
	for (uint32_t i = 0; i < s->n_counts; i++) {
		if (!s->count[i])
			continue;
		seen += s->count[i];
		out[0] += (double)s->count[i] * s->value[i] / (double)all;
		while (next < RN_SHIFTS && (double)seen > rn_shift_percents[next] / 100 * (double)(all - 1))
			out[1 + next++] = s->value[i];
	}
	while (next < RN_SHIFTS)
		out[1 + next++] = NAN;
}

static int order_of_blocks(const struct blocks *a, const struct blocks *b)
{
	for (size_t i = 0; i < a->n && i < b->n; i++) {
		double x = rn_sketch_quantile(a->block[i], .5), y = rn_sketch_quantile(b->block[i], .5);
		if (a->block[i]->n != b->block[i]->n)
			return a->block[i]->n < b->block[i]->n ? -1 : 1;
		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a->n > b->n) - (a->n < b->n);
}

int rn_judge_within(struct rn_interval out[RN_WITHIN], const struct rn_judge *judge,
	const struct rn_run_group *const *a, size_t n, const struct rn_run_group *const *b, size_t m,
	struct rn_error *err)
{
	struct blocks x, y;
	bool ok = gather(&x, a, n);
	ok &= gather(&y, b, m);
	int rc = ok ? 0 : no_memory(err);
	for (unsigned i = 0; i < RN_WITHIN; i++)
		out[i] = RN_INTERVAL_UNKNOWN;
	if (!rc && x.n >= RN_WITHIN_LEAST && y.n >= RN_WITHIN_LEAST) {
		struct rn_units ux = { x.n, of_drawn, &x, 0 }, uy = { y.n, of_drawn, &y, 0 };
		rn_judge_streams(judge->seed, order_of_blocks(&x, &y), &ux.stream, &uy.stream);
		rc = rn_bootstrap_ratios(out, RN_WITHIN, &ux, &uy, WITHIN_ROUNDS, err);
	}
	give_back(&x);
	give_back(&y);
	return rc;
}
