/* SPDX-License-Identifier: MIT */
#include "analyze/model/model.h"
#include "analyze/source/filter.h"
#include "analyze/views.h"

struct statuses {
	struct rn_source_filter base;
	const struct rn_model *model;
	unsigned wanted; /* enum rn_status bits */
};

static enum rn_status status_of(const struct statuses *s, const struct rn_core *core, uint32_t k)
{
	enum rn_status status = rn_status_of(core->flags[k]);
	bool detached = status == RN_STATUS_UNFINISHED &&
		rn_model_detached(s->model, core->utid[k]);
	return detached ? RN_STATUS_DETACHED : status;
}

/* What is still under way has no status: its preview is not shown. */
static uint32_t narrow(const struct rn_source_filter *f, const struct rn_core *core,
	uint32_t *selected, uint32_t n)
{
	const struct statuses *s = (const struct statuses *)f;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = selected[i];
		selected[kept] = k;
		kept += !(core->flags[k] & RN_CALL_PENDING) && (status_of(s, core, k) & s->wanted);
	}
	return kept;
}

struct rn_source *rn_source_status(struct rn_source *inner, const struct rn_model *model,
	unsigned wanted)
{
	struct statuses *s = rn_source_filter_new(sizeof(*s), inner);
	if (!s)
		return NULL;
	s->base.narrow = narrow;
	s->model = model;
	s->wanted = wanted;
	return &s->base.source;
}
