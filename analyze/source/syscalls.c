/* SPDX-License-Identifier: MIT */
#include "analyze/source/filter.h"
#include "shared/filter.h"

struct syscalls {
	struct rn_source_filter base;
	const struct rn_filter *filter;
};

static bool may_have(const struct rn_source_filter *f, const struct rn_block_info *info)
{
	const struct syscalls *s = (const struct syscalls *)f;
	struct rn_set_walk walk = rn_block_info_nrs(info);
	uint64_t key;
	while (rn_set_walk_next(&walk, &key))
		if (rn_filter_match(s->filter, (enum rn_abi)(key >> 32), (uint32_t)key))
			return true;
	return false;
}

static uint32_t narrow(const struct rn_source_filter *f, const struct rn_core *core,
	uint32_t *selected, uint32_t n)
{
	const struct syscalls *s = (const struct syscalls *)f;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = selected[i];
		selected[kept] = k;
		kept += rn_filter_match(s->filter, (enum rn_abi)core->abi[k], core->nr[k]);
	}
	return kept;
}

struct rn_source *rn_source_syscalls(struct rn_source *inner, const struct rn_filter *filter)
{
	struct syscalls *s = rn_source_filter_new(sizeof(*s), inner);
	if (!s)
		return NULL;
	s->base.may_have = may_have;
	s->base.narrow = narrow;
	s->filter = filter;
	return &s->base.source;
}
