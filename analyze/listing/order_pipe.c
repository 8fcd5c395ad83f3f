/* SPDX-License-Identifier: MIT */
/*
 * A window is a block. What should have been listed before the end of the one before is listed
 * now, at its beginning; of each thread we remember the preview that was shown, so that its call is
 * resumed where it completed.
 */
#include "analyze/listing/order_private.h"
#include "analyze/model/idmap.h"

#include <stdlib.h>

struct shown {
	uint64_t ts_ns; /* of the preview that was shown; UINT64_MAX: none is open */
};

struct pipe_way {
	struct rn_order_way way;
	struct rn_source *source;
	struct rn_batch batch;
	uint64_t end_ns;         /* of what has been listed */
	struct rn_idmap by_utid;
	struct shown *shown;
	uint32_t n, cap;
};

static struct shown *shown_of(struct pipe_way *p, uint32_t utid)
{
	uint32_t i = rn_idmap_find(&p->by_utid, utid);
	return i == RN_IDMAP_NONE ? NULL : &p->shown[i];
}

static int show(struct pipe_way *p, uint32_t utid, uint64_t ts_ns, struct rn_error *err)
{
	struct shown *s = shown_of(p, utid);
	if (!s && p->n == p->cap) {
		uint32_t cap = p->cap ? p->cap * 2 : 16;
		struct shown *more = realloc(p->shown, cap * sizeof(*more));
		if (!more)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		p->shown = more;
		p->cap = cap;
	}
	if (!s) {
		if (rn_idmap_put(&p->by_utid, utid, p->n))
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		s = &p->shown[p->n++];
	}
	s->ts_ns = ts_ns;
	return 0;
}

static uint64_t completion_ns(const struct rn_core *c, uint32_t k)
{
	uint64_t end = c->ts_ns[k] + c->dur_ns[k];
	return end < c->ts_ns[k] ? UINT64_MAX : end;
}

static int place_call(struct pipe_way *p, struct rn_window *w, const struct rn_order_step *s,
	struct rn_error *err)
{
	const struct rn_core *c = p->batch.core;
	uint32_t utid = c->utid[s->index];
	uint64_t at_ns = s->ts_ns < p->end_ns ? p->end_ns : s->ts_ns;
	enum rn_order_part part = RN_ORDER_WHOLE;
	struct shown *open = shown_of(p, utid);
	if (c->flags[s->index] & RN_CALL_PENDING) {
		int rc = show(p, utid, s->ts_ns, err);
		if (rc)
			return rc;
		part = RN_ORDER_BEGUN;
	} else if (open && open->ts_ns == s->ts_ns) {
		uint64_t end_ns = completion_ns(c, s->index);
		open->ts_ns = UINT64_MAX;
		part = RN_ORDER_RESUMED;
		at_ns = end_ns > at_ns ? end_ns : at_ns;
	}
	return rn_window_add_call(w, s->index, part, at_ns, s->seq, err);
}

static int fill(struct rn_order_way *way, struct rn_window *w, uint64_t *offset,
	struct rn_error *err)
{
	struct pipe_way *p = (struct pipe_way *)way;
	struct rn_order_walk walk;
	struct rn_order_step s;
	int rc = rn_source_next(p->source, &p->batch, err);
	if (rc)
		return rc;
	const struct rn_block_info *info = rn_block_info(p->batch.block);
	rn_window_begin(w, &p->batch);
	rn_order_walk_init(&walk, &p->batch);
	while (!rc && rn_order_walk_next(&walk, &s)) {
		if (!s.is_meta)
			rc = place_call(p, w, &s, err);
		else if (rn_order_shows(walk.meta_ev.kind))
			rc = rn_window_add_meta(w, s.index, s.ts_ns < p->end_ns ? p->end_ns : s.ts_ns,
				s.seq, err);
	}
	rn_window_sort(w);
	*offset = info->offset;
	if (info->last_ns > p->end_ns)
		p->end_ns = info->last_ns;
	return rc;
}

static void free_pipe(struct rn_order_way *way)
{
	struct pipe_way *p = (struct pipe_way *)way;
	rn_batch_fini(&p->batch);
	rn_idmap_fini(&p->by_utid);
	free(p->shown);
	free(p);
}

struct rn_order_way *rn_order_pipe(struct rn_source *source)
{
	struct pipe_way *p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->way = (struct rn_order_way){ fill, free_pipe, true };
	p->source = source;
	rn_batch_init(&p->batch);
	return &p->way;
}
