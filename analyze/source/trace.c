/* SPDX-License-Identifier: MIT */
#include "analyze/model/model.h"
#include "analyze/source/source.h"

#include <stdlib.h>

struct trace {
	struct rn_source source;
	struct rn_model *model;
	const struct rn_source *top; /* decides which blocks are read; NULL: all are */
	size_t at;                   /* with top: the block to look at next */
};

/* Damaged blocks are passed over, as the reader does. */
static int next_wanted(struct trace *t, struct rn_batch *out, struct rn_error *err)
{
	struct rn_reader *r = t->source.reader;
	while (t->at < rn_reader_n_blocks(r)) {
		size_t i = t->at++;
		const struct rn_block_info *info = rn_reader_block_info(r, i);
		/* A model that learns on the way must not miss an event. */
		if (!rn_source_may_have(t->top, info) && !(t->model && info->n_meta))
			continue;
		int rc = rn_reader_load(r, i, out->block, err);
		if (rc != RN_E_CORRUPT && rc != RN_E_TRUNCATED)
			return rc;
	}
	return RN_END;
}

static int next(struct rn_source *s, struct rn_batch *out, struct rn_error *err)
{
	struct trace *t = (struct trace *)s;
	int rc = rn_batch_prepare(out, err);
	if (!rc)
		rc = t->top ? next_wanted(t, out, err) : rn_reader_next(s->reader, out->block, err);
	if (!rc && t->model)
		rc = rn_model_block(t->model, out->block, err);
	return rc;
}

static int load(struct rn_source *s, size_t block, struct rn_batch *out, struct rn_error *err)
{
	int rc = rn_batch_prepare(out, err);
	return rc ? rc : rn_reader_load(s->reader, block, out->block, err);
}

static void free_trace(struct rn_source *s)
{
	free(s);
}

struct rn_source *rn_source_trace(struct rn_reader *reader, struct rn_model *model)
{
	struct trace *t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->source = (struct rn_source){ .next = next, .free = free_trace, .reader = reader,
		.load = rn_reader_seekable(reader) ? load : NULL };
	t->model = model;
	return &t->source;
}

void rn_source_skip(struct rn_source *top)
{
	struct rn_source *bottom = top;
	while (bottom->inner)
		bottom = bottom->inner;
	if (bottom->next == next && bottom->load)
		((struct trace *)bottom)->top = top;
}
