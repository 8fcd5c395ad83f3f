/* SPDX-License-Identifier: MIT */
#include "analyze/num/change_points.h"

#include "analyze/num/bootstrap.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Sums of the first i values and of their squares, less the mean of all, so that nothing cancels. */
struct sums {
	double *sum, *square;
};

static int sums_init(struct sums *s, const double *x, size_t n, struct rn_error *err)
{
	double mean = 0;
	s->sum = malloc(2 * (n + 1) * sizeof(*s->sum));
	if (!s->sum)
		return rn_fail(err, RN_E_NOMEM, "out of memory for change points");
	s->square = s->sum + n + 1;
	for (size_t i = 0; i < n; i++)
		mean += (x[i] - mean) / (double)(i + 1);
	s->sum[0] = s->square[0] = 0;
	for (size_t i = 0; i < n; i++) {
		s->sum[i + 1] = s->sum[i] + (x[i] - mean);
		s->square[i + 1] = s->square[i] + (x[i] - mean) * (x[i] - mean);
	}
	return 0;
}

static double cost(const struct sums *s, size_t from, size_t to)
{
	double sum = s->sum[to] - s->sum[from];
	return fmax(0, s->square[to] - s->square[from] - sum * sum / (double)(to - from));
}

int rn_split(struct rn_split *out, const double *x, size_t n, struct rn_error *err)
{
	struct sums s;
	*out = (struct rn_split){ 0, 0, 0 };
	if (n < 2)
		return 0;
	int rc = sums_init(&s, x, n, err);
	if (rc)
		return rc;
	out->whole = out->cost = cost(&s, 0, n);
	for (size_t i = 1; i < n; i++) {
		double c = cost(&s, 0, i) + cost(&s, i, n);
		if (!out->at || c < out->cost)
			*out = (struct rn_split){ i, c, out->whole };
	}
	free(s.sum);
	return 0;
}

/* Differences of neighbours deviate by sqrt(2) sigma, however the level moves now and then. */
static double bic(const double *x, size_t n)
{
	double *away = malloc((n + 1) * sizeof(*away));
	for (size_t i = 1; i < n && away; i++)
		away[i - 1] = fabs(x[i] - x[i - 1]);
	double sigma = away && n > 1 ? rn_median(away, n - 1) * 1.482602218505602 / sqrt(2) : 0;
	free(away);
	return 2 * sigma * sigma * log((double)n);
}

/* best[i]: least cost of the first i values with a penalty for each piece; from[i]: where its last piece
 * begins. A beginning is dropped once a later one, from which pieces may end by now, can only be better. */
static size_t search(const struct sums *s, size_t n, size_t shortest, double penalty, double *best,
	size_t *from, size_t *open)
{
	size_t n_open = 0;
	best[0] = -penalty;
	for (size_t end = shortest; end <= n; end++) {
		if (end == shortest)
			open[n_open++] = 0;
		else if (end >= 2 * shortest)
			open[n_open++] = end - shortest;
		best[end] = INFINITY;
		for (size_t k = 0; k < n_open; k++) {
			double c = best[open[k]] + cost(s, open[k], end) + penalty;
			if (c < best[end]) {
				best[end] = c;
				from[end] = open[k];
			}
		}
		size_t kept = 0, later = end + 1 - shortest;
		for (size_t k = 0; k < n_open; k++)
			if (later < shortest || later <= open[k] ||
				best[open[k]] + cost(s, open[k], later) <= best[later])
				open[kept++] = open[k];
		n_open = kept;
	}
	size_t found = 0;
	for (size_t end = from[n]; end; end = from[end])
		found++;
	return found;
}

int rn_change_points(size_t *at, size_t *n_found, const double *x, size_t n, size_t shortest,
	double penalty, struct rn_error *err)
{
	struct sums s;
	*n_found = 0;
	if (!shortest || n < 2 * shortest)
		return 0;
	int rc = sums_init(&s, x, n, err);
	if (rc)
		return rc;
	double *best = malloc((n + 1) * sizeof(*best));
	size_t *from = calloc(2 * (n + 1), sizeof(*from));
	penalty = penalty > 0 ? penalty : fmax(bic(x, n), 1e-9 * cost(&s, 0, n));
	if (best && from) {
		size_t left = *n_found = search(&s, n, shortest, penalty, best, from, from + n + 1);
		for (size_t end = from[n]; end; end = from[end])
			at[--left] = end;
	} else {
		rc = rn_fail(err, RN_E_NOMEM, "out of memory for change points");
	}
	free(s.sum);
	free(best);
	free(from);
	return rc;
}
