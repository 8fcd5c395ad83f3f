/* SPDX-License-Identifier: MIT */
/**
 * order_private - what the two ways of ordering share (order_file.c, order_pipe.c).
 */
#ifndef RN_ANALYZE_LISTING_ORDER_PRIVATE_H
#define RN_ANALYZE_LISTING_ORDER_PRIVATE_H

#include "analyze/listing/window.h"

/* How windows come about. First in the struct of each way. */
struct rn_order_way {
	/** Fills the window with the next stretch, sorted; *offset is where its block begins in the
	 *  file. 0, RN_END or an error. */
	int (*fill)(struct rn_order_way *way, struct rn_window *w, uint64_t *offset,
		struct rn_error *err);
	void (*free)(struct rn_order_way *way);
	bool pauses; /* the next stretch may keep us waiting */
};

/* NULL: no memory. Both borrow the source. */
struct rn_order_way *rn_order_file(struct rn_source *source);
struct rn_order_way *rn_order_pipe(struct rn_source *source);

/* Goes through the selected calls and all meta events of a batch in file order. */
struct rn_order_walk {
	const struct rn_batch *batch;
	uint32_t call, meta;  /* the next of each: index in selected, number of the meta event */
	uint32_t meta_before; /* calls before that meta event */
	bool meta_fetched;
	struct rn_event meta_ev;
};
struct rn_order_step {
	bool is_meta;
	uint32_t index; /* into the core, or of the meta event */
	uint64_t ts_ns, seq;
};
void rn_order_walk_init(struct rn_order_walk *w, const struct rn_batch *batch);
bool rn_order_walk_next(struct rn_order_walk *w, struct rn_order_step *out);

#endif
