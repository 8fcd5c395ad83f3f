/* SPDX-License-Identifier: MIT */
#include "analyze/num/rank_test.h"

#include "analyze/num/quantile.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_sort.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static double greater_pairs(const double *a, size_t n, const double *b, size_t m)
{
	double u = 0;
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++)
			u += a[i] > b[k] ? 1 : a[i] == b[k] ? .5 : 0;
	return u;
}

/* Sum of t^3 - t over the groups of t equal values. */
static double ties_of(double *all, size_t n)
{
	double sum = 0;
	gsl_sort(all, 1, n);
	for (size_t i = 0; i < n;) {
		size_t end = i + 1;
		while (end < n && all[end] == all[i])
			end++;
		double t = (double)(end - i);
		sum += t * t * t - t;
		i = end;
	}
	return sum;
}

/* Divisions of n + m different values with U at most u, of all there are. Their numbers by U are the
 * coefficients of prod (1 - x^(m + i)) / (1 - x^i), i from 1 to n: whole, and below 2^53 here. */
static double exact_tail(size_t n, size_t m, double u)
{
	double ways[RN_RANK_TEST_EXACT * RN_RANK_TEST_EXACT + 1] = { 1 }, all = 0, tail = 0;
	size_t most = n * m;
	for (size_t i = 1; i <= n; i++) {
		for (size_t k = most; k >= m + i; k--)
			ways[k] -= ways[k - m - i];
		for (size_t k = i; k <= most; k++)
			ways[k] += ways[k - i];
	}
	for (size_t k = 0; k <= most; k++) {
		all += ways[k];
		tail += (double)k <= u ? ways[k] : 0;
	}
	return tail / all;
}

static double normal_chance(size_t n, size_t m, double u, double ties)
{
	double pairs = (double)n * (double)m, all = (double)(n + m);
	double variance = pairs / 12 * (all + 1 - ties / (all * (all - 1)));
	double away = fabs(u - pairs / 2) - .5;
	return variance > 0 && away > 0 ? 2 * gsl_cdf_ugaussian_Q(away / sqrt(variance)) : 1;
}

int rn_rank_test(struct rn_rank_test *t, const double *a, size_t n, const double *b, size_t m,
	struct rn_error *err)
{
	double *all = n && m ? malloc((n + m) * sizeof(*all)) : NULL, pairs = (double)n * (double)m;
	*t = (struct rn_rank_test){ .u = greater_pairs(a, n, b, m), .p = NAN, .delta = NAN };
	if (!n || !m)
		return 0;
	if (!all)
		return rn_fail(err, RN_E_NOMEM, "out of memory for a rank test");
	memcpy(all, a, n * sizeof(*all));
	memcpy(all + n, b, m * sizeof(*all));
	double ties = ties_of(all, n + m);
	free(all);
	t->exact = ties == 0 && n <= RN_RANK_TEST_EXACT && m <= RN_RANK_TEST_EXACT;
	t->p = t->exact ? fmin(1, 2 * exact_tail(n, m, fmin(t->u, pairs - t->u))) :
		normal_chance(n, m, t->u, ties);
	t->delta = (pairs - 2 * t->u) / pairs;
	return 0;
}

int rn_shift(double *shift, const double *a, size_t n, const double *b, size_t m, struct rn_error *err)
{
	double *all = n && m ? malloc(n * m * sizeof(*all)) : NULL;
	*shift = NAN;
	if (!n || !m)
		return 0;
	if (!all)
		return rn_fail(err, RN_E_NOMEM, "out of memory for a shift");
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < m; k++)
			all[i * m + k] = b[k] - a[i];
	gsl_sort(all, 1, n * m);
	*shift = rn_quantile_sorted(all, n * m, .5);
	free(all);
	return 0;
}
