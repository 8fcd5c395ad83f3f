/* SPDX-License-Identifier: MIT */
/**
 * counts - a tally as the numbers of a row (columns.h), as small as they come.
 *
 * Of many short processes most rows are one call or two: from how many there are, the longest and the shortest
 * follows what all took at least, and only what is beyond that is kept. One call that returned is one time and
 * three zeros. Numbers wrap, so that any numbers are some tally's and the other way round.
 */
#ifndef RN_ANALYZE_INDEX_COUNTS_H
#define RN_ANALYZE_INDEX_COUNTS_H

#include "analyze/analysis/tally.h"

enum rn_count {
	RN_COUNT_calls,
	RN_COUNT_unfinished,
	RN_COUNT_max_ns,
	RN_COUNT_spread_ns,  /* the longest less the shortest */
	RN_COUNT_above_high, /* the sum less that of the longest and, of all others, the shortest: 64 bits each */
	RN_COUNT_above_low,
	RN_COUNTS
};

/** All but errors. */
void rn_counts_of_tally(int64_t row[RN_COUNTS], const struct rn_tally *t);
void rn_tally_of_counts(struct rn_tally *t, const int64_t row[RN_COUNTS], uint64_t errors);

#endif
