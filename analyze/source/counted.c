/* SPDX-License-Identifier: MIT */
#include "analyze/source/filter.h"

struct counted {
	struct rn_source_filter base;
	uint64_t *n;
};

static int count(struct rn_source_filter *f, struct rn_batch *b, struct rn_error *err)
{
	(void)err;
	*((struct counted *)f)->n += b->n_selected;
	return 0;
}

struct rn_source *rn_source_counted(struct rn_source *inner, uint64_t *n)
{
	struct counted *c = rn_source_filter_new(sizeof(*c), inner);
	if (!c)
		return NULL;
	c->base.judge_batch = count;
	c->n = n;
	return &c->base.source;
}
