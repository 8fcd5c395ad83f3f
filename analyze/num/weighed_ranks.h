/* SPDX-License-Identifier: MIT */
/**
 * weighed ranks - order statistics of values that count more than once.
 *
 * Groups of a store (values.h), each with a weight in units of 2^-32 that all its values have: a value of weight
 * w counts as w equal values. Rank r is the least value such that it and all that are less weigh more than r. With
 * whole weights that is value number r of the values repeated so often. A group of weight 2^32 is taken as it is.
 * Complexity: two to five passes over all parts. Memory: 0.4 MiB a level of narrowing.
 */
#ifndef RN_ANALYZE_NUM_WEIGHED_RANKS_H
#define RN_ANALYZE_NUM_WEIGHED_RANKS_H

#include "analyze/num/values.h"

struct rn_values_part {
	const struct rn_values_group *group; /* with at least one value */
	uint64_t weight;                     /* not 0 */
};

/** out[i]: rank ranks[i], from 0, of the parts together; at least one part. Ranks rise; one that is beyond all
 *  weights is the greatest value. 0, RN_E_NOMEM, RN_E_IO. */
int rn_values_ranks_weighed(struct rn_values *v, const struct rn_values_part *part, size_t n_parts,
	const uint64_t *ranks, size_t n_ranks, uint64_t *out, struct rn_error *err);

#endif
