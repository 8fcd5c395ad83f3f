/* SPDX-License-Identifier: MIT */
#include "analyze/source/event_copy.h"

static bool copy_bytes(const uint8_t **p, size_t len, struct rn_arena *a)
{
	if (!len)
		return true;
	uint8_t *to = rn_arena_alloc(a, len, 1);
	if (to)
		memcpy(to, *p, len);
	*p = to;
	return to != NULL;
}

static bool copy_call(struct rn_call *c, struct rn_arena *a)
{
	if (c->regs) {
		uint64_t *regs = rn_arena_alloc(a, c->n_regs, sizeof(*regs));
		if (!regs)
			return false;
		memcpy(regs, c->regs, c->n_regs * sizeof(*regs));
		c->regs = regs;
	}
	if (!copy_bytes(&c->stack, c->stack ? c->stack_len : 0, a))
		return false;
	if (!c->n_spans)
		return true;
	struct rn_span *spans = rn_arena_alloc(a, c->n_spans, sizeof(*spans));
	if (!spans)
		return false;
	memcpy(spans, c->spans, c->n_spans * sizeof(*spans));
	c->spans = spans;
	for (uint32_t i = 0; i < c->n_spans; i++)
		if (!copy_bytes(&spans[i].bytes, spans[i].len, a))
			return false;
	return true;
}

/* The B fields of a meta event, by the list of events. */
static bool copy_meta(struct rn_event *ev, struct rn_arena *a)
{
	switch ((unsigned)ev->kind) {
#define U(f)
#define I(f)
#define B(f) &&copy_bytes(&e->f.p, e->f.len, a)
#define EVENT(k, number, name, fields) \
	case RN_EV_##k: { \
		struct rn_ev_##k *e = &ev->k; \
		(void)e; \
		return true fields; \
	}
#include "format/events.def"
#undef EVENT
#undef B
#undef I
#undef U
	default:
		return true;
	}
}

int rn_event_copy(struct rn_event *to, const struct rn_event *from, struct rn_arena *a,
	struct rn_error *err)
{
	*to = *from;
	if (to->kind == RN_EV_CALL ? copy_call(&to->call, a) : copy_meta(to, a))
		return 0;
	return rn_fail(err, RN_E_NOMEM, "out of memory");
}

size_t rn_event_copy_bytes(const struct rn_event *ev)
{
	if (ev->kind != RN_EV_CALL)
		return 512;
	size_t n = ev->call.n_regs * sizeof(uint64_t) + ev->call.stack_len;
	for (uint32_t i = 0; i < ev->call.n_spans; i++)
		n += sizeof(struct rn_span) + ev->call.spans[i].len + 16;
	return n;
}
