/* SPDX-License-Identifier: MIT */
#include "analyze/num/bootstrap.h"

#include "analyze/num/quantile.h"
#include "analyze/num/random.h"

#include <gsl/gsl_sort.h>
#include <stdlib.h>
#include <string.h>

static double draw(const struct rn_units *u, struct rn_random *random, uint32_t *drawn)
{
	for (size_t i = 0; i < u->n; i++)
		drawn[i] = (uint32_t)rn_random_below(random, u->n);
	return u->of(u->arg, drawn, u->n);
}

int rn_bootstrap_ratio(struct rn_interval *out, const struct rn_units *a, const struct rn_units *b,
	unsigned rounds, struct rn_error *err)
{
	struct rn_random ra = { a->stream }, rb = { b->stream };
	size_t most = a->n > b->n ? a->n : b->n, n = 0;
	*out = RN_INTERVAL_UNKNOWN;
	if (!a->n || !b->n)
		return 0;
	uint32_t *drawn = malloc(most * sizeof(*drawn));
	double *ratio = malloc(rounds * sizeof(*ratio)); /* logarithms, so that b / a mirrors a / b */
	int rc = drawn && ratio ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for a bootstrap");
	for (unsigned i = 0; i < rounds && !rc; i++) {
		double x = draw(a, &ra, drawn), y = draw(b, &rb, drawn);
		if (x > 0 && y > 0)
			ratio[n++] = log(y) - log(x);
	}
	if (!rc && n >= rounds / 2) {
		size_t outside = (size_t)(.025 * (double)(n - 1));
		gsl_sort(ratio, 1, n);
		*out = (struct rn_interval){ exp(ratio[outside]), exp(ratio[n - 1 - outside]) };
	}
	free(drawn);
	free(ratio);
	return rc;
}

double rn_median(const double *v, size_t n)
{
	double *sorted = malloc((n + 1) * sizeof(*sorted)), median = NAN;
	if (sorted && n) {
		memcpy(sorted, v, n * sizeof(*v));
		gsl_sort(sorted, 1, n);
		median = rn_quantile_sorted(sorted, n, .5);
	}
	free(sorted);
	return median;
}

struct sample {
	const double *v;
	double *drawn;
};

static double median_of_drawn(void *arg, const uint32_t *drawn, size_t n)
{
	const struct sample *s = arg;
	for (size_t i = 0; i < n; i++)
		s->drawn[i] = s->v[drawn[i]];
	gsl_sort(s->drawn, 1, n);
	return rn_quantile_sorted(s->drawn, n, .5);
}

int rn_bootstrap_medians(struct rn_interval *out, const double *a, size_t n, uint64_t stream_a,
	const double *b, size_t m, uint64_t stream_b, struct rn_error *err)
{
	double *work = malloc((n + m + 1) * sizeof(*work));
	struct sample x = { a, work }, y = { b, work + n };
	const struct rn_units units[] = { { n, median_of_drawn, &x, stream_a },
		{ m, median_of_drawn, &y, stream_b } };
	int rc = work ? rn_bootstrap_ratio(out, &units[0], &units[1], RN_BOOTSTRAP_ROUNDS, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory for a bootstrap");
	free(work);
	return rc;
}
