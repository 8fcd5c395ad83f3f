/* SPDX-License-Identifier: MIT */
/**
 * values - all values of many groups, kept for exact order statistics within a memory budget.
 *
 * A store holds the whole numbers of any number of groups. What exceeds the budget
 * goes to an unnamed temporary file, so that memory stays bounded and results exact.
 * Order statistics are found by passes over a group that count values in ever
 * narrower buckets: no sort of the whole, several ranks at once.
 * Memory: 8 bytes a value up to the budget, and 0.3 MiB while ranks are looked up.
 * Complexity: add O(1); ranks two to five passes. One owner thread.
 */
#ifndef RN_ANALYZE_NUM_VALUES_H
#define RN_ANALYZE_NUM_VALUES_H

#include "analyze/num/moments.h"
#include "shared/error.h"

#include <stddef.h>

#define RN_VALUES_BUDGET ((size_t)64 << 20)

/* One group: count, moments and where its values are. Zeroed by rn_values_add_group. */
struct rn_values_group {
	struct rn_moments moments;
	/* Private. */
	struct rn_values_chunk *newest;
	struct rn_values_piece *pieces; /* in the file */
	uint32_t n_pieces, cap_pieces;
};

struct rn_values {
	struct rn_values_group **group;
	uint32_t n_groups;
	/* Private. */
	uint32_t cap_groups;
	size_t used_bytes, budget_bytes;
	int fd;
	uint64_t file_bytes;
};

/** budget_bytes 0: RN_VALUES_BUDGET. */
void rn_values_init(struct rn_values *v, size_t budget_bytes);
void rn_values_fini(struct rn_values *v);
/** A further group, empty; its number is n_groups - 1. NULL: no memory. Never moves. */
struct rn_values_group *rn_values_add_group(struct rn_values *v);
/** 0, RN_E_NOMEM, or what writing the temporary file fails with. */
int rn_values_add(struct rn_values *v, struct rn_values_group *g, uint64_t value,
	struct rn_error *err);

/** out[i]: value number ranks[i] of the group's sorted values, from 0, below moments.n. Ranks rise.
 *  0, RN_E_NOMEM, RN_E_IO. */
int rn_values_ranks(struct rn_values *v, const struct rn_values_group *g, const uint64_t *ranks,
	size_t n_ranks, uint64_t *out, struct rn_error *err);

/* What is ranked instead of the values themselves. */
struct rn_values_map {
	uint64_t (*of)(const void *arg, uint64_t value);
	const void *arg;
	uint64_t min, max; /* bounds of what `of` gives for this group's values */
};
/** The same among of(value). */
int rn_values_ranks_of(struct rn_values *v, const struct rn_values_group *g,
	const struct rn_values_map *map, const uint64_t *ranks, size_t n_ranks, uint64_t *out,
	struct rn_error *err);

/** Hands every chunk of the group's values to f, in the order in which they were added. */
int rn_values_each(struct rn_values *v, const struct rn_values_group *g,
	int (*f)(void *arg, const uint64_t *values, size_t n), void *arg, struct rn_error *err);

/** Sorts in place; tmp is as long. Radix sort, O(n). */
void rn_sort_u64(uint64_t *p, uint64_t *tmp, size_t n);

#endif
