/* SPDX-License-Identifier: MIT */
#include "analyze/source_filter.h"

#include <stdlib.h>

static int narrow(struct rn_source_filter *f, struct rn_batch *b, struct rn_error *err)
{
	if (!b->settled && f->may_have && !f->may_have(f, rn_block_info(b->block))) {
		rn_batch_drop(b);
		return 0;
	}
	int rc = rn_batch_open(b, err);
	if (!rc && b->n_selected)
		b->n_selected = f->narrow(f, b->core, b->selected, b->n_selected);
	return rc;
}

static int next(struct rn_source *s, struct rn_batch *out, struct rn_error *err)
{
	struct rn_source_filter *f = (struct rn_source_filter *)s;
	int rc = f->inner->next(f->inner, out, err);
	return rc ? rc : narrow(f, out, err);
}

static int load(struct rn_source *s, size_t block, struct rn_batch *out, struct rn_error *err)
{
	struct rn_source_filter *f = (struct rn_source_filter *)s;
	int rc = f->inner->load(f->inner, block, out, err);
	return rc ? rc : narrow(f, out, err);
}

static void free_filter(struct rn_source *s)
{
	struct rn_source_filter *f = (struct rn_source_filter *)s;
	rn_source_free(f->inner);
	free(f);
}

void *rn_source_filter_new(size_t size, struct rn_source *inner)
{
	struct rn_source_filter *f = inner ? calloc(1, size) : NULL;
	if (!f) {
		rn_source_free(inner);
		return NULL;
	}
	f->source = (struct rn_source){ next, inner->load ? load : NULL, free_filter, inner->reader };
	f->inner = inner;
	return f;
}
