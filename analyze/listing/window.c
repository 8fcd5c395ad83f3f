/* SPDX-License-Identifier: MIT */
#include "analyze/listing/window.h"

#include "analyze/source/event_copy.h"

#include <stdlib.h>

/* Where a key's index points, and what part of the event it stands for: its tag. */
enum origin { FROM_CALLS, FROM_META, FROM_COPIES };

static uint32_t tag_of(enum origin from, enum rn_order_part part)
{
	return (uint32_t)from << 8 | (uint32_t)part;
}

void rn_window_fini(struct rn_window *w)
{
	free(w->key);
	free(w->scratch);
	free(w->copied);
	rn_arena_fini(&w->memory);
	memset(w, 0, sizeof(*w));
}

void rn_window_begin(struct rn_window *w, const struct rn_batch *batch)
{
	w->batch = batch;
	w->n = 0;
	w->next = 0;
	w->n_copied = 0;
	rn_arena_clear(&w->memory);
}

static int grow(struct rn_window *w, struct rn_error *err)
{
	uint32_t cap = w->cap ? w->cap * 2 : 1024;
	struct rn_sort_key *key = realloc(w->key, cap * sizeof(*key));
	if (key)
		w->key = key;
	struct rn_sort_key *scratch = realloc(w->scratch, cap * sizeof(*scratch));
	if (scratch)
		w->scratch = scratch;
	if (!key || !scratch)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	w->cap = cap;
	return 0;
}

static int add(struct rn_window *w, uint32_t index, uint32_t tag, uint64_t at_ns, uint64_t seq,
	struct rn_error *err)
{
	int rc = w->n < w->cap ? 0 : grow(w, err);
	if (!rc)
		w->key[w->n++] = (struct rn_sort_key){ at_ns, seq, index, tag };
	return rc;
}

int rn_window_add_call(struct rn_window *w, uint32_t k, enum rn_order_part part, uint64_t at_ns,
	uint64_t seq, struct rn_error *err)
{
	return add(w, k, tag_of(FROM_CALLS, part), at_ns, seq, err);
}

int rn_window_add_meta(struct rn_window *w, uint32_t j, uint64_t at_ns, uint64_t seq,
	struct rn_error *err)
{
	return add(w, j, tag_of(FROM_META, RN_ORDER_WHOLE), at_ns, seq, err);
}

int rn_window_add_copy(struct rn_window *w, const struct rn_event *ev, struct rn_error *err)
{
	if (w->n_copied == w->cap_copied) {
		uint32_t cap = w->cap_copied ? w->cap_copied * 2 : 64;
		struct rn_event *p = realloc(w->copied, cap * sizeof(*p));
		if (!p)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		w->copied = p;
		w->cap_copied = cap;
	}
	int rc = rn_event_copy(&w->copied[w->n_copied], ev, &w->memory, err);
	return rc ? rc
		  : add(w, w->n_copied++, tag_of(FROM_COPIES, RN_ORDER_WHOLE), ev->ts_ns, ev->seq,
			    err);
}

void rn_window_sort(struct rn_window *w)
{
	rn_sort_keys(w->key, w->scratch, w->n);
}

/* Thread and flags of a key that stands for a call; false: it stands for something else. */
static bool call_of(const struct rn_window *w, const struct rn_sort_key *key, uint32_t *utid,
	unsigned *flags)
{
	switch ((enum origin)(key->tag >> 8)) {
	case FROM_CALLS:
		*utid = w->batch->core->utid[key->index];
		*flags = w->batch->core->flags[key->index];
		return true;
	case FROM_COPIES:
		*utid = w->copied[key->index].utid;
		*flags = w->copied[key->index].call.flags;
		return w->copied[key->index].kind == RN_EV_CALL;
	default:
		return false;
	}
}

/* A thread begins one call at a time, so the call announced has the very same time. */
static bool gives_way(const struct rn_window *w, uint32_t i)
{
	uint32_t utid, other, first = i;
	unsigned flags;
	const struct rn_sort_key *key = &w->key[i];
	if (key->tag == tag_of(FROM_META, RN_ORDER_WHOLE) || !call_of(w, key, &utid, &flags) ||
		!(flags & RN_CALL_PENDING) || (key->tag & 0xff) != RN_ORDER_WHOLE)
		return false;
	while (first > 0 && w->key[first - 1].at_ns == key->at_ns)
		first--;
	for (uint32_t k = first; k < w->n && w->key[k].at_ns == key->at_ns; k++)
		if (k != i && call_of(w, &w->key[k], &other, &flags) && other == utid &&
			(!(flags & RN_CALL_PENDING) || k < i))
			return true;
	return false;
}

static int fetch(struct rn_window *w, const struct rn_sort_key *key, struct rn_order_item *out,
	struct rn_error *err)
{
	uint32_t before;
	out->part = (enum rn_order_part)(key->tag & 0xff);
	switch ((enum origin)(key->tag >> 8)) {
	case FROM_CALLS:
		return rn_block_call(w->batch->block, key->index, w->want, &out->ev, err);
	case FROM_META:
		return rn_block_meta(w->batch->block, key->index, &out->ev, &before, err);
	default:
		out->ev = w->copied[key->index];
		return 0;
	}
}

int rn_window_next(struct rn_window *w, struct rn_order_item *out, struct rn_error *err)
{
	while (w->next < w->n) {
		uint32_t i = w->next++;
		if (gives_way(w, i))
			continue;
		int rc = fetch(w, &w->key[i], out, err);
		if (rc == 0 || rc == RN_E_NOMEM)
			return rc;
	}
	return RN_END;
}
