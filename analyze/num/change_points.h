/* SPDX-License-Identifier: MIT */
/**
 * change_points - where the level of a series changes.
 *
 * Pieces are judged by their squared deviations from their own mean. rn_split finds the one division into two
 * with the least sum; rn_change_points as many as pay: PELT (Killick, Fearnhead & Eckley 2012), exact, with
 * the penalty of the BIC, 2 sigma^2 ln n a change: sigma is robust, from the differences of neighbours.
 * Cost: O(n) to O(n^2); series are bins or blocks, not calls. Source: brute force agrees (test_change_points).
 */
#ifndef RN_ANALYZE_NUM_CHANGE_POINTS_H
#define RN_ANALYZE_NUM_CHANGE_POINTS_H

#include "shared/error.h"

#include <stddef.h>

struct rn_split {
	size_t at;           /* the second piece begins here; 0: too short to be split */
	double cost, whole;  /* sums of squares with and without the split */
};

/** RN_E_NOMEM. */
int rn_split(struct rn_split *out, const double *x, size_t n, struct rn_error *err);
/** at[0..*n_found): where new pieces begin, rising; at has room for n. Pieces have at least `shortest`
 *  values. penalty <= 0: the BIC's. RN_E_NOMEM. */
int rn_change_points(size_t *at, size_t *n_found, const double *x, size_t n, size_t shortest,
	double penalty, struct rn_error *err);

#endif
