/* SPDX-License-Identifier: MIT */
#include "analyze/num/adjust.h"

#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b, void *arg)
{
	const double *p = arg;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	if (p[x] != p[y])
		return p[x] < p[y] ? -1 : 1;
	return (x > y) - (x < y);
}

/* The numbers of those that are no NaN, rising; NULL: no memory. */
static size_t *rising(double *p, size_t m, size_t *n, struct rn_error *err)
{
	size_t *order = malloc((m + 1) * sizeof(*order));
	*n = 0;
	if (!order) {
		rn_fail(err, RN_E_NOMEM, "out of memory for chances of many tests");
		return NULL;
	}
	for (size_t i = 0; i < m; i++)
		if (!isnan(p[i]))
			order[(*n)++] = i;
	if (*n)
		qsort_r(order, *n, sizeof(*order), by_value, p);
	return order;
}

int rn_adjust_bh(double *p, size_t m, struct rn_error *err)
{
	size_t n, *order = rising(p, m, &n, err);
	double least = 1;
	if (!order)
		return RN_E_NOMEM;
	for (size_t i = n; i--;) {
		least = fmin(least, p[order[i]] * (double)n / (double)(i + 1));
		p[order[i]] = least;
	}
	free(order);
	return 0;
}

int rn_adjust_holm(double *p, size_t m, struct rn_error *err)
{
	size_t n, *order = rising(p, m, &n, err);
	double greatest = 0;
	if (!order)
		return RN_E_NOMEM;
	for (size_t i = 0; i < n; i++) {
		greatest = fmin(1, fmax(greatest, p[order[i]] * (double)(n - i)));
		p[order[i]] = greatest;
	}
	free(order);
	return 0;
}
