/* SPDX-License-Identifier: MIT */
#include "analyze/listing/detached.h"

#include <inttypes.h>

static void tell(struct rn_listing *l, uint64_t tid)
{
	if (l->messages)
		fprintf(l->messages, "strace: Process %" PRIu64 " detached\n", tid);
	else
		rn_put_format(&l->out, "strace: Process %" PRIu64 " detached\n", tid);
}

void rn_tell_detached(struct rn_listing *l, uint32_t utid, uint64_t at_ns)
{
	if (!l->style->births || l->messages || rn_idmap_find(&l->detached, utid) != RN_IDMAP_NONE ||
		rn_idmap_put(&l->detached, utid, 0))
		return;
	tell(l, rn_model_tid(l->model, utid, at_ns));
}

void rn_tell_rest_detached(struct rn_listing *l)
{
	struct rn_model_end end;
	rn_model_end(l->model, &end);
	if (!l->style->births || !end.known || end.event.reason != RN_END_DETACHED)
		return;
	for (uint32_t i = 0; i < rn_model_n_tasks(l->model); i++) {
		const struct rn_task *t = rn_model_task_at(l->model, i);
		if (!t->ended && t->how != RN_TASK_COMMAND &&
		    rn_idmap_find(&l->detached, t->utid) == RN_IDMAP_NONE)
			tell(l, t->tid);
	}
}
