/* SPDX-License-Identifier: MIT */
/**
 * rank_test - whether one sample tends to be greater than another, and by how much.
 *
 * Mann & Whitney's U: pairs (a, b) with a > b, ties count one half. Its chance is exact where both samples
 * have at most RN_RANK_TEST_EXACT values and no two are equal (all divisions into two samples counted), else
 * that of a normal distribution with corrections for ties and continuity. Two-sided.
 * Cliff's delta: share of pairs with b > a less that with b < a; from -1 to 1.
 * Hodges & Lehmann: median of all differences b - a.
 * Samples are of runs, so few; cost is that of all pairs. Source: scipy.stats.mannwhitneyu agrees.
 */
#ifndef RN_ANALYZE_NUM_RANK_TEST_H
#define RN_ANALYZE_NUM_RANK_TEST_H

#include "shared/error.h"

#include <stdbool.h>
#include <stddef.h>

#define RN_RANK_TEST_EXACT 20

struct rn_rank_test {
	double u;     /* of a */
	double p;     /* NaN where a sample is empty; 1 where all values are equal */
	double delta; /* Cliff's, of b against a; NaN as p */
	bool exact;
};

/** Values are finite. RN_E_NOMEM. */
int rn_rank_test(struct rn_rank_test *t, const double *a, size_t n, const double *b, size_t m,
	struct rn_error *err);
/** The shift from a to b; NaN where a sample is empty. RN_E_NOMEM. */
int rn_shift(double *shift, const double *a, size_t n, const double *b, size_t m, struct rn_error *err);

#endif
