/* SPDX-License-Identifier: MIT */
/* Bytes become events; the events are written twice and must give the same bytes, then read back
 * and must be the same events. */
#include "format/reader.h"
#include "fuzz/events.h"
#include "tests/format/sample.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_events(struct sample *s, struct rn_cursor *c)
{
	s->event = rn_arena_zalloc(&s->arena, FUZZ_EVENTS_MAX, sizeof(*s->event));
	while (s->n < FUZZ_EVENTS_MAX && rn_cursor_left(c))
		fuzz_take_event(&s->event[s->n++], c, &s->arena);
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
