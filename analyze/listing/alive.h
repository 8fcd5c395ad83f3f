/* SPDX-License-Identifier: MIT */
/**
 * alive - which threads there are at a moment of a listing, and which have just come.
 *
 * Moments only move on. Threads are the model's, which may still grow (pipes).
 */
#ifndef RN_ANALYZE_LISTING_ALIVE_H
#define RN_ANALYZE_LISTING_ALIVE_H

#include "analyze/model/model.h"

struct rn_alive {
	const struct rn_model *model;
	uint32_t seen;       /* tasks of the model that were handed out */
	uint32_t *index;     /* of those that may still live */
	uint32_t n, cap;
};

void rn_alive_fini(struct rn_alive *a);
/** The next thread that began by at_ns and was not handed out yet; NULL: none. */
const struct rn_task *rn_alive_next(struct rn_alive *a, uint64_t at_ns);
/** When the next one begins; UINT64_MAX: not known. */
uint64_t rn_alive_next_ns(const struct rn_alive *a);
/** Whether more than one of those handed out lives at that moment (its end counts as life). */
bool rn_alive_many(struct rn_alive *a, uint64_t at_ns);

#endif
