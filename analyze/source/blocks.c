/* SPDX-License-Identifier: MIT */
#include "analyze/source/filter.h"

struct blocks {
	struct rn_source_filter base;
	const uint8_t *wanted;
};

static bool may_have(const struct rn_source_filter *f, const struct rn_block_info *info)
{
	return ((const struct blocks *)f)->wanted[info->number];
}

struct rn_source *rn_source_blocks(struct rn_source *inner, const uint8_t *wanted)
{
	struct blocks *b = rn_source_filter_new(sizeof(*b), inner);
	if (!b)
		return NULL;
	b->base.may_have = may_have;
	b->wanted = wanted;
	return &b->base.source;
}
