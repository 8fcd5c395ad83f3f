/* SPDX-License-Identifier: MIT */
/**
 * near - comparisons of reals in tests, and the data whose statistics were worked out elsewhere.
 */
#ifndef RN_TESTS_ANALYZE_NUM_NEAR_H
#define RN_TESTS_ANALYZE_NUM_NEAR_H

#include <criterion/criterion.h>
#include <math.h>

#define NEAR(a, b, relative) do { \
		double got_ = (a), wanted_ = (b); \
		cr_assert(fabs(got_ - wanted_) <= (relative) * fmax(1, fabs(wanted_)), \
			"%s is %.17g, not %.17g", #a, got_, wanted_); \
	} while (0)

/* Checked with numpy, scipy, R and GSL. */
static const uint64_t data_a[] = { 12, 15, 11, 14, 13, 250, 16, 12, 18, 900 };
#define N_A (sizeof(data_a) / sizeof(*data_a))

static const uint64_t seeds[] = { 1, 2, 3, 42, 0xfeedface };
#define N_SEEDS (sizeof(seeds) / sizeof(*seeds))

#endif
