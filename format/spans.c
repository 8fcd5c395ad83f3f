/* SPDX-License-Identifier: MIT */
/* A span's address is mostly the argument itself, so it is written as the difference to it. A
 * content that was met before in the block is written as how many contents back it was. */
#include "format/spans.h"

#include "format/limits.h"

#include <stdlib.h>

/* Shorter contents cost less than pointing back to them. */
#define MIN_SHARED_BYTES 4

enum { WHAT_PHASE = 8, WHAT_FAULT = 16, WHAT_STRING = 32 };

int rn_spans_encoder_init(struct rn_spans_encoder *e)
{
	*e = (struct rn_spans_encoder){ 0 };
	e->known = calloc(RN_CONTENT_SLOTS, sizeof(*e->known));
	return e->known ? 0 : RN_E_NOMEM;
}

static void each_column(struct rn_spans_encoder *e, void (*f)(struct rn_planes *))
{
	f(&e->count);
	f(&e->what);
	f(&e->addr);
	f(&e->len);
	f(&e->missing);
	f(&e->same);
}

void rn_spans_encoder_fini(struct rn_spans_encoder *e)
{
	each_column(e, rn_planes_fini);
	rn_buffer_fini(&e->contents);
	free(e->known);
	*e = (struct rn_spans_encoder){ 0 };
}

void rn_spans_encoder_clear(struct rn_spans_encoder *e)
{
	each_column(e, rn_planes_clear);
	rn_buffer_clear(&e->contents);
	memset(e->known, 0, RN_CONTENT_SLOTS * sizeof(*e->known));
	e->n_contents = 0;
}

/* Word-wise multiply and fold; contents are hashed on the recording path. */
static uint64_t hash_of(const uint8_t *p, size_t len)
{
	uint64_t h = len * 0x9E3779B97F4A7C15u, v = 0;
	for (; len >= 8; p += 8, len -= 8) {
		memcpy(&v, p, 8);
		h = (h ^ v) * 0xFF51AFD7ED558CCDu;
		h ^= h >> 32;
	}
	v = 0;
	memcpy(&v, p, len);
	h = (h ^ v) * 0xC4CEB9FE1A85EC53u;
	return h ^ h >> 29;
}

static bool equal(const struct rn_spans_encoder *e, const struct rn_content *k, uint64_t hash,
	const struct rn_span *s)
{
	return k->id && k->hash == hash && k->len == s->len &&
		memcmp(e->contents.p + k->at, s->bytes, s->len) == 0;
}

/* 0: a new content, appended; else how many contents back the equal one is. */
static uint32_t put_content(struct rn_spans_encoder *e, const struct rn_span *s)
{
	if (s->len == 0)
		return 0;
	struct rn_content *k = NULL;
	if (s->len >= MIN_SHARED_BYTES) {
		uint64_t hash = hash_of(s->bytes, s->len);
		k = &e->known[hash % RN_CONTENT_SLOTS];
		if (equal(e, k, hash, s))
			return e->n_contents + 1 - k->id;
		*k = (struct rn_content){ hash, (uint32_t)e->contents.len, s->len,
			e->n_contents + 1 };
	}
	rn_put_bytes(&e->contents, s->bytes, s->len);
	e->n_contents++;
	return 0;
}

void rn_spans_put(struct rn_spans_encoder *e, const struct rn_call *call)
{
	rn_planes_put(&e->count, call->n_spans);
	for (uint32_t i = 0; i < call->n_spans; i++) {
		const struct rn_span *s = &call->spans[i];
		unsigned what = (s->arg & 7u) | (s->phase ? WHAT_PHASE : 0) |
			(s->fault ? WHAT_FAULT : 0) | (s->string ? WHAT_STRING : 0);
		uint64_t base = s->arg < 6 ? call->args[s->arg] : 0;
		rn_planes_put(&e->what, what);
		rn_planes_put(&e->addr, rn_zigzag_encode((int64_t)(s->addr - base)));
		rn_planes_put(&e->len, s->len);
		rn_planes_put(&e->missing, rn_zigzag_encode((int64_t)s->wanted - s->len));
		rn_planes_put(&e->same, put_content(e, s));
	}
}

size_t rn_spans_bytes(const struct rn_spans_encoder *e)
{
	return e->what.n ? rn_planes_bytes(&e->count) + rn_planes_bytes(&e->what) +
		rn_planes_bytes(&e->addr) + rn_planes_bytes(&e->len) +
		rn_planes_bytes(&e->missing) + rn_planes_bytes(&e->same) + e->contents.len : 0;
}

void rn_spans_encode(struct rn_buffer *out, const struct rn_spans_encoder *e)
{
	if (!e->what.n)
		return;
	rn_planes_encode(out, &e->count);
	rn_put_varint(out, e->what.n);
	rn_planes_encode(out, &e->what);
	rn_planes_encode(out, &e->addr);
	rn_planes_encode(out, &e->len);
	rn_planes_encode(out, &e->missing);
	rn_planes_encode(out, &e->same);
	rn_put_bytes(out, e->contents.p, e->contents.len);
	if (!rn_buffer_ok(&e->contents))
		out->failed = true;
}

/* first[] from the counts; the sum must be what the section says. */
static bool take_counts(uint32_t *first, struct rn_cursor *c, uint64_t *count, uint32_t n,
	uint64_t *total)
{
	rn_planes_decode(c, count, n);
	*total = rn_take_varint(c);
	uint64_t sum = 0;
	for (uint32_t i = 0; i < n; i++) {
		first[i] = (uint32_t)sum;
		if (count[i] > RN_MAX_SPANS)
			c->bad = true;
		sum += count[i];
		if (sum > RN_MAX_BLOCK_SPANS)
			c->bad = true;
		if (c->bad)
			return false;
	}
	first[n] = (uint32_t)sum;
	return sum == *total && rn_cursor_ok(c);
}

static uint64_t *take_column(struct rn_cursor *c, uint32_t n, struct rn_arena *arena)
{
	uint64_t *out = rn_arena_alloc(arena, n, sizeof(*out));
	if (out)
		rn_planes_decode(c, out, n);
	return out;
}

/* The content of span s: new bytes, or those of an earlier content. */
static bool take_content(struct rn_span *s, uint64_t back, struct rn_cursor *c,
	struct rn_bytes *contents, uint32_t *n_contents)
{
	if (back > *n_contents)
		return false;
	if (back) {
		struct rn_bytes b = contents[*n_contents - back];
		s->bytes = b.p;
		return b.len == s->len;
	}
	struct rn_bytes b = rn_take_bytes(c, s->len);
	s->bytes = b.p;
	if (s->len)
		contents[(*n_contents)++] = b;
	return rn_cursor_ok(c);
}

int rn_spans_decode(struct rn_spans_decoded *out, struct rn_bytes raw, uint32_t n_calls,
	const uint64_t (*args)[6], struct rn_arena *arena, struct rn_error *err)
{
	struct rn_cursor c = rn_cursor_of(raw.p, raw.len);
	uint32_t *first = rn_arena_alloc(arena, n_calls + 1, sizeof(*first));
	uint64_t *count = rn_arena_alloc(arena, n_calls, sizeof(*count));
	if (!first || !count)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	uint64_t total;
	if (!take_counts(first, &c, count, n_calls, &total))
		return rn_fail(err, RN_E_CORRUPT, "its counts make no sense");
	uint32_t n = (uint32_t)total;
	uint64_t *what = take_column(&c, n, arena), *addr = take_column(&c, n, arena);
	uint64_t *len = take_column(&c, n, arena), *missing = take_column(&c, n, arena);
	uint64_t *same = take_column(&c, n, arena);
	struct rn_span *spans = rn_arena_zalloc(arena, n, sizeof(*spans));
	struct rn_bytes *contents = rn_arena_alloc(arena, n, sizeof(*contents));
	if (!what || !addr || !len || !missing || !same || !spans || !contents)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	uint32_t n_contents = 0;
	for (uint32_t k = 0, i = 0; k < n_calls; k++)
		for (; i < first[k + 1]; i++) {
			struct rn_span *s = &spans[i];
			s->arg = what[i] & 7;
			s->phase = (what[i] & WHAT_PHASE) != 0;
			s->fault = (what[i] & WHAT_FAULT) != 0;
			s->string = (what[i] & WHAT_STRING) != 0;
			s->addr = (s->arg < 6 ? args[k][s->arg] : 0) +
				(uint64_t)rn_zigzag_decode(addr[i]);
			s->len = (uint32_t)len[i];
			s->wanted = (uint32_t)((int64_t)s->len + rn_zigzag_decode(missing[i]));
			if (len[i] > RN_MAX_EVENT_BYTES ||
				!take_content(s, same[i], &c, contents, &n_contents))
				return rn_fail(err, RN_E_CORRUPT, "span %u makes no sense", i);
		}
	*out = (struct rn_spans_decoded){ first, spans };
	return 0;
}
