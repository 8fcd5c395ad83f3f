/* SPDX-License-Identifier: MIT */
/* Opening walks all codes once to find where every snapshot's parts begin and that all fits
 * together. Making a snapshot then needs only those of the same image before it; each is kept, so
 * that any order of questions costs the same. */
#include "format/limits.h"
#include "format/stack.h"

#define MAX_LOG2_WORDS 20

/* A call's place in the streams. */
struct place {
	uint32_t skip, count, code, tail;
	uint32_t class_at[RN_WORD_CLASSES];
	uint32_t next;           /* call of the same image; 0: none */
	const uint8_t *made;     /* the snapshot, once made */
};

struct image {
	uint64_t *latest, *second, *third;
	uint32_t next;           /* the call to make next, + 1; 0: none */
};

struct rn_stack_decoded {
	uint32_t n;
	unsigned log2_words;
	uint32_t n_images;
	uint64_t *len, *wanted, *addr, *runs;
	struct rn_bytes skips, counts, codes, tails;
	struct rn_words_decoder words; /* at the streams' beginnings */
	struct place *place;
	const uint32_t *thread;
	struct image image[RN_STACK_IMAGES];
	struct rn_arena *arena;
};

static bool is_none(const struct rn_stack_decoded *s, uint32_t k)
{
	return !s->len[k] && !s->wanted[k];
}

static int take_columns(struct rn_stack_decoded *s, struct rn_cursor *c, struct rn_arena *arena)
{
	uint64_t log2 = rn_take_varint(c), n_images = rn_take_varint(c);
	if (log2 > MAX_LOG2_WORDS || n_images == 0 || n_images > RN_STACK_IMAGES)
		c->bad = true;
	s->log2_words = (unsigned)log2;
	s->n_images = (uint32_t)n_images;
	uint64_t **column[] = { &s->len, &s->wanted, &s->addr, &s->runs };
	for (unsigned i = 0; i < 4; i++) {
		*column[i] = rn_arena_alloc(arena, s->n, sizeof(uint64_t));
		if (!*column[i])
			return RN_E_NOMEM;
		rn_planes_decode(c, *column[i], s->n);
	}
	struct rn_bytes *stream[] = { &s->skips, &s->counts, &s->codes, &s->tails };
	for (unsigned i = 0; i < 4; i++)
		*stream[i] = rn_take_string(c, rn_cursor_left(c));
	return 0;
}

/* Differences become values; false for lengths no snapshot has. */
static bool restore_numbers(struct rn_stack_decoded *s, const struct rn_regs_decoded *regs)
{
	uint64_t last[RN_STACK_IMAGES] = { 0 }, total = 0;
	int sp = regs->row ? rn_regs_sp_slot(regs->n_regs) : -1;
	for (uint32_t k = 0; k < s->n; k++) {
		total += s->len[k];
		if (s->len[k] > RN_MAX_STACK_BYTES || total > RN_MAX_BLOCK_STACK_BYTES)
			return false;
		s->wanted[k] = (uint32_t)(s->len[k] + (uint64_t)rn_zigzag_decode(s->wanted[k]));
		s->addr[k] = (uint64_t)rn_zigzag_decode(s->addr[k]);
		if (is_none(s, k))
			continue;
		uint64_t *before = &last[s->thread[k] % s->n_images];
		s->addr[k] += sp >= 0 && regs->row[k] ? regs->row[k][sp] & ~(uint64_t)7 : *before;
		*before = s->addr[k];
	}
	return true;
}

struct walk {
	struct rn_cursor skips, counts, codes;
	uint64_t tail, class_at[RN_WORD_CLASSES];
};

/* Walks over call k's parts: runs inside its words, codes inside their stream. */
static bool place_call(struct rn_stack_decoded *s, struct walk *w, uint32_t k, bool *bad)
{
	struct place *p = &s->place[k];
	*p = (struct place){
		.skip = (uint32_t)(w->skips.p - s->skips.p),
		.count = (uint32_t)(w->counts.p - s->counts.p),
		.code = (uint32_t)(w->codes.p - s->codes.p),
		.tail = (uint32_t)w->tail,
	};
	for (unsigned i = 0; i < RN_WORD_CLASSES; i++)
		p->class_at[i] = (uint32_t)w->class_at[i];
	uint64_t words = s->len[k] / 8, at = 0, n_codes = 0;
	if (s->runs[k] > words)
		return false;
	for (uint64_t r = 0; r < s->runs[k]; r++) {
		uint64_t skip = rn_take_varint(&w->skips), count = rn_take_varint(&w->counts);
		if (skip > words - at || count > words - at - skip)
			return false;
		at += skip + count;
		n_codes += count;
	}
	uint64_t counts[RN_WORD_CODES] = { 0 };
	struct rn_bytes codes = rn_take_bytes(&w->codes, n_codes);
	rn_words_count(counts, codes.p, codes.len, bad);
	for (unsigned i = 0; i < RN_WORD_CLASSES; i++)
		w->class_at[i] += counts[RN_WORD_SMALL + i];
	w->tail += s->len[k] & 7;
	return !*bad && !counts[RN_WORD_OTHER] && w->tail <= s->tails.len &&
		rn_cursor_ok(&w->skips) && rn_cursor_ok(&w->counts) && rn_cursor_ok(&w->codes);
}

static bool place_all(struct rn_stack_decoded *s, struct rn_cursor *c)
{
	struct walk w = {
		.skips = rn_cursor_of(s->skips.p, s->skips.len),
		.counts = rn_cursor_of(s->counts.p, s->counts.len),
		.codes = rn_cursor_of(s->codes.p, s->codes.len),
	};
	bool bad = false;
	for (uint32_t k = 0; k < s->n; k++)
		if (!place_call(s, &w, k, &bad))
			return false;
	uint64_t counts[RN_WORD_CODES] = { 0 };
	for (unsigned i = 0; i < RN_WORD_CLASSES; i++)
		counts[RN_WORD_SMALL + i] = w.class_at[i];
	rn_words_open(&s->words, c, counts);
	return rn_cursor_ok(c);
}

/* The calls of each image as a list in file order. */
static void chain_images(struct rn_stack_decoded *s)
{
	uint32_t newest[RN_STACK_IMAGES] = { 0 };
	for (uint32_t k = 0; k < s->n; k++) {
		if (is_none(s, k))
			continue;
		uint32_t i = s->thread[k] % s->n_images;
		if (newest[i])
			s->place[newest[i] - 1].next = k + 1;
		else
			s->image[i].next = k + 1;
		newest[i] = k + 1;
	}
}

int rn_stack_open(struct rn_stack_decoded **out, struct rn_bytes raw,
	const struct rn_core_decoded *core, const struct rn_regs_decoded *regs,
	struct rn_arena *arena, struct rn_error *err)
{
	struct rn_stack_decoded *s = rn_arena_zalloc(arena, 1, sizeof(*s));
	struct place *place = rn_arena_alloc(arena, core->core.n, sizeof(*place));
	if (!s || !place)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	s->n = core->core.n;
	s->thread = core->thread;
	s->place = place;
	s->arena = arena;
	struct rn_cursor c = rn_cursor_of(raw.p, raw.len);
	if (take_columns(s, &c, arena))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rn_cursor_ok(&c) || !restore_numbers(s, regs))
		return rn_fail(err, RN_E_CORRUPT, "its columns make no sense");
	if (!place_all(s, &c))
		return rn_fail(err, RN_E_CORRUPT, "its runs make no sense");
	chain_images(s);
	*out = s;
	return 0;
}

static bool have_image(struct rn_stack_decoded *s, struct image *m)
{
	size_t n = (size_t)1 << s->log2_words;
	if (m->latest)
		return true;
	m->latest = rn_arena_zalloc(s->arena, 3 * n, sizeof(*m->latest));
	if (!m->latest)
		return false;
	m->second = m->latest + n;
	m->third = m->second + n;
	return true;
}

static uint64_t take_word(struct rn_words_decoder *words, struct image *m, uint64_t at,
	uint8_t code, uint64_t addr)
{
	uint64_t latest = m->latest[at];
	if (code == RN_WORD_LATEST)
		return latest;
	uint64_t w = code == RN_WORD_SECOND ? m->second[at] :
		code == RN_WORD_THIRD ? m->third[at] :
		rn_words_take(words, code, addr, latest);
	if (w == latest)
		return w;
	if (w != m->second[at])
		m->third[at] = m->second[at];
	m->second[at] = latest;
	m->latest[at] = w;
	return w;
}

static void copy_words(uint8_t *to, const struct image *m, uint64_t first, uint64_t n, uint64_t mask)
{
	while (n) {
		uint64_t at = first & mask;
		uint64_t run = mask + 1 - at < n ? mask + 1 - at : n;
		memcpy(to, m->latest + at, run * 8);
		to += run * 8;
		first += run;
		n -= run;
	}
}

/* What open has checked cannot fail here: only memory can. */
static int make(struct rn_stack_decoded *s, struct image *m, uint32_t k)
{
	struct place *p = &s->place[k];
	uint8_t *to = rn_arena_alloc(s->arena, s->len[k] + 1, 1);
	if (!to || !have_image(s, m))
		return RN_E_NOMEM;
	struct rn_cursor skips = rn_cursor_of(s->skips.p + p->skip, s->skips.len - p->skip);
	struct rn_cursor counts = rn_cursor_of(s->counts.p + p->count, s->counts.len - p->count);
	const uint8_t *code = s->codes.p + p->code;
	struct rn_words_decoder words = s->words;
	for (unsigned i = 0; i < RN_WORD_CLASSES; i++)
		rn_words_seek(&words, i, p->class_at[i]);
	uint64_t mask = ((uint64_t)1 << s->log2_words) - 1, first = s->addr[k] / 8, at = 0;
	for (uint64_t r = 0; r < s->runs[k]; r++) {
		uint64_t skip = rn_take_varint(&skips);
		copy_words(to + at * 8, m, first + at, skip, mask);
		at += skip;
		for (uint64_t end = at + rn_take_varint(&counts); at < end; at++) {
			uint64_t w = take_word(&words, m, (first + at) & mask, *code++,
				(first + at) * 8);
			memcpy(to + at * 8, &w, 8);
		}
	}
	copy_words(to + at * 8, m, first + at, s->len[k] / 8 - at, mask);
	memcpy(to + (s->len[k] & ~(uint64_t)7), s->tails.p + p->tail, s->len[k] & 7);
	p->made = to;
	return 0;
}

int rn_stack_get(struct rn_stack_decoded *s, uint32_t k, struct rn_call *c, struct rn_error *err)
{
	c->stack_len = (uint32_t)s->len[k];
	c->stack_wanted = (uint32_t)s->wanted[k];
	c->stack_addr = s->addr[k];
	if (!c->stack_len)
		return 0;
	struct image *m = &s->image[s->thread[k] % s->n_images];
	while (!s->place[k].made) {
		uint32_t i = m->next - 1;
		if (make(s, m, i))
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		m->next = s->place[i].next;
	}
	c->stack = s->place[k].made;
	return 0;
}
