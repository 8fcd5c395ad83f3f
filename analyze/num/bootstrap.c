/* SPDX-License-Identifier: MIT */
#include "analyze/num/bootstrap.h"

#include "analyze/num/quantile.h"
#include "analyze/num/random.h"

#include <gsl/gsl_sort.h>
#include <stdlib.h>
#include <string.h>

static void draw(const struct rn_units *u, struct rn_random *random, uint32_t *drawn, double *out)
{
	for (size_t i = 0; i < u->n; i++)
		drawn[i] = (uint32_t)rn_random_below(random, u->n);
	u->of(u->arg, drawn, u->n, out);
}

/* Logarithms of ratios, n of them, so that b / a mirrors a / b. */
static struct rn_interval middle(double *ratio, size_t n, unsigned rounds)
{
	size_t outside = n ? (size_t)(.025 * (double)(n - 1)) : 0;
	if (n < rounds / 2)
		return RN_INTERVAL_UNKNOWN;
	gsl_sort(ratio, 1, n);
	return (struct rn_interval){ exp(ratio[outside]), exp(ratio[n - 1 - outside]) };
}

int rn_bootstrap_ratios(struct rn_interval *out, size_t n_out, const struct rn_units *a,
	const struct rn_units *b, unsigned rounds, struct rn_error *err)
{
	struct rn_random ra = { a->stream }, rb = { b->stream };
	size_t most = a->n > b->n ? a->n : b->n;
	for (size_t i = 0; i < n_out; i++)
		out[i] = RN_INTERVAL_UNKNOWN;
	if (!a->n || !b->n)
		return 0;
	uint32_t *drawn = malloc(most * sizeof(*drawn));
	double *ratio = malloc((rounds + 2) * n_out * sizeof(*ratio));
	size_t *n = calloc(n_out, sizeof(*n));
	int rc = drawn && ratio && n ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for a bootstrap");
	double *x = ratio ? ratio + rounds * n_out : NULL, *y = x ? x + n_out : NULL;
	for (unsigned round = 0; round < rounds && !rc; round++) {
		draw(a, &ra, drawn, x);
		draw(b, &rb, drawn, y);
		for (size_t i = 0; i < n_out; i++)
			if (x[i] > 0 && y[i] > 0)
				ratio[i * rounds + n[i]++] = log(y[i]) - log(x[i]);
	}
	for (size_t i = 0; i < n_out && !rc; i++)
		out[i] = middle(ratio + i * rounds, n[i], rounds);
	free(drawn);
	free(ratio);
	free(n);
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

static void median_of_drawn(void *arg, const uint32_t *drawn, size_t n, double *out)
{
	const struct sample *s = arg;
	for (size_t i = 0; i < n; i++)
		s->drawn[i] = s->v[drawn[i]];
	gsl_sort(s->drawn, 1, n);
	*out = rn_quantile_sorted(s->drawn, n, .5);
}

int rn_bootstrap_medians(struct rn_interval *out, const double *a, size_t n, uint64_t stream_a,
	const double *b, size_t m, uint64_t stream_b, struct rn_error *err)
{
	double *work = malloc((n + m + 1) * sizeof(*work));
	struct sample x = { a, work }, y = { b, work + n };
	const struct rn_units units[] = { { n, median_of_drawn, &x, stream_a },
		{ m, median_of_drawn, &y, stream_b } };
	int rc = work ? rn_bootstrap_ratios(out, 1, &units[0], &units[1], RN_BOOTSTRAP_ROUNDS, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory for a bootstrap");
	free(work);
	return rc;
}
