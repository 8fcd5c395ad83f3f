/* SPDX-License-Identifier: MIT */
#include "analyze/num/quantile.h"

#include <gsl/gsl_cdf.h>
#include <math.h>

struct rn_quantile_place rn_quantile_place(enum rn_quantile_kind kind, uint64_t n, double q)
{
	struct rn_quantile_place p = { 0, 0 };
	if (kind == RN_QUANTILE_NEAREST_RANK) {
		double rank = ceil(q * (double)n);
		p.low = rank < 1 ? 0 : (uint64_t)rank - 1;
	} else {
		double at = (double)(n - 1) * q;
		p.low = (uint64_t)at;
		p.fraction = at - (double)p.low;
	}
	if (p.low >= n - 1)
		p = (struct rn_quantile_place){ n - 1, 0 };
	return p;
}

/* 99.9 is no double: counted in these it is whole. */
#define PERCENT_PARTS ((uint64_t)1000000000000)

struct rn_quantile_place rn_percentile_place(uint64_t n, double percent)
{
	const uint64_t one = 100 * PERCENT_PARTS;
	unsigned __int128 at = (unsigned __int128)(n - 1) * (uint64_t)llround(percent * (double)PERCENT_PARTS);
	struct rn_quantile_place p = { (uint64_t)(at / one), (double)(uint64_t)(at % one) / (double)one };
	if (p.low >= n - 1)
		p = (struct rn_quantile_place){ n - 1, 0 };
	return p;
}

/* From the nearer end, so that the result never leaves the interval and fraction 1 gives `high`. */
double rn_quantile_between_reals(double low, double high, double fraction)
{
	double wide = high - low;
	if (fraction <= 0 || wide <= 0)
		return low;
	return fraction < 0.5 ? low + wide * fraction : high - wide * (1 - fraction);
}

double rn_quantile_between(uint64_t low, uint64_t high, double fraction)
{
	double wide = (double)(high - low);
	if (fraction <= 0 || high <= low)
		return (double)low;
	return fraction < 0.5 ? (double)low + wide * fraction : (double)high - wide * (1 - fraction);
}

double rn_quantile_sorted(const double *sorted, size_t n, double q)
{
	if (!n)
		return NAN;
	struct rn_quantile_place p = rn_quantile_place(RN_QUANTILE_R7, n, q);
	return rn_quantile_between_reals(sorted[p.low], sorted[p.low + (p.fraction > 0)],
		p.fraction);
}

bool rn_quantile_is_founded(uint64_t n, double q)
{
	double tail = q < 0.5 ? 1 - q : q;
	return n && 1 - pow(tail, (double)n) >= 0.95;
}

/* The least k with P(X <= k) >= p, X binomial. */
static uint64_t binomial_quantile(uint64_t n, double q, double p)
{
	uint64_t low = 0, high = n;
	while (low < high) {
		uint64_t mid = low + (high - low) / 2;
		if (gsl_cdf_binomial_P((unsigned)mid, q, (unsigned)n) >= p)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

/* Beyond this many values a normal distribution is the same, and the incomplete beta function loses digits. */
#define BINOMIAL_MAX 100000

void rn_quantile_interval(uint64_t n, double q, uint64_t *low, uint64_t *high)
{
	double middle = (double)n * q, half = 1.9599639845400545 * sqrt(middle * (1 - q));
	uint64_t l = n <= BINOMIAL_MAX ? binomial_quantile(n, q, .025) : (uint64_t)(middle - half);
	uint64_t h = n <= BINOMIAL_MAX ? binomial_quantile(n, q, .975) : (uint64_t)(middle + half);
	*low = l ? l - 1 : 0;
	*high = h < n ? h : n - 1;
}
