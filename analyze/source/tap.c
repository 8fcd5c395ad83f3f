/* SPDX-License-Identifier: MIT */
/*
 * The batch that passes is copied (its selection; block and columns are shared) into a source of
 * one batch, over which a settled source does what it does over a trace.
 */
#include "analyze/source/source.h"

#include <stdlib.h>
#include <string.h>

struct tap {
	struct rn_source source;
	struct rn_source *inner;
	struct rn_source *settled;
	struct passing *passing;   /* below settled, which frees it */
	struct rn_batch copy;
	rn_source_feed *feed;
	void *arg;
	bool over;
};

struct passing {
	struct rn_source source;
	const struct rn_batch *batch; /* NULL: the trace is over */
};

static int pass(struct rn_source *s, struct rn_batch *out, struct rn_error *err)
{
	const struct rn_batch *b = ((struct passing *)s)->batch;
	if (!b)
		return RN_END;
	if (b->n_selected > out->own_cap) {
		uint32_t *p = realloc(out->selected, b->n_selected * sizeof(*p));
		if (!p)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		out->selected = p;
		out->own_cap = b->n_selected;
	}
	out->block = b->block;
	out->core = b->core;
	out->n_selected = b->n_selected;
	out->unfinished = NULL;
	out->n_unfinished = 0;
	out->settled = true;
	if (b->n_selected)
		memcpy(out->selected, b->selected, b->n_selected * sizeof(*b->selected));
	return 0;
}

static void free_passing(struct rn_source *s)
{
	free(s);
}

/* NULL: the end, after which those come that nothing completed. */
static int hand_over(struct tap *t, const struct rn_batch *b, struct rn_error *err)
{
	t->passing->batch = b;
	int rc = rn_source_next(t->settled, &t->copy, err);
	if (!rc)
		rc = t->feed(t->arg, &t->copy, err);
	return rc == RN_END ? 0 : rc;
}

static int next(struct rn_source *s, struct rn_batch *out, struct rn_error *err)
{
	struct tap *t = (struct tap *)s;
	int rc = rn_source_next(t->inner, out, err);
	if (rc < 0 || t->over)
		return rc;
	t->over = rc == RN_END;
	int fed = hand_over(t, rc ? NULL : out, err);
	return fed ? fed : rc;
}

static void free_tap(struct rn_source *s)
{
	struct tap *t = (struct tap *)s;
	rn_batch_fini(&t->copy);
	rn_source_free(t->settled);
	rn_source_free(t->inner);
	free(t);
}

struct rn_source *rn_source_tap(struct rn_source *inner, rn_source_feed *feed, void *arg)
{
	struct tap *t = inner ? calloc(1, sizeof(*t)) : NULL;
	struct passing *p = t ? calloc(1, sizeof(*p)) : NULL;
	if (!p) {
		rn_source_free(inner);
		free(t);
		return NULL;
	}
	p->source = (struct rn_source){ .next = pass, .free = free_passing,
		.reader = inner->reader };
	t->source = (struct rn_source){ .next = next, .free = free_tap, .reader = inner->reader };
	t->inner = inner;
	t->passing = p;
	t->settled = rn_source_settled(&p->source);
	t->feed = feed;
	t->arg = arg;
	rn_batch_init(&t->copy);
	if (t->settled)
		return &t->source;
	free_tap(&t->source);
	return NULL;
}
