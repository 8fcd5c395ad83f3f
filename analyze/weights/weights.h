/* SPDX-License-Identifier: MIT */
/**
 * weights - what each recorded call stands for in sums, where calls were left out on request.
 *
 * By abi and number as sampling.h has it: (kept + left out) / kept. A call of weight w counts as w calls:
 * sums add w or w times a value, order statistics are those of the values repeated w times. Weights are
 * whole multiples of 2^-32 and sums of them exact (128 bits), so that neither the order of calls nor the
 * cut into batches changes a result; rounded to the nearest whole number they are the exact number of
 * calls made as long as fewer than 2^32 were kept. Without weights (NULL) everything counts once.
 * Calls that never returned are never left out: they count once.
 */
#ifndef RN_ANALYZE_WEIGHTS_WEIGHTS_H
#define RN_ANALYZE_WEIGHTS_WEIGHTS_H

#include "analyze/weights/sampling.h"
#include "shared/arch.h"

#define RN_WEIGHT_ONE ((uint64_t)1 << 32)
#define RN_WEIGHT_NUMBERS 1024 /* calls of greater numbers count once: nobody leaves them out */

struct rn_weights {
	uint64_t of[RN_ABI_COUNT][RN_WEIGHT_NUMBERS];
};

/** False: nothing was left out, there is nothing to weigh. */
bool rn_weights_init(struct rn_weights *w, const struct rn_sampling *s);

static inline uint64_t rn_weight_of(const struct rn_weights *w, unsigned abi, uint32_t nr, unsigned flags)
{
	return !w || flags & RN_CALL_UNFINISHED || abi >= RN_ABI_COUNT || nr >= RN_WEIGHT_NUMBERS ?
		RN_WEIGHT_ONE : w->of[abi][nr];
}

/* A sum of weights, or of values times their weight. */
typedef rn_sampled_sum rn_weighed;

static inline rn_weighed rn_weighed_of(uint64_t value, uint64_t weight)
{
	return (rn_weighed)value * weight;
}
/** To the nearest whole number; saturates. */
static inline uint64_t rn_weighed_round(rn_weighed sum)
{
	rn_weighed whole = (sum >> 32) + (sum >> 31 & 1);
	return whole > UINT64_MAX ? UINT64_MAX : (uint64_t)whole;
}
/** A value times its weight as a whole number. What is cut off is carried on to the next value, so that sums
 *  over any number of calls in one order are right to one unit. A fresh carry is RN_WEIGHED_CARRY. */
static inline uint64_t rn_weighed_spread(uint64_t *carry, uint64_t value, uint64_t weight)
{
	rn_weighed sum = rn_weighed_of(value, weight) + *carry;
	*carry = (uint64_t)sum & (RN_WEIGHT_ONE - 1);
	sum >>= 32;
	return sum > UINT64_MAX ? UINT64_MAX : (uint64_t)sum;
}
#define RN_WEIGHED_CARRY (RN_WEIGHT_ONE / 2)

/** What analyses note that single out calls: weights change nothing in what is judged call by call. */
#define RN_WEIGHT_NOTE_KEPT "calls were left out while recording: calls are singled out, and counted, among those kept; " \
	"what is usual for a system call does not change by leaving some out by lot"

#endif
