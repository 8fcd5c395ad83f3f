/* SPDX-License-Identifier: MIT */
/**
 * iforest - how easily a point is told from all others: isolation forest (Liu, Ting & Zhou 2008).
 *
 * 100 trees, each of 256 points drawn without return, split at random values of random features.
 * Score 2^(-E[h] / c(psi)): towards 1 for points alone, below 0.5 for points among many. Depths of
 * leaves that hold several points are extended by c(size). Reproducible from its seed.
 */
#ifndef RN_ANALYZE_NUM_IFOREST_H
#define RN_ANALYZE_NUM_IFOREST_H

#include "analyze/num/points.h"

#define RN_IFOREST_TREES 100
#define RN_IFOREST_SAMPLE 256

struct rn_iforest;

/** Mean depth of an unsuccessful search among n: 2 H(n-1) - 2 (n-1) / n; 0 of 1, 1 of 2. */
double rn_iforest_c(double n);
/** seed 0: a fixed one. RN_E_NOMEM. */
int rn_iforest_new(struct rn_iforest **out, const struct rn_points *p, uint64_t seed,
	struct rn_error *err);
void rn_iforest_free(struct rn_iforest *f); /* NULL is fine */
/** Of any point of the same features. */
double rn_iforest_score(const struct rn_iforest *f, const double *point);

#endif
