/* SPDX-License-Identifier: MIT */
/**
 * order_private - what the two ways of ordering share (order_file.c, order_pipe.c).
 */
#ifndef RN_ANALYZE_LISTING_ORDER_PRIVATE_H
#define RN_ANALYZE_LISTING_ORDER_PRIVATE_H

#include "analyze/listing/batch_walk.h"
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

#endif
