/* SPDX-License-Identifier: MIT */
/**
 * sort - keys of nearly sorted events, sorted.
 *
 * Completion order is entry order but for overlaps, so the runs are long.
 * O(n log runs), stable, scratch memory from the caller.
 */
#ifndef RN_ANALYZE_LISTING_SORT_H
#define RN_ANALYZE_LISTING_SORT_H

#include <stdbool.h>
#include <stdint.h>

struct rn_sort_key {
	uint64_t at_ns;
	uint64_t seq;   /* breaks ties; unique */
	uint32_t index; /* the caller's */
	uint32_t tag;   /* the caller's */
};

static inline bool rn_sort_less(const struct rn_sort_key *a, const struct rn_sort_key *b)
{
	return a->at_ns != b->at_ns ? a->at_ns < b->at_ns : a->seq < b->seq;
}

/** Sorts key[0..n); scratch has room for n. */
void rn_sort_keys(struct rn_sort_key *key, struct rn_sort_key *scratch, uint32_t n);

#endif
