/* SPDX-License-Identifier: MIT */
/**
 * window - the events of one stretch of time, gathered, sorted, handed out one by one.
 *
 * Internal to order. Events of the block at hand are named and fetched when it is
 * their turn; those of other blocks are copied when they are added.
 */
#ifndef RN_ANALYZE_LISTING_WINDOW_H
#define RN_ANALYZE_LISTING_WINDOW_H

#include "analyze/listing/order.h"
#include "analyze/listing/sort.h"
#include "shared/arena.h"

struct rn_window {
	unsigned want;                /* sections of calls, RN_WANT bits */
	const struct rn_batch *batch; /* of the block at hand, borrowed */
	struct rn_sort_key *key, *scratch;
	uint32_t n, cap, next;
	struct rn_event *copied;
	uint32_t n_copied, cap_copied;
	struct rn_arena memory;       /* of what copies borrow */
};

void rn_window_fini(struct rn_window *w);
/** Empties it; from here on calls and meta events of this batch may be added. */
void rn_window_begin(struct rn_window *w, const struct rn_batch *batch);

/* 0 or RN_E_NOMEM each. at_ns, seq: the place. */
int rn_window_add_call(struct rn_window *w, uint32_t k, enum rn_order_part part, uint64_t at_ns,
	uint64_t seq, struct rn_error *err);
int rn_window_add_meta(struct rn_window *w, uint32_t j, uint64_t at_ns, uint64_t seq,
	struct rn_error *err);
/** A copy of an event of any block, at its own place. */
int rn_window_add_copy(struct rn_window *w, const struct rn_event *ev, struct rn_error *err);

/** After the last add, before the first next. */
void rn_window_sort(struct rn_window *w);
/** 0, RN_END, RN_E_NOMEM. What is damaged is left out: the reader counts it. A whole preview gives
 *  way to the call it announced, when that is in the window. */
int rn_window_next(struct rn_window *w, struct rn_order_item *out, struct rn_error *err);

#endif
