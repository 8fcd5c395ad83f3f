/* SPDX-License-Identifier: MIT */
#include "analyze/num/proportion.h"

#include <gsl/gsl_cdf.h>
#include <gsl/gsl_randist.h>

#define ENOUGH (1 - 1e-7) /* what counts as equal chances, as scipy and R have it */
#define Z95 1.9599639845400545

struct rn_interval rn_wilson(uint64_t k, uint64_t n)
{
	if (!n)
		return RN_INTERVAL_UNKNOWN;
	double whole = (double)n, p = (double)k / whole, z2 = Z95 * Z95 / whole;
	double middle = (p + z2 / 2) / (1 + z2);
	double half = Z95 * sqrt(p * (1 - p) / whole + z2 / (4 * whole)) / (1 + z2);
	return (struct rn_interval){ k ? middle - half : 0, k < n ? middle + half : 1 };
}

double rn_odds_ratio(uint64_t k, uint64_t n, uint64_t l, uint64_t m)
{
	return ((double)k * (double)(m - l)) / ((double)l * (double)(n - k));
}

/* The chances fall from the middle to both ends: the ends are found by halving. */
double rn_fisher(uint64_t k, uint64_t n, uint64_t l, uint64_t m)
{
	if (n + m > INT32_MAX)
		return NAN;
	unsigned ours = (unsigned)(k + l), others = (unsigned)(n + m) - ours, drawn = (unsigned)n;
	unsigned least = drawn > others ? drawn - others : 0, most = drawn < ours ? drawn : ours;
	double seen = gsl_ran_hypergeometric_pdf((unsigned)k, ours, others, drawn) / ENOUGH;
	unsigned mode = (unsigned)(((double)drawn + 1) * ((double)ours + 1) / ((double)(n + m) + 2));
	mode = mode < least ? least : mode > most ? most : mode;
	unsigned low = least, high = mode; /* the first that is likelier */
	if (gsl_ran_hypergeometric_pdf(mode, ours, others, drawn) <= seen)
		return 1;
	while (low < high) {
		unsigned mid = low + (high - low) / 2;
		if (gsl_ran_hypergeometric_pdf(mid, ours, others, drawn) <= seen)
			low = mid + 1;
		else
			high = mid;
	}
	unsigned first = low;
	for (low = mode, high = most + 1; low < high;) { /* the first beyond that is not */
		unsigned mid = low + (high - low) / 2;
		if (gsl_ran_hypergeometric_pdf(mid, ours, others, drawn) > seen)
			low = mid + 1;
		else
			high = mid;
	}
	double below = first > least ? gsl_cdf_hypergeometric_P(first - 1, ours, others, drawn) : 0;
	double above = low <= most ? gsl_cdf_hypergeometric_Q(low - 1, ours, others, drawn) : 0;
	return fmin(1, below + above);
}
