/* SPDX-License-Identifier: MIT */
#include "analyze/model/model.h"
#include "analyze/source/ahead.h"
#include "analyze/source/source.h"

#include <stdlib.h>

struct trace {
	struct rn_source source;
	struct rn_model *model;
	const struct rn_source *top; /* decides which blocks are read; NULL: all are */
	size_t at;                   /* with top: the block to look at next */
	struct rn_ahead *ahead;      /* the same: unpacks them; NULL: not begun */
};

/* A model that learns on the way must not miss an event. */
static bool is_wanted(const struct trace *t, size_t i)
{
	const struct rn_block_info *info = rn_reader_block_info(t->source.reader, i);
	return rn_source_may_have(t->top, info) || (t->model && info->n_meta);
}

static unsigned wants_of(const struct rn_source *s)
{
	unsigned wants = 0;
	for (; s; s = s->inner)
		wants |= s->wants;
	return wants & (RN_WANT(ARGS) | RN_WANT(META));
}

/* Names what is wanted, as far as there is room. */
static void look_ahead(struct trace *t)
{
	size_t n = rn_reader_n_blocks(t->source.reader);
	for (; t->at < n; t->at++)
		if (is_wanted(t, t->at) && !rn_ahead_name(t->ahead, t->at))
			return;
}

/* Damaged blocks are passed over, as the reader does. */
static int next_wanted(struct trace *t, struct rn_batch *out, struct rn_error *err)
{
	int rc;
	if (!t->ahead && !(t->ahead = rn_ahead_new(t->source.reader, wants_of(t->top) | (t->model ? RN_WANT(META) : 0))))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	do {
		look_ahead(t);
		rc = rn_ahead_take(t->ahead, &out->own_block, err);
	} while (rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED);
	out->block = out->own_block;
	return rc;
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
	rn_ahead_free(((struct trace *)s)->ahead);
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
