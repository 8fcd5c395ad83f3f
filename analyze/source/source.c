/* SPDX-License-Identifier: MIT */
#include "analyze/source/source.h"

#include <stdlib.h>

static const struct rn_core no_calls;

void rn_batch_init(struct rn_batch *b)
{
	memset(b, 0, sizeof(*b));
	b->core = &no_calls;
}

void rn_batch_fini(struct rn_batch *b)
{
	rn_block_free(b->own_block);
	free(b->selected);
	rn_batch_init(b);
}

int rn_batch_prepare(struct rn_batch *b, struct rn_error *err)
{
	if (!b->own_block)
		b->own_block = rn_block_new();
	if (!b->own_block)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	b->block = b->own_block;
	b->core = &no_calls;
	b->n_selected = 0;
	b->unfinished = NULL;
	b->n_unfinished = 0;
	b->settled = false;
	return 0;
}

void rn_batch_drop(struct rn_batch *b)
{
	b->n_selected = 0;
	b->settled = true;
}

static int select_all(struct rn_batch *b, struct rn_error *err)
{
	if (b->core->n > b->own_cap) {
		uint32_t *p = realloc(b->selected, b->core->n * sizeof(*p));
		if (!p)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		b->selected = p;
		b->own_cap = b->core->n;
	}
	for (uint32_t i = 0; i < b->core->n; i++)
		b->selected[i] = i;
	b->n_selected = b->core->n;
	return 0;
}

int rn_batch_open(struct rn_batch *b, struct rn_error *err)
{
	if (b->settled)
		return 0;
	b->settled = true;
	int rc = rn_block_core(b->block, &b->core, err);
	if (rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED) {
		/* The reader has counted the damage; the block's other events are still good. */
		b->core = &no_calls;
		return 0;
	}
	return rc ? rc : select_all(b, err);
}

int rn_source_next(struct rn_source *s, struct rn_batch *out, struct rn_error *err)
{
	int rc = s->next(s, out, err);
	return rc ? rc : rn_batch_open(out, err);
}

int rn_source_load(struct rn_source *s, size_t block, struct rn_batch *out, struct rn_error *err)
{
	if (!s->load)
		return rn_fail(err, RN_E_UNSUPPORTED, "this input cannot be read out of order");
	int rc = s->load(s, block, out, err);
	return rc ? rc : rn_batch_open(out, err);
}

bool rn_source_may_have(const struct rn_source *s, const struct rn_block_info *info)
{
	for (; s; s = s->inner)
		if (s->may_have && !s->may_have(s, info))
			return false;
	return true;
}

void rn_source_free(struct rn_source *s)
{
	if (s)
		s->free(s);
}
