/* SPDX-License-Identifier: MIT */
#include "analyze/listing/origin.h"

#include "analyze/symbol/rewriter.h"

#include <stdlib.h>

struct rn_origin_look {
	bool stacks;
	struct rn_rewriter *rewriter; /* NULL: not asked for */
	struct rn_buffer lines;
};

static bool shows_stacks(const struct rn_listing_job *job)
{
	return job->frames && (job->style->source || job->style->stacks);
}

struct rn_origin_look *rn_origin_new(const struct rn_listing_job *job)
{
	struct rn_origin_look *o = calloc(1, sizeof(*o));
	if (!o)
		return NULL;
	o->stacks = shows_stacks(job);
	if (job->frames && rn_frames_options(job->frames)->rewrite_errors) {
		o->rewriter = rn_rewriter_new(rn_frames_maps(job->frames));
		if (!o->rewriter) {
			free(o);
			return NULL;
		}
	}
	return o;
}

void rn_origin_free(struct rn_origin_look *o)
{
	if (!o)
		return;
	rn_rewriter_free(o->rewriter);
	rn_buffer_fini(&o->lines);
	free(o);
}

unsigned rn_origin_want(const struct rn_listing_job *job)
{
	return shows_stacks(job) ? rn_frames_want(job->frames) : 0;
}

int rn_origin_look(struct rn_origin_look *o, struct rn_listing *l, const struct rn_order_item *item,
	struct rn_error *err)
{
	const struct rn_event *ev = &item->ev;
	int rc = 0;
	l->stack = 0;
	l->rewritten = rn_bytes_of(NULL, 0);
	if (item->part == RN_ORDER_DAMAGE || item->part == RN_ORDER_BEGUN || ev->kind != RN_EV_CALL)
		return 0;
	if (o->stacks)
		rc = rn_frames_of(l->frames, ev, &l->stack, &l->stack_end, err);
	if (!rc && o->rewriter) {
		const struct rn_task *t = rn_model_task(l->model, ev->utid);
		rn_buffer_clear(&o->lines);
		rc = rn_rewriter_call(o->rewriter, t && t->leader ? t->leader : ev->utid, &ev->call,
			&o->lines, err);
		l->rewritten = rn_buffer_bytes(&o->lines);
	}
	return rc;
}
