/* SPDX-License-Identifier: MIT */
#include "analyze/source/filter.h"

#include <stdlib.h>

int rn_source_filter_judge(struct rn_source_filter *f, struct rn_batch *b, struct rn_error *err)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < b->n_selected; i++) {
		struct rn_event ev;
		uint32_t k = b->selected[i];
		int rc = rn_block_call(b->block, k, f->want, &ev, err);
		if (rc == RN_E_CORRUPT || rc == RN_END)
			continue;
		if (!rc)
			rc = f->judge(f, &ev, err);
		if (rc < 0)
			return rc;
		b->selected[kept] = k;
		kept += rc != 0;
	}
	b->n_selected = kept;
	return 0;
}

static int narrow(struct rn_source_filter *f, struct rn_batch *b, struct rn_error *err)
{
	if (!b->settled && f->may_have && !f->may_have(f, rn_block_info(b->block))) {
		rn_batch_drop(b);
		return 0;
	}
	int rc = rn_batch_open(b, err);
	if (!rc && b->n_selected && f->narrow)
		b->n_selected = f->narrow(f, b->core, b->selected, b->n_selected);
	if (rc || !b->n_selected)
		return rc;
	return f->judge_batch ? f->judge_batch(f, b, err) : f->judge ? rn_source_filter_judge(f, b, err) : 0;
}

static bool may_have(const struct rn_source *s, const struct rn_block_info *info)
{
	const struct rn_source_filter *f = (const struct rn_source_filter *)s;
	return !f->may_have || f->may_have(f, info);
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
	if (f->fini)
		f->fini(f);
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
	f->source = (struct rn_source){ next, inner->load ? load : NULL, free_filter, inner->reader,
		inner, may_have, 0 };
	f->inner = inner;
	return f;
}
