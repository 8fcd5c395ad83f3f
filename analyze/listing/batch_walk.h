/* SPDX-License-Identifier: MIT */
/**
 * batch_walk - the selected calls and all other events of a batch, in file order.
 */
#ifndef RN_ANALYZE_LISTING_BATCH_WALK_H
#define RN_ANALYZE_LISTING_BATCH_WALK_H

#include "analyze/source/source.h"

/* The batch has a block and stays as it is. */
struct rn_order_walk {
	const struct rn_batch *batch;
	uint32_t call, meta;  /* the next of each: index in selected, number of the meta event */
	uint32_t meta_before; /* calls before that meta event */
	bool meta_fetched;
	struct rn_event meta_ev;
};
struct rn_order_step {
	bool is_meta;
	uint32_t index; /* into the core, or of the meta event, which is in meta_ev */
	uint64_t ts_ns, seq;
};
void rn_order_walk_init(struct rn_order_walk *w, const struct rn_batch *batch);
/** False: the end. What is damaged is passed over. */
bool rn_order_walk_next(struct rn_order_walk *w, struct rn_order_step *out);

#endif
