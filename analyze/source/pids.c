/* SPDX-License-Identifier: MIT */
#include "analyze/model/model.h"
#include "analyze/source/filter.h"

struct pids {
	struct rn_source_filter base;
	const struct rn_model *model;
	const uint64_t *pids;
	size_t n_pids;
};

static bool is_wanted(const struct pids *p, uint32_t utid)
{
	return rn_model_is_of(p->model, utid, p->pids, p->n_pids);
}

static bool may_have(const struct rn_source_filter *f, const struct rn_block_info *info)
{
	const struct pids *p = (const struct pids *)f;
	struct rn_set_walk walk = rn_block_info_utids(info);
	uint64_t utid;
	while (rn_set_walk_next(&walk, &utid))
		if (is_wanted(p, (uint32_t)utid))
			return true;
	return false;
}

/* Calls of one thread come in runs. */
static uint32_t narrow(const struct rn_source_filter *f, const struct rn_core *core,
	uint32_t *selected, uint32_t n)
{
	const struct pids *p = (const struct pids *)f;
	uint32_t kept = 0, last_utid = 0;
	bool last = is_wanted(p, last_utid);
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = selected[i], utid = core->utid[k];
		if (utid != last_utid) {
			last_utid = utid;
			last = is_wanted(p, utid);
		}
		selected[kept] = k;
		kept += last;
	}
	return kept;
}

struct rn_source *rn_source_pids(struct rn_source *inner, const struct rn_model *model,
	const uint64_t *pids, size_t n_pids)
{
	struct pids *p = rn_source_filter_new(sizeof(*p), inner);
	if (!p)
		return NULL;
	p->base.may_have = may_have;
	p->base.narrow = narrow;
	p->model = model;
	p->pids = pids;
	p->n_pids = n_pids;
	return &p->base.source;
}
