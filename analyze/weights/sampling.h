/* SPDX-License-Identifier: MIT */
/**
 * sampling - weights: what a recorded call stands for where others of its number were left out on request.
 *
 * SAMPLED events of a trace have, by abi and number, how many calls were left out and how many were kept in the
 * same time; both are exact. The weight is (kept + left_out) / kept, and a sum over recorded calls times the
 * weight is the ratio estimate of the sum over all calls: exact for the number of calls, unbiased for others
 * where calls are left out by lot. Calls that never returned are always kept and weigh 1.
 */
#ifndef RN_ANALYZE_WEIGHTS_SAMPLING_H
#define RN_ANALYZE_WEIGHTS_SAMPLING_H

#include "format/event.h"
#include "shared/error.h"

/* Of one call number. */
struct rn_sampled {
	uint64_t abi, nr;
	uint64_t kept, left_out; /* saturate */
};

/* Zero is empty. */
struct rn_sampling {
	struct rn_sampled *item; /* by abi, then number */
	size_t n, cap;
};

void rn_sampling_fini(struct rn_sampling *s);
/** 0, RN_E_NOMEM. */
int rn_sampling_add(struct rn_sampling *s, const struct rn_ev_SAMPLED *e);
/** Whether calls were left out, as far as is known: words are the header's, of a recorder that does so only when it
 *  must (RN_SAMPLING_AS_NEEDED) the events decide. */
bool rn_sampling_is_felt(struct rn_bytes words, const struct rn_sampling *s);
/** NULL: nothing is known to be left out, all weigh 1. */
const struct rn_sampled *rn_sampling_find(const struct rn_sampling *s, uint64_t abi, uint64_t nr);

/** Whether the weight is known and other than 1. */
bool rn_sampled_weighs(const struct rn_sampled *s);
double rn_sampled_weight(const struct rn_sampled *s);
__extension__ typedef unsigned __int128 rn_sampled_sum;
/** sum times the weight, rounded down; saturates. Of what weighs something. */
rn_sampled_sum rn_sampled_scale(const struct rn_sampled *s, rn_sampled_sum sum);

#endif
