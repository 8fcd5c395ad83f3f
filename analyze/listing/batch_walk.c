/* SPDX-License-Identifier: MIT */
#include "analyze/listing/batch_walk.h"

#include <string.h>

void rn_order_walk_init(struct rn_order_walk *w, const struct rn_batch *batch)
{
	memset(w, 0, sizeof(*w));
	w->batch = batch;
}

/* Moves to the next meta event that can be read. */
static bool fetch_meta(struct rn_order_walk *w)
{
	uint32_t n = rn_block_info(w->batch->block)->n_meta;
	while (!w->meta_fetched && w->meta < n) {
		w->meta_fetched = rn_block_meta(w->batch->block, w->meta, &w->meta_ev,
					  &w->meta_before, NULL) == 0;
		w->meta += !w->meta_fetched;
	}
	return w->meta_fetched;
}

bool rn_order_walk_next(struct rn_order_walk *w, struct rn_order_step *out)
{
	const struct rn_batch *b = w->batch;
	uint64_t first_seq = rn_block_info(b->block)->first_seq;
	bool has_call = w->call < b->n_selected;
	if (fetch_meta(w) && (!has_call || w->meta_before <= b->selected[w->call])) {
		*out = (struct rn_order_step){ true, w->meta, w->meta_ev.ts_ns,
			first_seq + w->meta_before + w->meta };
		w->meta_fetched = false;
		w->meta++;
		return true;
	}
	if (!has_call)
		return false;
	uint32_t k = b->selected[w->call++];
	*out = (struct rn_order_step){ false, k, b->core->ts_ns[k], first_seq + k + w->meta };
	return true;
}
