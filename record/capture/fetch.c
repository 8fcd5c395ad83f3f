/* SPDX-License-Identifier: MIT */
/* Ranges, the event's budget of spans and bytes, and strings, whose length is only seen when they were read. */
#include "record/capture/fetch.h"

#include <string.h>

void rn_fetch_give_back(struct rn_capture *c, const struct rn_span *s, uint32_t reserved)
{
	if (s->bytes + reserved == c->bytes + c->n_bytes)
		c->n_bytes -= reserved - s->len;
}

struct rn_pending *rn_fetch_range(struct rn_capturer *k, struct rn_span *span, uint64_t addr,
	uint8_t *into, uint32_t wanted)
{
	unsigned i = k->n_ranges++;
	k->range[i] = (struct rn_range){ .addr = addr, .into = into, .wanted = wanted };
	k->pending[i] = (struct rn_pending){ .span = span };
	return &k->pending[i];
}

static bool has_room(struct rn_fetch *w, uint32_t spans, uint32_t bytes)
{
	return w->k->n_ranges - w->k->level_begin < RN_MEMORY_BATCH &&
		w->c->n_spans + spans <= RN_CAPTURE_SPANS &&
		w->c->n_bytes + bytes <= RN_CAPTURE_BYTES;
}

struct rn_pending *rn_fetch_want(struct rn_fetch *w, uint64_t addr, uint64_t wanted, uint32_t cap)
{
	static struct rn_pending nobody; /* written, never read */
	struct rn_capture *c = w->c;
	if (cap > w->k->piece_bytes)
		cap = w->k->piece_bytes;
	uint32_t len = wanted < cap ? (uint32_t)wanted : cap;
	if (!addr || !wanted)
		return &nobody;
	if (!has_room(w, 1, len)) {
		c->truncated = true;
		return &nobody;
	}
	struct rn_span *s = &c->spans[c->n_spans++];
	*s = (struct rn_span){
		.addr = addr,
		.wanted = wanted < UINT32_MAX ? (uint32_t)wanted : UINT32_MAX,
		.arg = (uint8_t)w->arg,
		.phase = (uint8_t)w->phase,
		.bytes = c->bytes + c->n_bytes,
	};
	c->n_bytes += len;
	return rn_fetch_range(w->k, s, addr, c->bytes + c->n_bytes - len, len);
}

/* Most strings are short: the rest of a long one costs a second batch. */
#define STRING_BEGIN 256u

void rn_fetch_string(struct rn_fetch *w, uint64_t addr, uint32_t cap)
{
	struct rn_pending *p = rn_fetch_want(w, addr, cap, cap < STRING_BEGIN ? cap : STRING_BEGIN);
	p->step = RN_STEP_STRING;
	p->left = cap;
	if (p->span)
		p->span->string = 1;
}

/* The end of the string lies behind what was read: moves it to where all of it has room. */
static void read_string_on(struct rn_fetch *w, struct rn_span *s, uint32_t cap)
{
	if (!has_room(w, 0, cap)) {
		w->c->truncated = true;
		return;
	}
	uint8_t *to = w->c->bytes + w->c->n_bytes;
	memcpy(to, s->bytes, s->len);
	s->bytes = to;
	w->c->n_bytes += cap;
	struct rn_pending *p = rn_fetch_range(w->k, s, s->addr + s->len, to + s->len, cap - s->len);
	p->step = RN_STEP_STRING;
	p->left = cap;
	p->aux = s->len; /* there already */
}

void rn_step_string(struct rn_fetch *w, const struct rn_pending *p)
{
	struct rn_span *s = p->span;
	uint32_t had = (uint32_t)p->aux, reserved = had ? p->left : s->len;
	const uint8_t *nul = s->len > had ? memchr(s->bytes + had, 0, s->len - had) : NULL;
	if (nul) {
		s->len = s->wanted = (uint32_t)(nul + 1 - s->bytes);
		s->fault = 0;
		rn_fetch_give_back(w->c, s, reserved);
		return;
	}
	s->wanted = s->len + 1;
	if (!s->fault && s->len < p->left)
		read_string_on(w, s, p->left);
}

uint64_t rn_fetch_word(const struct rn_fetch *w, const uint8_t *p)
{
	uint64_t v = 0;
	memcpy(&v, p, w->pointer_bytes);
	return v;
}
