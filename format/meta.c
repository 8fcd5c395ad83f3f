/* SPDX-License-Identifier: MIT */
/* Each event: position (difference), kind, thread, time (difference), length, fields. The length
 * lets a reader step over kinds and fields that are newer than it. */
#include "format/meta.h"

#include "format/limits.h"
#include "shared/cursor.h"

static void put_fields(struct rn_buffer *out, const struct rn_event *ev)
{
	switch (ev->kind) {
#define U(f) rn_put_varint(out, m->f);
#define I(f) rn_put_svarint(out, m->f);
#define B(f) rn_put_string(out, m->f);
#define EVENT(KIND, number, name, fields) \
	case number: { \
		const struct rn_ev_##KIND *m = &ev->KIND; \
		fields \
		break; \
	}
#include "format/events.def"
#undef EVENT
#undef U
#undef I
#undef B
	default:
		break;
	}
}

static void take_fields(struct rn_event *ev, struct rn_cursor *c)
{
	switch (ev->kind) {
#define U(f) if (rn_cursor_left(c)) m->f = rn_take_varint(c);
#define I(f) if (rn_cursor_left(c)) m->f = rn_take_svarint(c);
#define B(f) if (rn_cursor_left(c)) m->f = rn_take_string(c, rn_cursor_left(c));
#define EVENT(KIND, number, name, fields) \
	case number: { \
		struct rn_ev_##KIND *m = &ev->KIND; \
		fields \
		break; \
	}
#include "format/events.def"
#undef EVENT
#undef U
#undef I
#undef B
	default:
		break;
	}
}

void rn_meta_encoder_fini(struct rn_meta_encoder *e)
{
	rn_buffer_fini(&e->events);
}

void rn_meta_encoder_clear(struct rn_meta_encoder *e)
{
	rn_buffer_clear(&e->events);
	e->n = e->last_position = 0;
	e->last_ns = e->end_ns = 0;
	e->first_ns = UINT64_MAX;
}

/* The length stands before the fields, so they are written first and moved up by its size. */
static void put_sized(struct rn_buffer *out, const struct rn_event *ev)
{
	size_t at = out->len;
	put_fields(out, ev);
	size_t len = out->len - at;
	rn_put_varint(out, len);
	if (!rn_buffer_ok(out))
		return;
	uint8_t head[10];
	size_t n = out->len - at - len;
	memcpy(head, out->p + at + len, n);
	memmove(out->p + at + n, out->p + at, len);
	memcpy(out->p + at, head, n);
}

void rn_meta_put(struct rn_meta_encoder *e, const struct rn_event *ev, uint32_t position)
{
	rn_put_varint(&e->events, position - e->last_position);
	rn_put_varint(&e->events, ev->kind);
	rn_put_varint(&e->events, ev->utid);
	rn_put_svarint(&e->events, (int64_t)(ev->ts_ns - e->last_ns));
	put_sized(&e->events, ev);
	e->last_position = position;
	e->last_ns = ev->ts_ns;
	if (ev->ts_ns < e->first_ns)
		e->first_ns = ev->ts_ns;
	if (ev->ts_ns > e->end_ns)
		e->end_ns = ev->ts_ns;
	e->n++;
}

size_t rn_meta_bytes(const struct rn_meta_encoder *e)
{
	return e->events.len;
}

void rn_meta_encode(struct rn_buffer *out, const struct rn_meta_encoder *e,
	const struct rn_thread_ref *threads, uint32_t n_threads)
{
	if (!e->n && !n_threads)
		return;
	rn_put_varint(out, n_threads);
	for (uint32_t i = 0; i < n_threads; i++) {
		rn_put_varint(out, threads[i].utid);
		rn_put_varint(out, threads[i].leader);
		rn_put_varint(out, threads[i].tid);
		rn_put_varint(out, threads[i].pid);
	}
	rn_put_bytes(out, e->events.p, e->events.len);
	if (!rn_buffer_ok(&e->events))
		out->failed = true;
}

static bool take_threads(struct rn_meta_decoded *m, struct rn_cursor *c, struct rn_arena *arena)
{
	uint64_t n = rn_take_varint(c);
	if (n > rn_cursor_left(c) / 4)
		c->bad = true;
	if (!rn_cursor_ok(c))
		return true;
	struct rn_thread_ref *t = rn_arena_alloc(arena, n, sizeof(*t));
	if (!t)
		return false;
	for (uint64_t i = 0; i < n; i++) {
		t[i].utid = (uint32_t)rn_take_varint(c);
		t[i].leader = (uint32_t)rn_take_varint(c);
		t[i].tid = (uint32_t)rn_take_varint(c);
		t[i].pid = (uint32_t)rn_take_varint(c);
	}
	m->thread = t;
	m->n_threads = (uint32_t)n;
	return true;
}

static void take_head(struct rn_meta_head *h, struct rn_cursor *c, uint64_t *last_ns)
{
	uint64_t kind = rn_take_varint(c);
	if (kind == RN_EV_CALL || kind > INT32_MAX)
		c->bad = true;
	h->kind = (uint32_t)kind;
	h->utid = (uint32_t)rn_take_varint(c);
	*last_ns += (uint64_t)rn_take_svarint(c);
	h->ts_ns = *last_ns;
	struct rn_bytes fields = rn_take_string(c, rn_cursor_left(c));
	if (fields.len > UINT32_MAX)
		c->bad = true;
	h->fields = fields.p;
	h->fields_len = (uint32_t)fields.len;
}

static bool take_heads(struct rn_meta_head *heads, struct rn_cursor *c, uint32_t n, uint32_t n_calls, uint32_t *bad)
{
	uint64_t position = 0, last_ns = 0;
	for (uint32_t i = 0; i < n; i++) {
		position += rn_take_varint(c);
		take_head(&heads[i], c, &last_ns);
		if (!rn_cursor_ok(c) || position > n_calls) {
			*bad = i;
			return false;
		}
		heads[i].before = (uint32_t)position;
	}
	return true;
}

int rn_meta_open(struct rn_meta_decoded *out, struct rn_bytes raw, uint32_t n, uint32_t n_calls,
	struct rn_arena *arena, struct rn_error *err)
{
	struct rn_meta_decoded m = { .n = n };
	struct rn_cursor c = rn_cursor_of(raw.p, raw.len);
	uint32_t bad;
	if (!take_threads(&m, &c, arena))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rn_cursor_ok(&c) || n > rn_cursor_left(&c) / 5)
		return rn_fail(err, RN_E_CORRUPT, "its counts make no sense");
	struct rn_meta_head *heads = rn_arena_alloc(arena, n, sizeof(*heads));
	if (!heads)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!take_heads(heads, &c, n, n_calls, &bad))
		return rn_fail(err, RN_E_CORRUPT, "event %u makes no sense", bad);
	m.head = heads;
	*out = m;
	return 0;
}

bool rn_meta_fill(const struct rn_meta_head *h, struct rn_event *out)
{
	struct rn_cursor fields = rn_cursor_of(h->fields, h->fields_len);
	*out = (struct rn_event){ .ts_ns = h->ts_ns, .utid = h->utid, .kind = (enum rn_event_kind)h->kind };
	take_fields(out, &fields);
	return rn_cursor_ok(&fields);
}

int rn_meta_decode(struct rn_meta_decoded *out, struct rn_bytes raw, uint32_t n, uint32_t n_calls,
	struct rn_arena *arena, struct rn_error *err)
{
	struct rn_meta_decoded m;
	int rc = rn_meta_open(&m, raw, n, n_calls, arena, err);
	if (rc)
		return rc;
	struct rn_event *events = rn_arena_alloc(arena, n, sizeof(*events));
	if (!events)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (uint32_t i = 0; i < n; i++)
		if (!rn_meta_fill(&m.head[i], &events[i]))
			return rn_fail(err, RN_E_CORRUPT, "event %u makes no sense", i);
	m.event = events;
	*out = m;
	return 0;
}
