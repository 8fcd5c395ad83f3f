/* SPDX-License-Identifier: MIT */
#include "analyze/listing/split.h"

#include "analyze/source/event_copy.h"

#include <stdlib.h>

/* A call that began and is to end at end_ns. */
struct under_way {
	uint64_t end_ns, number; /* number: in the order of beginning */
	struct rn_event ev;
	struct rn_arena memory;
	struct under_way *next_free;
};

struct rn_split {
	struct rn_order *order;
	struct rn_order_item item; /* the next of the order, when has_item */
	bool has_item, ended, whole;
	struct under_way **heap;   /* the first to end on top */
	size_t n, cap;
	uint64_t n_begun;
	struct under_way *held;    /* its beginning is not told yet: it may be whole */
	struct under_way *told;    /* borrowed by the last item */
	struct under_way *free;
};

uint64_t rn_order_item_ns(const struct rn_order_item *item)
{
	uint64_t ns = item->ev.ts_ns;
	if (item->part != RN_ORDER_RESUMED)
		return ns;
	return ns + item->ev.call.dur_ns < ns ? UINT64_MAX : ns + item->ev.call.dur_ns;
}

struct rn_split *rn_split_new(struct rn_order *order, bool whole)
{
	struct rn_split *s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	s->order = order;
	s->whole = whole;
	return s;
}

static void discard(struct under_way *u)
{
	if (u)
		rn_arena_fini(&u->memory);
	free(u);
}

void rn_split_free(struct rn_split *s)
{
	if (!s)
		return;
	for (size_t i = 0; i < s->n; i++)
		discard(s->heap[i]);
	discard(s->told);
	while (s->free) {
		struct under_way *u = s->free;
		s->free = u->next_free;
		discard(u);
	}
	free(s->heap);
	free(s);
}

static bool ends_before(const struct under_way *a, const struct under_way *b)
{
	return a->end_ns != b->end_ns ? a->end_ns < b->end_ns : a->number < b->number;
}

static void rise(struct under_way **heap, size_t i)
{
	while (i && ends_before(heap[i], heap[(i - 1) / 2])) {
		struct under_way *u = heap[i];
		heap[i] = heap[(i - 1) / 2];
		heap[(i - 1) / 2] = u;
		i = (i - 1) / 2;
	}
}

static struct under_way *take_first(struct rn_split *s)
{
	struct under_way *first = s->heap[0], *last = s->heap[--s->n];
	size_t i = 0;
	for (size_t k; (k = 2 * i + 1) < s->n; i = k) {
		if (k + 1 < s->n && ends_before(s->heap[k + 1], s->heap[k]))
			k++;
		if (!ends_before(s->heap[k], last))
			break;
		s->heap[i] = s->heap[k];
	}
	s->heap[i] = last;
	return first;
}

static struct under_way *unused(struct rn_split *s)
{
	struct under_way *u = s->free;
	if (u) {
		s->free = u->next_free;
		rn_arena_clear(&u->memory);
		return u;
	}
	u = calloc(1, sizeof(*u));
	if (u)
		rn_arena_init(&u->memory);
	return u;
}

/* Takes the item at hand, a whole call, apart. */
static int hold(struct rn_split *s, struct rn_error *err)
{
	if (s->n == s->cap) {
		size_t cap = s->cap ? s->cap * 2 : 16;
		struct under_way **more = realloc(s->heap, cap * sizeof(struct under_way *));
		if (!more)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		s->heap = more;
		s->cap = cap;
	}
	struct under_way *u = unused(s);
	if (!u)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	int rc = rn_event_copy(&u->ev, &s->item.ev, &u->memory, err);
	if (rc) {
		discard(u);
		return rc;
	}
	s->item.part = RN_ORDER_RESUMED;
	u->end_ns = rn_order_item_ns(&s->item);
	u->number = s->n_begun++;
	s->heap[s->n++] = u;
	rise(s->heap, s->n - 1);
	s->held = s->whole ? NULL : u;
	s->has_item = false;
	return 0;
}

static int tell(struct rn_order_item *out, enum rn_order_part part, const struct under_way *u)
{
	*out = (struct rn_order_item){ .part = part, .ev = u->ev };
	return 0;
}

static bool first_is_due(const struct rn_split *s)
{
	if (!s->n || s->ended || s->item.part == RN_ORDER_PAUSE || s->item.part == RN_ORDER_DAMAGE)
		return s->n;
	return s->heap[0]->end_ns <= rn_order_item_ns(&s->item);
}

static int tell_held(struct rn_split *s, struct rn_order_item *out)
{
	struct under_way *u = s->held;
	s->held = NULL;
	return tell(out, RN_ORDER_BEGUN, u);
}

static int tell_first(struct rn_split *s, uint64_t break_ns, struct rn_order_item *out)
{
	struct under_way *u = s->heap[0];
	bool broken = break_ns >= u->ev.ts_ns && break_ns <= u->end_ns;
	if (s->held && (s->held != u || broken))
		return tell_held(s, out);
	s->told = take_first(s);
	int rc = tell(out, s->held || s->whole ? RN_ORDER_WHOLE : RN_ORDER_RESUMED, u);
	s->held = NULL;
	return rc;
}

int rn_split_next(struct rn_split *s, uint64_t break_ns, struct rn_order_item *out,
	struct rn_error *err)
{
	if (s->told) {
		s->told->next_free = s->free;
		s->free = s->told;
		s->told = NULL;
	}
	for (;;) {
		if (!s->has_item && !s->ended) {
			int rc = rn_order_next(s->order, &s->item, err);
			if (rc && rc != RN_END)
				return rc;
			s->ended = rc == RN_END;
			s->has_item = !s->ended;
		}
		if (first_is_due(s))
			return tell_first(s, break_ns, out);
		if (s->ended)
			return RN_END;
		if (s->held)
			return tell_held(s, out);
		if (s->item.part != RN_ORDER_WHOLE || s->item.ev.kind != RN_EV_CALL) {
			*out = s->item;
			s->has_item = false;
			return 0;
		}
		int rc = hold(s, err);
		if (rc)
			return rc;
	}
}
