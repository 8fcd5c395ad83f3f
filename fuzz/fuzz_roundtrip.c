/* SPDX-License-Identifier: MIT */
/* Bytes become events; the events are written twice and must give the same bytes, then read back
 * and must be the same events. */
#include "format/reader.h"
#include "shared/arena.h"
#include "shared/cursor.h"
#include "tests/format/sample.h"

#include <stdio.h>
#include <stdlib.h>

#define MAX_EVENTS 400

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* One to eight bytes, chosen by a byte: small and large numbers are alike common. */
static uint64_t number(struct rn_cursor *c)
{
	unsigned n = rn_take_u8(c);
	return rn_take_le(c, n % 9 < rn_cursor_left(c) ? n % 9 : (unsigned)rn_cursor_left(c));
}

static struct rn_bytes bytes(struct rn_cursor *c, size_t cap)
{
	uint64_t n = number(c) % (cap + 1);
	return rn_take_bytes(c, n < rn_cursor_left(c) ? n : rn_cursor_left(c));
}

static void make_spans(struct rn_call *call, struct rn_cursor *c, struct rn_arena *a)
{
	uint32_t n = rn_take_u8(c) % 4;
	struct rn_span *s = rn_arena_zalloc(a, n + 1, sizeof(*s));
	for (uint32_t i = 0; i < n; i++) {
		struct rn_bytes b = bytes(c, 64);
		unsigned bits = rn_take_u8(c);
		s[i] = (struct rn_span){ .addr = number(c), .wanted = (uint32_t)number(c),
			.len = (uint32_t)b.len, .bytes = b.p, .arg = bits & 7,
			.phase = bits >> 3 & 1, .fault = bits >> 4 & 1, .string = bits >> 5 & 1 };
	}
	call->n_spans = n;
	call->spans = n ? s : NULL;
}

static void make_call(struct rn_event *ev, struct rn_cursor *c, struct rn_arena *a, unsigned bits)
{
	struct rn_call *call = &ev->call;
	call->abi = rn_take_u8(c) % 5;
	call->nr = (uint32_t)number(c);
	call->ret = (int64_t)number(c);
	call->dur_ns = number(c) >> 1;
	call->flags = (uint16_t)number(c);
	for (unsigned i = 0; i < 6; i++)
		call->args[i] = number(c);
	make_spans(call, c, a);
	if (bits & 2) {
		uint64_t *regs = rn_arena_zalloc(a, RN_REGS_X86_64, sizeof(*regs));
		for (uint64_t left = number(c) % 27; left; left--)
			regs[rn_take_u8(c) % 27] = number(c);
		call->regs = regs;
		call->n_regs = RN_REGS_X86_64;
	}
	if (bits & 4) {
		struct rn_bytes b = bytes(c, 4096);
		call->stack = b.len ? b.p : NULL;
		call->stack_len = (uint32_t)b.len;
		call->stack_wanted = (uint32_t)number(c);
		call->stack_addr = number(c) & ~(uint64_t)7;
	}
}

static void make_meta(struct rn_event *ev, struct rn_cursor *c)
{
	ev->kind = (enum rn_event_kind)(1 + rn_take_u8(c) % 13);
	switch ((unsigned)ev->kind) {
#define U(f) e->f = number(c);
#define I(f) e->f = (int64_t)number(c);
#define B(f) e->f = bytes(c, 100);
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

static void make_events(struct sample *s, struct rn_cursor *c)
{
	s->event = rn_arena_zalloc(&s->arena, MAX_EVENTS, sizeof(*s->event));
	while (s->n < MAX_EVENTS && rn_cursor_left(c)) {
		struct rn_event *ev = &s->event[s->n++];
		unsigned bits = rn_take_u8(c);
		ev->utid = (uint32_t)number(c);
		ev->ts_ns = number(c) >> 1;
		if (bits & 1)
			make_meta(ev, c);
		else
			make_call(ev, c, &s->arena, bits);
	}
}

static void fail(const char *what, uint32_t i)
{
	fprintf(stderr, "fuzz_roundtrip: event %u: %s\n", i, what);
	abort();
}

static void compare(const struct sample *s, struct rn_bytes trace)
{
	struct rn_reader *r = NULL;
	struct rn_block *b = rn_block_new();
	struct rn_event ev;
	uint32_t i = 0;
	if (!b || rn_reader_open_bytes(&r, trace, NULL))
		fail("cannot be opened", 0);
	while (rn_reader_next(r, b, NULL) == 0)
		for (uint32_t k = 0; rn_block_event(b, k, RN_WANT_ALL, &ev, NULL) == 0; k++, i++) {
			const char *d = i < s->n ? event_difference(&s->event[i], &ev) : "too many";
			if (d)
				fail(d, i);
		}
	if (i != s->n || rn_reader_n_damage(r) || !rn_reader_complete(r))
		fail("is missing", i);
	rn_block_free(b);
	rn_reader_close(r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rn_cursor c = rn_cursor_of(data, size);
	struct rn_writer_options o = { .block_age_ns = UINT64_MAX };
	o.block_events = 1 + rn_take_u8(&c);
	struct sample s = { .n = 0 };
	make_events(&s, &c);
	struct rn_bytes once = sample_write(&s, &o), twice = sample_write(&s, &o);
	if (!rn_bytes_equal(once, twice))
		fail("other bytes the second time", 0);
	compare(&s, once);
	sample_free_bytes(once);
	sample_free_bytes(twice);
	sample_free(&s);
	return 0;
}
