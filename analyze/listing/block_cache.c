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

static struct rn_block_cache_slot *oldest(struct rn_block_cache *c)
{
	struct rn_block_cache_slot *best = NULL;
	for (size_t i = 0; i < RN_BLOCK_CACHE_SLOTS; i++)
		if (!c->slot[i].pinned && (!best || c->slot[i].used < best->used))
			best = &c->slot[i];
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
		s = oldest(c);
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
}
