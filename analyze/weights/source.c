/* SPDX-License-Identifier: MIT */
#include "analyze/source/source.h"
#include "analyze/weights/weights.h"

#include <stdlib.h>

struct weighing {
	struct rn_source source;
	struct rn_source *inner;
	struct rn_weights weights;
};

static int next(struct rn_source *source, struct rn_batch *out, struct rn_error *err)
{
	struct weighing *w = (struct weighing *)source;
	int rc = rn_source_next(w->inner, out, err);
	out->weights = &w->weights;
	return rc;
}

static void free_weighing(struct rn_source *source)
{
	struct weighing *w = (struct weighing *)source;
	rn_source_free(w->inner);
	free(w);
}

struct rn_source *rn_source_weights(struct rn_source *inner, const struct rn_sampling *sampling)
{
	if (!inner || !sampling->n)
		return inner;
	struct weighing *w = malloc(sizeof(*w));
	if (!w) {
		rn_source_free(inner);
		return NULL;
	}
	w->source = (struct rn_source){ .next = next, .free = free_weighing, .reader = inner->reader,
		.inner = inner };
	w->inner = inner;
	if (rn_weights_init(&w->weights, sampling))
		return &w->source;
	free(w);
	return inner;
}
