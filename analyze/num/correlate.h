/* SPDX-License-Identifier: MIT */
/**
 * correlate - how much rows of numbers go together: Pearson and Spearman, with their doubt.
 *
 * Pearson's r of two rows, and Spearman's: the same of their ranks, ties sharing the mean rank. Rows
 * without variance have no correlation (NaN), not 0 and not 1. p is two-sided, of Student's t with
 * n - 2 degrees of freedom; for many pairs see num/adjust.h.
 */
#ifndef RN_ANALYZE_NUM_CORRELATE_H
#define RN_ANALYZE_NUM_CORRELATE_H

#include "analyze/num/points.h"

/** out[a * rows + b]; symmetric, the diagonal 1 where there is variance. row[a][0..n). RN_E_NOMEM, or what
 *  the computer fails with. */
int rn_pearson(const struct rn_computer *c, double *const *row, unsigned rows, size_t n, double *out,
	struct rn_error *err);
int rn_spearman(const struct rn_computer *c, double *const *row, unsigned rows, size_t n, double *out,
	struct rn_error *err);
/** Chance of so great an |r| or a greater one where there is no correlation; NaN for NaN or n < 3. */
double rn_correlation_p(double r, size_t n);
/** About 2 / sqrt(n): what chance alone reaches in one pair of twenty. */
double rn_correlation_noise(size_t n);

#endif
