/* SPDX-License-Identifier: MIT */
#include "analyze/listing/block_cache.h"

void rn_block_cache_init(struct rn_block_cache *c, struct rn_source *source)
{
	memset(c, 0, sizeof(*c));
	c->source = source;
	for (size_t i = 0; i < RN_BLOCK_CACHE_SLOTS; i++)
		rn_batch_init(&c->slot[i].batch);
}

void rn_block_cache_fini(struct rn_block_cache *c)
{
	for (size_t i = 0; i < RN_BLOCK_CACHE_SLOTS; i++)
		rn_batch_fini(&c->slot[i].batch);
}

/* Blocks behind the pinned one are not asked for again: their warm memory is taken first, then what
 * was never used, then what was not used for longest. */
static struct rn_block_cache_slot *take_slot(struct rn_block_cache *c)
{
	struct rn_block_cache_slot *best = NULL;
	for (size_t i = 0; i < RN_BLOCK_CACHE_SLOTS; i++) {
		struct rn_block_cache_slot *s = &c->slot[i];
		if (s->used && !s->pinned && s->block < c->pinned)
			return s;
		if (!s->pinned && (!best || s->used < best->used))
			best = s;
	}
	return best;
}

static struct rn_block_cache_slot *find(struct rn_block_cache *c, size_t block)
{
	for (size_t i = 0; i < RN_BLOCK_CACHE_SLOTS; i++)
		if (c->slot[i].used && c->slot[i].block == block)
			return &c->slot[i];
	return NULL;
}

int rn_block_cache_get(struct rn_block_cache *c, size_t block, const struct rn_batch **out,
	struct rn_error *err)
{
	struct rn_block_cache_slot *s = find(c, block);
	*out = NULL;
	if (!s) {
		s = take_slot(c);
		s->used = 0;
		int rc = rn_source_load(c->source, block, &s->batch, err);
		if (rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED)
			return 0;
		if (rc)
			return rc;
		s->block = block;
	}
	s->used = ++c->clock;
	*out = &s->batch;
	return 0;
}

void rn_block_cache_pin(struct rn_block_cache *c, size_t block)
{
	for (size_t i = 0; i < RN_BLOCK_CACHE_SLOTS; i++)
		c->slot[i].pinned = c->slot[i].used && c->slot[i].block == block;
	c->pinned = block;
}
