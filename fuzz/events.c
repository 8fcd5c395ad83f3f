/* SPDX-License-Identifier: MIT */
#include "fuzz/events.h"

enum { IS_META = 1, HAS_REGS = 2, HAS_STACK = 4 };

/* None to eight bytes, chosen by a byte: small and large numbers are alike common. */
static uint64_t take_number(struct rn_cursor *c)
{
	unsigned n = rn_take_u8(c);
	return rn_take_le(c, n % 9 < rn_cursor_left(c) ? n % 9 : (unsigned)rn_cursor_left(c));
}

static void put_number(struct rn_buffer *out, uint64_t v)
{
	unsigned n = 0;
	while (n < 8 && v >> (8 * n))
		n++;
	rn_put_u8(out, (uint8_t)n);
	rn_put_le(out, v, n);
}

struct rn_bytes fuzz_take_text(struct rn_cursor *c, size_t cap)
{
	uint64_t n = take_number(c) % (cap + 1);
	return rn_take_bytes(c, n < rn_cursor_left(c) ? n : rn_cursor_left(c));
}

void fuzz_put_text(struct rn_buffer *out, struct rn_bytes text, size_t cap)
{
	size_t n = text.len < cap ? text.len : cap;
	put_number(out, n);
	rn_put_bytes(out, text.p, n);
}

static void take_spans(struct rn_call *call, struct rn_cursor *c, struct rn_arena *a)
{
	uint32_t n = rn_take_u8(c) % 16;
	struct rn_span *s = rn_arena_zalloc(a, n + 1, sizeof(*s));
	for (uint32_t i = 0; i < n; i++) {
		struct rn_bytes b = fuzz_take_text(c, FUZZ_SPAN_BYTES);
		unsigned bits = rn_take_u8(c);
		s[i] = (struct rn_span){ .addr = take_number(c), .wanted = (uint32_t)take_number(c),
			.len = (uint32_t)b.len, .bytes = b.p, .arg = bits & 7,
			.phase = bits >> 3 & 1, .fault = bits >> 4 & 1, .string = bits >> 5 & 1 };
	}
	call->n_spans = n;
	call->spans = n ? s : NULL;
}

static void put_spans(struct rn_buffer *out, const struct rn_call *call)
{
	uint32_t n = call->n_spans < 15 ? call->n_spans : 15;
	rn_put_u8(out, (uint8_t)n);
	for (const struct rn_span *s = call->spans; n; n--, s++) {
		fuzz_put_text(out, rn_bytes_of(s->bytes, s->len), FUZZ_SPAN_BYTES);
		rn_put_u8(out, (uint8_t)((s->arg & 7) | s->phase << 3 | s->fault << 4 | s->string << 5));
		put_number(out, s->addr);
		put_number(out, s->wanted);
	}
}

static void take_call(struct rn_event *ev, struct rn_cursor *c, struct rn_arena *a, unsigned bits)
{
	struct rn_call *call = &ev->call;
	call->abi = rn_take_u8(c) % 5;
	call->nr = (uint32_t)take_number(c);
	call->ret = (int64_t)take_number(c);
	call->dur_ns = take_number(c) >> 1;
	call->flags = (uint16_t)take_number(c);
	for (unsigned i = 0; i < 6; i++)
		call->args[i] = take_number(c);
	take_spans(call, c, a);
	if (bits & HAS_REGS) {
		uint64_t *regs = rn_arena_zalloc(a, RN_REGS_X86_64, sizeof(*regs));
		for (uint64_t left = take_number(c) % (RN_REGS_X86_64 + 1); left; left--)
			regs[rn_take_u8(c) % RN_REGS_X86_64] = take_number(c);
		call->regs = regs;
		call->n_regs = RN_REGS_X86_64;
	}
	if (bits & HAS_STACK) {
		struct rn_bytes b = fuzz_take_text(c, FUZZ_STACK_BYTES);
		call->stack = b.len ? b.p : NULL;
		call->stack_len = (uint32_t)b.len;
		call->stack_wanted = (uint32_t)take_number(c);
		call->stack_addr = take_number(c) & ~(uint64_t)7;
	}
}

static void put_call(struct rn_buffer *out, const struct rn_call *call)
{
	rn_put_u8(out, call->abi);
	put_number(out, call->nr);
	put_number(out, (uint64_t)call->ret);
	put_number(out, call->dur_ns << 1);
	put_number(out, call->flags);
	for (unsigned i = 0; i < 6; i++)
		put_number(out, call->args[i]);
	put_spans(out, call);
	if (call->regs) {
		put_number(out, RN_REGS_X86_64);
		for (unsigned i = 0; i < RN_REGS_X86_64; i++) {
			rn_put_u8(out, (uint8_t)i);
			put_number(out, call->regs[i]);
		}
	}
	if (call->stack_len) {
		fuzz_put_text(out, rn_bytes_of(call->stack, call->stack_len), FUZZ_STACK_BYTES);
		put_number(out, call->stack_wanted);
		put_number(out, call->stack_addr);
	}
}

static void take_meta(struct rn_event *ev, struct rn_cursor *c)
{
	ev->kind = (enum rn_event_kind)(1 + rn_take_u8(c) % 13);
	switch ((unsigned)ev->kind) {
#define U(f) e->f = take_number(c);
#define I(f) e->f = (int64_t)take_number(c);
#define B(f) e->f = fuzz_take_text(c, FUZZ_TEXT_BYTES);
#define EVENT(KIND, n, name, fields) \
	case n: { \
		struct rn_ev_##KIND *e = &ev->KIND; \
		fields \
		break; \
	}
#include "format/events.def"
#undef EVENT
#undef U
#undef I
#undef B
	}
}

static void put_meta(struct rn_buffer *out, const struct rn_event *ev)
{
	rn_put_u8(out, (uint8_t)(ev->kind - 1));
	switch ((unsigned)ev->kind) {
#define U(f) put_number(out, e->f);
#define I(f) put_number(out, (uint64_t)e->f);
#define B(f) fuzz_put_text(out, e->f, FUZZ_TEXT_BYTES);
#define EVENT(KIND, n, name, fields) \
	case n: { \
		const struct rn_ev_##KIND *e = &ev->KIND; \
		fields \
		break; \
	}
#include "format/events.def"
#undef EVENT
#undef U
#undef I
#undef B
	}
}

void fuzz_take_event(struct rn_event *ev, struct rn_cursor *c, struct rn_arena *a)
{
	unsigned bits = rn_take_u8(c);
	*ev = (struct rn_event){ .utid = (uint32_t)take_number(c) };
	ev->ts_ns = take_number(c) >> 1;
	if (bits & IS_META)
		take_meta(ev, c);
	else
		take_call(ev, c, a, bits);
}

void fuzz_put_event(struct rn_buffer *out, const struct rn_event *ev)
{
	bool call = ev->kind == RN_EV_CALL;
	rn_put_u8(out, (uint8_t)(!call ? IS_META : (ev->call.regs ? HAS_REGS : 0) |
		(ev->call.stack_len ? HAS_STACK : 0)));
	put_number(out, ev->utid);
	put_number(out, ev->ts_ns << 1);
	if (call)
		put_call(out, &ev->call);
	else
		put_meta(out, ev);
}
