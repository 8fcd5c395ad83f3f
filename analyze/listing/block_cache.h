/* SPDX-License-Identifier: MIT */
/**
 * block_cache - the last few blocks that were looked at, unpacked.
 *
 * A listing looks ahead at blocks that hold calls which began earlier, and comes
 * to them again soon. One owner thread.
 */
#ifndef RN_ANALYZE_LISTING_BLOCK_CACHE_H
#define RN_ANALYZE_LISTING_BLOCK_CACHE_H

#include "analyze/source/source.h"

#define RN_BLOCK_CACHE_SLOTS 12

struct rn_block_cache {
	struct rn_source *source; /* borrowed; seekable */
	uint64_t clock;
	size_t pinned; /* those before it are not asked for again */
	struct rn_block_cache_slot {
		struct rn_batch batch;
		size_t block;
		uint64_t used; /* when last; 0: empty */
		bool pinned;
	} slot[RN_BLOCK_CACHE_SLOTS];
};

void rn_block_cache_init(struct rn_block_cache *c, struct rn_source *source);
void rn_block_cache_fini(struct rn_block_cache *c);
/** The calls of a block, valid until RN_BLOCK_CACHE_SLOTS - 1 others were asked for. *out is NULL for
 *  a damaged block. */
int rn_block_cache_get(struct rn_block_cache *c, size_t block, const struct rn_batch **out,
	struct rn_error *err);
/** Keeps this block (which was the last one asked for), and no other, until the next pin. Earlier blocks
 *  should not be asked for any more: they are the first to go. */
void rn_block_cache_pin(struct rn_block_cache *c, size_t block);

#endif
