/* SPDX-License-Identifier: MIT */
/**
 * lanes - a listing in several files, one for each thread (-ff): NAME.TID.
 *
 * Each thread has a writer's state of its own. Few files are open at a time; one that
 * was closed is appended to.
 */
#ifndef RN_ANALYZE_LISTING_LANES_H
#define RN_ANALYZE_LISTING_LANES_H

#include "analyze/listing/listing.h"

struct rn_lanes;

/** Borrows. append: what is in the files already stays. NULL: no memory. */
struct rn_lanes *rn_lanes_new(const struct rn_listing_writer *writer, const char *name, bool append);
/** Turns l->stream to the thread's file; *state is the writer's for it. RN_E_PERM, RN_E_IO, .. */
int rn_lanes_choose(struct rn_lanes *lanes, struct rn_listing *l, uint32_t utid, uint64_t ts_ns,
	void **state, struct rn_error *err);
/** Ends every listing. */
int rn_lanes_end(struct rn_lanes *lanes, struct rn_listing *l, struct rn_error *err);
/** Nothing stays in a buffer of ours. */
int rn_lanes_flush(struct rn_lanes *lanes, struct rn_error *err);
void rn_lanes_free(struct rn_lanes *lanes);

#endif
