/* SPDX-License-Identifier: MIT */
#include "format/limits.h"
#include "format/stack.h"

#include <stdlib.h>

#define MIN_LOG2_WORDS 7
#define MAX_LOG2_WORDS 15
#define IMAGES_BYTES ((size_t)4 << 20)

void rn_stack_encoder_fini(struct rn_stack_encoder *e)
{
	rn_planes_fini(&e->len);
	rn_planes_fini(&e->wanted);
	rn_planes_fini(&e->addr);
	rn_planes_fini(&e->runs);
	rn_buffer_fini(&e->skips);
	rn_buffer_fini(&e->counts);
	rn_buffer_fini(&e->codes);
	rn_buffer_fini(&e->tails);
	rn_words_encoder_fini(&e->words);
	for (unsigned i = 0; i < RN_STACK_IMAGES; i++)
		free(e->image[i].latest);
	*e = (struct rn_stack_encoder){ .n_stacks = 0 };
}

void rn_stack_encoder_clear(struct rn_stack_encoder *e)
{
	rn_planes_clear(&e->len);
	rn_planes_clear(&e->wanted);
	rn_planes_clear(&e->addr);
	rn_planes_clear(&e->runs);
	rn_buffer_clear(&e->skips);
	rn_buffer_clear(&e->counts);
	rn_buffer_clear(&e->codes);
	rn_buffer_clear(&e->tails);
	rn_words_encoder_clear(&e->words);
	for (unsigned i = 0; i < RN_STACK_IMAGES; i++) {
		struct rn_stack_image *m = &e->image[i];
		m->last_addr = 0;
		if (m->touched)
			memset(m->latest, 0, (size_t)24 << e->log2_words);
		m->touched = false;
	}
	e->n_stacks = 0;
	e->stack_bytes = 0;
	e->failed = false;
}

/* Images hold twice the snapshots seen so far, so that what lies deeper is remembered when the
 * stack shrinks. Their size may change between blocks only. */
static void size_images(struct rn_stack_encoder *e, const struct rn_call *c)
{
	uint32_t most = c->stack_len > c->stack_wanted ? c->stack_len : c->stack_wanted;
	unsigned log2 = e->log2_words ? e->log2_words : MIN_LOG2_WORDS;
	while (log2 < MAX_LOG2_WORDS && ((uint64_t)8 << log2) < 2 * (uint64_t)most)
		log2++;
	if (log2 == e->log2_words)
		return;
	for (unsigned i = 0; i < RN_STACK_IMAGES; i++) {
		free(e->image[i].latest);
		e->image[i] = (struct rn_stack_image){ .latest = NULL };
	}
	size_t fit = IMAGES_BYTES / ((size_t)24 << log2);
	e->n_images = fit < RN_STACK_IMAGES ? (uint32_t)fit : RN_STACK_IMAGES;
	e->log2_words = log2;
}

static struct rn_stack_image *image_of(struct rn_stack_encoder *e, uint32_t thread)
{
	struct rn_stack_image *m = &e->image[thread % e->n_images];
	size_t n = (size_t)1 << e->log2_words;
	if (!m->latest) {
		m->latest = calloc(3 * n, sizeof(*m->latest));
		if (!m->latest) {
			e->failed = true;
			return NULL;
		}
		m->second = m->latest + n;
		m->third = m->second + n;
	}
	m->touched = true;
	return m;
}

static uint64_t word(const uint8_t *p, uint32_t k)
{
	uint64_t w;
	memcpy(&w, p + 8 * (size_t)k, 8);
	return w;
}

/* The first of words k..n-1 that differs from the image, or n. Cheap: most never differ. */
static uint32_t find_change(const struct rn_stack_image *m, const uint8_t *p, uint64_t first,
	uint32_t k, uint32_t n, uint64_t mask)
{
	while (k < n) {
		uint64_t at = (first + k) & mask;
		uint64_t run = mask + 1 - at < n - k ? mask + 1 - at : n - k;
		const uint64_t *img = m->latest + at;
		uint64_t i = 0;
		for (; i + 4 <= run; i += 4)
			if ((img[i] ^ word(p, k + (uint32_t)i)) |
				(img[i + 1] ^ word(p, k + (uint32_t)i + 1)) |
				(img[i + 2] ^ word(p, k + (uint32_t)i + 2)) |
				(img[i + 3] ^ word(p, k + (uint32_t)i + 3)))
				break;
		for (; i < run; i++)
			if (img[i] != word(p, k + (uint32_t)i))
				return k + (uint32_t)i;
		k += (uint32_t)run;
	}
	return n;
}

static void put_word(struct rn_stack_encoder *e, struct rn_stack_image *m, uint64_t at, uint64_t w,
	uint64_t addr)
{
	uint8_t code = w == m->latest[at] ? RN_WORD_LATEST :
		w == m->second[at] ? RN_WORD_SECOND :
		w == m->third[at] ? RN_WORD_THIRD :
		rn_words_put(&e->words, w, addr, m->latest[at]);
	rn_put_u8(&e->codes, code);
	if (code == RN_WORD_LATEST)
		return;
	if (code != RN_WORD_SECOND)
		m->third[at] = m->second[at];
	m->second[at] = m->latest[at];
	m->latest[at] = w;
}

/* The run that begins at k; a single equal word does not end it. Returns its end. */
static uint32_t put_run(struct rn_stack_encoder *e, struct rn_stack_image *m, const uint8_t *p,
	uint64_t first, uint32_t k, uint32_t n, uint64_t mask)
{
	for (; k < n; k++) {
		uint64_t at = (first + k) & mask;
		uint64_t w = word(p, k);
		if (w == m->latest[at] &&
			(k + 1 >= n || word(p, k + 1) == m->latest[(first + k + 1) & mask]))
			break;
		put_word(e, m, at, w, (first + k) * 8);
	}
	return k;
}

static uint32_t put_runs(struct rn_stack_encoder *e, struct rn_stack_image *m,
	const struct rn_call *c)
{
	uint64_t mask = ((uint64_t)1 << e->log2_words) - 1, first = c->stack_addr / 8;
	uint32_t n = c->stack_len / 8, k = 0, runs = 0;
	e->words.last = 0;
	for (;;) {
		uint32_t start = find_change(m, c->stack, first, k, n, mask);
		if (start == n)
			return runs;
		uint32_t end = put_run(e, m, c->stack, first, start, n, mask);
		rn_put_varint(&e->skips, start - k);
		rn_put_varint(&e->counts, end - start);
		runs++;
		k = end;
	}
}

/* Where the stack pointer says it is, else where the thread's last snapshot was. */
static uint64_t guess_addr(const struct rn_call *c, const struct rn_stack_image *m)
{
	int sp = c->regs ? rn_regs_sp_slot(c->n_regs) : -1;
	return sp >= 0 ? c->regs[sp] & ~(uint64_t)7 : m->last_addr;
}

void rn_stack_put(struct rn_stack_encoder *e, const struct rn_call *c, uint32_t thread)
{
	bool none = !c->stack_len && !c->stack_wanted;
	uint64_t addr = c->stack_addr;
	uint32_t runs = 0;
	if (!e->n_stacks)
		size_images(e, c);
	if (!none) {
		struct rn_stack_image *m = image_of(e, thread);
		if (!m)
			return;
		addr -= guess_addr(c, m);
		m->last_addr = c->stack_addr;
		runs = put_runs(e, m, c);
	}
	rn_planes_put(&e->len, c->stack_len);
	rn_planes_put(&e->wanted, rn_zigzag_encode((int64_t)c->stack_wanted - c->stack_len));
	rn_planes_put(&e->addr, rn_zigzag_encode((int64_t)addr));
	rn_planes_put(&e->runs, runs);
	if (c->stack_len & 7)
		rn_put_bytes(&e->tails, c->stack + (c->stack_len & ~7u), c->stack_len & 7);
	e->n_stacks += !none || addr;
	e->stack_bytes += c->stack_len;
}

size_t rn_stack_bytes(const struct rn_stack_encoder *e)
{
	if (!e->n_stacks)
		return 0;
	return 32 + rn_planes_bytes(&e->len) + rn_planes_bytes(&e->wanted) +
		rn_planes_bytes(&e->addr) + rn_planes_bytes(&e->runs) + e->skips.len +
		e->counts.len + e->codes.len + e->tails.len + rn_words_bytes(&e->words);
}

static void put_stream(struct rn_buffer *out, const struct rn_buffer *b)
{
	rn_put_string(out, rn_buffer_bytes(b));
	if (!rn_buffer_ok(b))
		out->failed = true;
}

void rn_stack_encode(struct rn_buffer *out, const struct rn_stack_encoder *e)
{
	if (e->failed)
		out->failed = true;
	if (!e->n_stacks)
		return;
	rn_put_varint(out, e->log2_words);
	rn_put_varint(out, e->n_images);
	rn_planes_encode(out, &e->len);
	rn_planes_encode(out, &e->wanted);
	rn_planes_encode(out, &e->addr);
	rn_planes_encode(out, &e->runs);
	put_stream(out, &e->skips);
	put_stream(out, &e->counts);
	put_stream(out, &e->codes);
	put_stream(out, &e->tails);
	rn_words_encode(out, &e->words);
}
