/* SPDX-License-Identifier: MIT */
#include "analyze/source_filter.h"
#include "analyze/views.h"

struct statuses {
	struct rn_source_filter base;
	unsigned wanted; /* enum rn_status bits */
};

/* What is still under way has no status: its preview is not shown. */
static uint32_t narrow(const struct rn_source_filter *f, const struct rn_core *core,
	uint32_t *selected, uint32_t n)
{
	const struct statuses *s = (const struct statuses *)f;
	uint32_t kept = 0;
	for (uint32_t i = 0; i < n; i++) {
		uint32_t k = selected[i];
		selected[kept] = k;
		kept += !(core->flags[k] & RN_CALL_PENDING) && (rn_status_of(core->flags[k]) & s->wanted);
	}
	return kept;
}

struct rn_source *rn_source_status(struct rn_source *inner, unsigned wanted)
{
	struct statuses *s = rn_source_filter_new(sizeof(*s), inner);
	if (!s)
		return NULL;
	s->base.narrow = narrow;
	s->wanted = wanted;
	return &s->base.source;
}
