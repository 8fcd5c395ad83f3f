/* SPDX-License-Identifier: MIT */
#include "analyze/index/counts.h"

/* One is the longest, the others are at least as long as the shortest. */
static rn_u128 least_sum(const struct rn_tally *t)
{
	return t->calls == t->unfinished ? 0 : t->max_ns + (rn_u128)(t->calls - t->unfinished - 1) * t->min_ns;
}

void rn_counts_of_tally(int64_t row[RN_COUNTS], const struct rn_tally *t)
{
	rn_u128 above = t->total_ns - least_sum(t);
	row[RN_COUNT_calls] = (int64_t)t->calls;
	row[RN_COUNT_unfinished] = (int64_t)t->unfinished;
	row[RN_COUNT_max_ns] = (int64_t)t->max_ns;
	row[RN_COUNT_spread_ns] = (int64_t)(t->max_ns - t->min_ns);
	row[RN_COUNT_above_high] = (int64_t)(uint64_t)(above >> 64);
	row[RN_COUNT_above_low] = (int64_t)(uint64_t)above;
}

void rn_tally_of_counts(struct rn_tally *t, const int64_t row[RN_COUNTS], uint64_t errors)
{
	rn_u128 above = (rn_u128)(uint64_t)row[RN_COUNT_above_high] << 64 | (uint64_t)row[RN_COUNT_above_low];
	t->calls = (uint64_t)row[RN_COUNT_calls];
	t->errors = errors;
	t->unfinished = (uint64_t)row[RN_COUNT_unfinished];
	t->max_ns = (uint64_t)row[RN_COUNT_max_ns];
	t->min_ns = t->max_ns - (uint64_t)row[RN_COUNT_spread_ns];
	t->total_ns = least_sum(t) + above;
}
