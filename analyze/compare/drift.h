/* SPDX-License-Identifier: MIT */
/**
 * drift - whether a run is of one piece: where in it the latency of a call changed.
 *
 * Of the first run of either side and each call that takes RN_SHARE_LEAST of a run: the series of the logarithms of
 * the medians of its blocks (struct rn_run_group), its change points (num/change_points.h), and the chance that a
 * shuffled series could be split as well. What changes by less than RN_JUDGE_INDICATIVE is not told.
 */
#ifndef RN_ANALYZE_COMPARE_DRIFT_H
#define RN_ANALYZE_COMPARE_DRIFT_H

#include "analyze/compare/comparison.h"

#define RN_DRIFT_BLOCKS 16 /* fewer say nothing */

struct rn_drift {
	uint32_t number;      /* of RN_ASPECT_CALL */
	unsigned side;
	uint64_t from, n;     /* from its call number `from` (from 0) of n */
	double before_ns, after_ns; /* medians of the pieces on either side */
	double p;
};

struct rn_drifts {
	struct rn_drift *item;
	size_t n, cap;
};

/** RN_E_NOMEM. Fini also after an error. */
int rn_drifts_init(struct rn_drifts *d, const struct rn_comparison *c, struct rn_error *err);
void rn_drifts_fini(struct rn_drifts *d);

#endif
