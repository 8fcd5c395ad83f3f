/* SPDX-License-Identifier: MIT */
#include "format/flat.h"

static size_t aligned(size_t n)
{
	return (n + 7) & ~(size_t)7;
}

/* Bytes of the fields of a meta event, each cut to cap; *n counts them. */
static size_t field_bytes(const struct rn_event *ev, size_t cap, size_t *n)
{
	size_t bytes = 0;
	*n = 0;
	switch (ev->kind) {
#define U(f)
#define I(f)
#define B(f) bytes += m->f.len < cap ? m->f.len : cap; ++*n;
#define EVENT(KIND, number, name, fields) \
	case number: { \
		const struct rn_ev_##KIND *m = &ev->KIND; \
		(void)m; \
		fields \
		break; \
	}
#include "format/events.def"
#undef EVENT
#undef B
	default:
		break;
	}
	return bytes;
}

static uint8_t *copy_fields(uint8_t *to, struct rn_event *ev, size_t cap)
{
	switch (ev->kind) {
#define B(f) \
	m->f.len = m->f.len < cap ? m->f.len : cap; \
	if (m->f.len) \
		memcpy(to, m->f.p, m->f.len); \
	m->f.p = to; \
	to += m->f.len;
#define EVENT(KIND, number, name, fields) \
	case number: { \
		struct rn_ev_##KIND *m = &ev->KIND; \
		(void)m; \
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
	return to;
}

static size_t regs_bytes(const struct rn_call *c)
{
	return c->regs ? c->n_regs * sizeof(*c->regs) : 0;
}

static struct rn_flat_plan plan_meta(const struct rn_event *ev, size_t max)
{
	struct rn_flat_plan p = { .field_cap = SIZE_MAX };
	size_t n;
	p.bytes = sizeof(*ev) + field_bytes(ev, SIZE_MAX, &n);
	if (p.bytes > max) {
		p.field_cap = (max - sizeof(*ev)) / (n ? n : 1);
		p.bytes = sizeof(*ev) + field_bytes(ev, p.field_cap, &n);
		p.cut = true;
	}
	return p;
}

/* Spans from the first as far as they fit into max. */
static void fit_spans(struct rn_flat_plan *p, const struct rn_call *c, size_t max)
{
	p->n_spans = 0;
	for (uint32_t i = 0; i < c->n_spans; i++) {
		if (p->bytes + sizeof(struct rn_span) > max) {
			p->cut = true;
			return;
		}
		p->bytes += sizeof(struct rn_span);
		p->n_spans = i + 1;
		size_t room = max - p->bytes;
		p->last_len = c->spans[i].len;
		if (p->last_len > room) {
			p->last_len = (uint32_t)room;
			p->bytes = max;
			p->cut = true;
			return;
		}
		p->bytes += p->last_len;
	}
}

struct rn_flat_plan rn_flat_plan(const struct rn_event *ev, size_t max)
{
	if (ev->kind != RN_EV_CALL)
		return plan_meta(ev, max);
	const struct rn_call *c = &ev->call;
	struct rn_flat_plan p = { .bytes = sizeof(*ev) + regs_bytes(c) };
	size_t stack = aligned(c->stack_len);
	fit_spans(&p, c, SIZE_MAX / 2);
	if (p.bytes + stack <= max) {
		p.bytes += stack;
		return p;
	}
	p = (struct rn_flat_plan){
		.bytes = sizeof(*ev) + regs_bytes(c),
		.cut = true,
		.no_stack = true,
	};
	fit_spans(&p, c, max);
	return p;
}

static void copy_call(uint8_t *to, struct rn_call *c, const struct rn_flat_plan *plan)
{
	if (c->regs) {
		c->regs = memcpy(to, c->regs, regs_bytes(c));
		to += regs_bytes(c);
	}
	if (plan->no_stack)
		c->stack_len = 0;
	if (c->stack_len) {
		c->stack = memcpy(to, c->stack, c->stack_len);
		to += aligned(c->stack_len);
	}
	if (plan->cut)
		c->flags |= RN_CALL_TRUNCATED;
	c->n_spans = plan->n_spans;
	if (!c->n_spans)
		return;
	struct rn_span *spans = memcpy(to, c->spans, c->n_spans * sizeof(*spans));
	to += c->n_spans * sizeof(*spans);
	spans[c->n_spans - 1].len = plan->last_len;
	for (uint32_t i = 0; i < c->n_spans; i++) {
		if (spans[i].len)
			memcpy(to, spans[i].bytes, spans[i].len);
		spans[i].bytes = to;
		to += spans[i].len;
	}
	c->spans = spans;
}

struct rn_event *rn_flat_copy(void *to, const struct rn_event *ev, const struct rn_flat_plan *plan)
{
	struct rn_event *copy = to;
	*copy = *ev;
	if (ev->kind == RN_EV_CALL)
		copy_call((uint8_t *)(copy + 1), &copy->call, plan);
	else
		copy_fields((uint8_t *)(copy + 1), copy, plan->field_cap);
	return copy;
}
