/* SPDX-License-Identifier: MIT */
/*
 * A thread has one call under way at a time. Of each thread the last preview is kept until the call
 * itself comes (same thread, same time of entry); what is still kept at the end never completed.
 * What previews borrow is copied into an arena, which is rewritten when most of it is stale.
 */
#include "analyze/model/idmap.h"
#include "analyze/source/event_copy.h"
#include "analyze/source/source.h"

#include <stdlib.h>

struct preview {
	bool open;
	struct rn_event ev;
};

#define STALE_BYTES ((size_t)1 << 20)

struct settled {
	struct rn_source source;
	struct rn_source *inner;
	struct rn_idmap by_utid;
	struct preview *preview;
	uint32_t n, cap;
	struct rn_arena memory;
	size_t kept_bytes, limit_bytes; /* copied since it was last rewritten, and when to do it */
	struct rn_event *last; /* of the last batch */
	bool done;
};

static struct preview *preview_of(struct settled *s, uint32_t utid)
{
	uint32_t i = rn_idmap_find(&s->by_utid, utid);
	return i == RN_IDMAP_NONE ? NULL : &s->preview[i];
}

static struct preview *add_preview(struct settled *s, uint32_t utid)
{
	if (s->n == s->cap) {
		uint32_t cap = s->cap ? s->cap * 2 : 16;
		struct preview *p = realloc(s->preview, cap * sizeof(*p));
		if (!p)
			return NULL;
		s->preview = p;
		s->cap = cap;
	}
	if (rn_idmap_put(&s->by_utid, utid, s->n))
		return NULL;
	memset(&s->preview[s->n], 0, sizeof(*s->preview));
	return &s->preview[s->n++];
}

static int rewrite_memory(struct settled *s, struct rn_error *err)
{
	struct rn_arena old = s->memory;
	int rc = 0;
	rn_arena_init(&s->memory);
	s->kept_bytes = 0;
	for (uint32_t i = 0; i < s->n && !rc; i++) {
		if (!s->preview[i].open)
			continue;
		s->kept_bytes += rn_event_copy_bytes(&s->preview[i].ev);
		rc = rn_event_copy(&s->preview[i].ev, &s->preview[i].ev, &s->memory, err);
	}
	s->limit_bytes = 2 * s->kept_bytes + STALE_BYTES;
	rn_arena_fini(&old);
	return rc;
}

static int keep(struct settled *s, const struct rn_batch *b, uint32_t k, struct rn_error *err)
{
	struct rn_event ev;
	int rc = rn_block_call(b->block, k, RN_WANT_ALL, &ev, err);
	if (rc)
		return rc == RN_E_NOMEM ? rc : 0;
	struct preview *p = preview_of(s, ev.utid);
	if (!p)
		p = add_preview(s, ev.utid);
	if (!p)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	p->open = true;
	s->kept_bytes += rn_event_copy_bytes(&ev);
	rc = rn_event_copy(&p->ev, &ev, &s->memory, err);
	return rc || s->kept_bytes < s->limit_bytes ? rc : rewrite_memory(s, err);
}

static int settle(struct settled *s, struct rn_batch *b, struct rn_error *err)
{
	uint32_t kept = 0;
	for (uint32_t i = 0; i < b->n_selected; i++) {
		uint32_t k = b->selected[i];
		if (b->core->flags[k] & RN_CALL_PENDING) {
			int rc = keep(s, b, k, err);
			if (rc)
				return rc;
			continue;
		}
		b->selected[kept++] = k;
		struct preview *p = s->n ? preview_of(s, b->core->utid[k]) : NULL;
		if (p && p->ev.ts_ns <= b->core->ts_ns[k])
			p->open &= p->ev.ts_ns != b->core->ts_ns[k];
	}
	b->n_selected = kept;
	return 0;
}

static int by_utid(const void *a, const void *b)
{
	uint32_t x = ((const struct rn_event *)a)->utid, y = ((const struct rn_event *)b)->utid;
	return (x > y) - (x < y);
}

static int last_batch(struct settled *s, struct rn_batch *out, struct rn_error *err)
{
	s->done = true;
	uint32_t n = 0;
	for (uint32_t i = 0; i < s->n; i++)
		n += s->preview[i].open;
	if (!n)
		return RN_END;
	s->last = calloc(n, sizeof(*s->last));
	if (!s->last)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	n = 0;
	for (uint32_t i = 0; i < s->n; i++)
		if (s->preview[i].open)
			s->last[n++] = s->preview[i].ev;
	qsort(s->last, n, sizeof(*s->last), by_utid);
	int rc = rn_batch_prepare(out, err);
	rn_batch_drop(out);
	out->block = NULL;
	out->unfinished = s->last;
	out->n_unfinished = n;
	return rc;
}

static int next(struct rn_source *source, struct rn_batch *out, struct rn_error *err)
{
	struct settled *s = (struct settled *)source;
	if (s->done)
		return RN_END;
	int rc = rn_source_next(s->inner, out, err);
	if (rc == RN_END)
		return last_batch(s, out, err);
	return rc ? rc : settle(s, out, err);
}

static void free_settled(struct rn_source *source)
{
	struct settled *s = (struct settled *)source;
	rn_arena_fini(&s->memory);
	free(s->preview);
	free(s->last);
	rn_idmap_fini(&s->by_utid);
	rn_source_free(s->inner);
	free(s);
}

struct rn_source *rn_source_settled(struct rn_source *inner)
{
	struct settled *s = inner ? calloc(1, sizeof(*s)) : NULL;
	if (!s) {
		rn_source_free(inner);
		return NULL;
	}
	s->source = (struct rn_source){ .next = next, .free = free_settled, .reader = inner->reader,
		.inner = inner };
	s->inner = inner;
	s->limit_bytes = STALE_BYTES;
	return &s->source;
}
