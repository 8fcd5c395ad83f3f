/* SPDX-License-Identifier: MIT */
#include "analyze/num/correlate.h"

#include <gsl/gsl_cdf.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Copies of the rows less their means. Whole numbers of counts are exact, so that a constant row
 * becomes exactly zero. */
static double **centered(double *const *row, unsigned rows, size_t n)
{
	double **to = rn_columns_new(rows, n);
	for (unsigned a = 0; to && a < rows; a++) {
		double sum = 0;
		bool constant = true;
		for (size_t i = 0; i < n; i++) {
			sum += row[a][i];
			constant &= row[a][i] == row[a][0];
		}
		for (size_t i = 0; i < n; i++)
			to[a][i] = constant ? 0 : row[a][i] - sum / (double)n;
	}
	return to;
}

int rn_pearson(const struct rn_computer *c, double *const *row, unsigned rows, size_t n, double *out,
	struct rn_error *err)
{
	double **x = centered(row, rows, n);
	double *variance = malloc((rows + 1) * sizeof(*variance));
	int rc = x && variance ? c->products(c, x, rows, n, out, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory for correlations");
	for (unsigned a = 0; a < rows && !rc; a++)
		variance[a] = out[(size_t)a * rows + a];
	for (unsigned a = 0; a < rows && !rc; a++)
		for (unsigned b = 0; b < rows; b++) {
			double *r = &out[(size_t)a * rows + b];
			if (!(variance[a] > 0) || !(variance[b] > 0))
				*r = NAN;
			else if (a == b)
				*r = 1;
			else
				*r = fmax(-1, fmin(1, *r / sqrt(variance[a] * variance[b])));
		}
	free(x);
	free(variance);
	return rc;
}

static int by_value(const void *a, const void *b, void *arg)
{
	const double *row = arg;
	size_t x = *(const size_t *)a, y = *(const size_t *)b;
	if (row[x] != row[y])
		return row[x] < row[y] ? -1 : 1;
	return (x > y) - (x < y);
}

static void rank(double *row, size_t n, size_t *order, double *to)
{
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	if (n)
		qsort_r(order, n, sizeof(*order), by_value, row);
	for (size_t i = 0; i < n;) {
		size_t end = i + 1;
		while (end < n && row[order[end]] == row[order[i]])
			end++;
		for (size_t k = i; k < end; k++)
			to[order[k]] = (double)(i + end - 1) / 2 + 1;
		i = end;
	}
}

int rn_spearman(const struct rn_computer *c, double *const *row, unsigned rows, size_t n, double *out,
	struct rn_error *err)
{
	double **ranks = rn_columns_new(rows, n);
	size_t *order = malloc((n + 1) * sizeof(*order));
	int rc = ranks && order ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for correlations");
	for (unsigned a = 0; a < rows && !rc; a++)
		rank(row[a], n, order, ranks[a]);
	if (!rc)
		rc = rn_pearson(c, ranks, rows, n, out, err);
	free(ranks);
	free(order);
	return rc;
}

double rn_correlation_p(double r, size_t n)
{
	if (isnan(r) || n < 3)
		return NAN;
	if (fabs(r) >= 1)
		return 0;
	double df = (double)n - 2;
	return 2 * gsl_cdf_tdist_Q(fabs(r) * sqrt(df / (1 - r * r)), df);
}

double rn_correlation_noise(size_t n)
{
	return n ? 2 / sqrt((double)n) : NAN;
}
