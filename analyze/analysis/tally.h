/* SPDX-License-Identifier: MIT */
/**
 * tally - how often each system call was made, failed, and how long it took.
 *
 * Sums are exact integers (128 bits of nanoseconds), so that neither the order of
 * calls nor the cut into batches or threads changes a result: merging tallies of
 * parts gives the tally of the whole. Durations of calls that never returned mean
 * nothing and are left out; the calls are counted.
 * One owner thread. Cost: a few nanoseconds a call; memory by the number of
 * different calls, however wild their numbers are.
 */
#ifndef RN_ANALYZE_ANALYSIS_TALLY_H
#define RN_ANALYZE_ANALYSIS_TALLY_H

#include "format/reader.h"
#include "shared/error.h"

__extension__ typedef unsigned __int128 rn_u128;

/** Of one system call; zero but for min_ns means nothing was counted. */
struct rn_tally {
	uint64_t calls;          /* unfinished ones among them */
	uint64_t errors;
	uint64_t unfinished;
	uint64_t min_ns, max_ns; /* of calls that returned; UINT64_MAX, 0 when there are none */
	rn_u128 total_ns;
};

#define RN_TALLY_INIT { 0, 0, 0, UINT64_MAX, 0, 0 }

/** One line of a set. */
struct rn_tally_entry {
	enum rn_abi abi; /* or a number we do not know */
	uint32_t nr;
	struct rn_tally tally;
};

void rn_tally_merge(struct rn_tally *into, const struct rn_tally *from);
/** Mean of the calls that returned, rounded down; 0 when there are none. */
uint64_t rn_tally_mean_ns(const struct rn_tally *t);

struct rn_tally_set;

/** NULL when memory ran out. */
struct rn_tally_set *rn_tally_set_new(void);
void rn_tally_set_free(struct rn_tally_set *set);

/** The calls of core whose indices are in selected (n of them, each below core->n). 0, RN_E_NOMEM. */
int rn_tally_set_add(struct rn_tally_set *set, const struct rn_core *core,
	const uint32_t *selected, uint32_t n, struct rn_error *err);
/** One call that may be no member of a block. */
int rn_tally_set_add_call(struct rn_tally_set *set, const struct rn_call *call,
	struct rn_error *err);
/** What somebody else counted of one number. */
int rn_tally_set_add_tally(struct rn_tally_set *set, enum rn_abi abi, uint32_t nr,
	const struct rn_tally *tally, struct rn_error *err);
int rn_tally_set_merge(struct rn_tally_set *into, const struct rn_tally_set *from,
	struct rn_error *err);

/** Everything counted, by abi, then number; *out is the caller's to free(), NULL when n is 0. */
int rn_tally_set_take(struct rn_tally_set *set, struct rn_tally_entry **out, size_t *n,
	struct rn_error *err);

#endif
