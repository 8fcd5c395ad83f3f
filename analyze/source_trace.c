/* SPDX-License-Identifier: MIT */
#include "analyze/model.h"
#include "analyze/source.h"

#include <stdlib.h>

struct trace {
	struct rn_source source;
	struct rn_model *model;
};

static int next(struct rn_source *s, struct rn_batch *out, struct rn_error *err)
{
	struct trace *t = (struct trace *)s;
	int rc = rn_batch_prepare(out, err);
	if (!rc)
		rc = rn_reader_next(s->reader, out->block, err);
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
	t->source = (struct rn_source){ next, rn_reader_seekable(reader) ? load : NULL, free_trace,
		reader };
	t->model = model;
	return &t->source;
}
