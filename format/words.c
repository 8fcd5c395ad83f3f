/* SPDX-License-Identifier: MIT */
#include "format/words.h"

static const uint8_t widths[RN_WORD_CLASSES] = { 2, 2, 2, 2, 4, 6, 8 };

void rn_words_encoder_fini(struct rn_words_encoder *e)
{
	for (unsigned i = 0; i < RN_WORD_CLASSES; i++)
		rn_buffer_fini(&e->stream[i]);
}

void rn_words_encoder_clear(struct rn_words_encoder *e)
{
	for (unsigned i = 0; i < RN_WORD_CLASSES; i++)
		rn_buffer_clear(&e->stream[i]);
	e->last = 0;
}

size_t rn_words_bytes(const struct rn_words_encoder *e)
{
	size_t bytes = 0;
	for (unsigned i = 0; i < RN_WORD_CLASSES; i++)
		bytes += e->stream[i].len;
	return bytes;
}

static bool is_near(uint64_t w, uint64_t to)
{
	return w - to + 0x8000 < 0x10000;
}

uint8_t rn_words_put(struct rn_words_encoder *e, uint64_t w, uint64_t ref, uint64_t latest)
{
	uint8_t code = w < 0x10000 ? RN_WORD_SMALL :
		is_near(w, ref) ? RN_WORD_NEAR_REF :
		is_near(w, latest) ? RN_WORD_NEAR_CELL :
		is_near(w, e->last) ? RN_WORD_NEAR_LAST :
		w >> 32 == 0 ? RN_WORD_4 :
		w >> 48 == 0 ? RN_WORD_6 : RN_WORD_8;
	uint64_t v = code == RN_WORD_NEAR_REF ? rn_zigzag_encode((int64_t)(w - ref)) :
		code == RN_WORD_NEAR_CELL ? rn_zigzag_encode((int64_t)(w - latest)) :
		code == RN_WORD_NEAR_LAST ? rn_zigzag_encode((int64_t)(w - e->last)) : w;
	if (code >= RN_WORD_NEAR_LAST)
		e->last = w;
	unsigned class = code - RN_WORD_SMALL;
	rn_put_le(&e->stream[class], v, widths[class]);
	return code;
}

void rn_words_encode(struct rn_buffer *out, const struct rn_words_encoder *e)
{
	for (unsigned i = 0; i < RN_WORD_CLASSES; i++) {
		rn_put_bytes(out, e->stream[i].p, e->stream[i].len);
		if (!rn_buffer_ok(&e->stream[i]))
			out->failed = true;
	}
}

void rn_words_count(uint64_t counts[RN_WORD_CODES], const uint8_t *code, size_t n, bool *bad)
{
	for (size_t i = 0; i < n; i++) {
		if (code[i] >= RN_WORD_CODES)
			*bad = true;
		else
			counts[code[i]]++;
	}
}

void rn_words_open(struct rn_words_decoder *d, struct rn_cursor *c,
	const uint64_t counts[RN_WORD_CODES])
{
	*d = (struct rn_words_decoder){ .last = 0 };
	for (unsigned i = 0; i < RN_WORD_CLASSES; i++) {
		struct rn_bytes b = rn_take_bytes(c, counts[RN_WORD_SMALL + i] * widths[i]);
		d->at[i] = b.p;
		d->end[i] = b.len ? b.p + b.len : b.p;
	}
}

void rn_words_seek(struct rn_words_decoder *d, unsigned i, uint64_t n)
{
	uint64_t left = (uint64_t)(d->end[i] - d->at[i]);
	d->at[i] += n * widths[i] < left ? n * widths[i] : left;
}

uint64_t rn_words_take(struct rn_words_decoder *d, uint8_t code, uint64_t ref, uint64_t latest)
{
	unsigned class = code - RN_WORD_SMALL;
	unsigned width = widths[class];
	if ((size_t)(d->end[class] - d->at[class]) < width)
		return 0;
	uint64_t v = 0;
	for (unsigned i = 0; i < width; i++)
		v |= (uint64_t)d->at[class][i] << (8 * i);
	d->at[class] += width;
	uint64_t w = code == RN_WORD_NEAR_REF ? ref + (uint64_t)rn_zigzag_decode(v) :
		code == RN_WORD_NEAR_CELL ? latest + (uint64_t)rn_zigzag_decode(v) :
		code == RN_WORD_NEAR_LAST ? d->last + (uint64_t)rn_zigzag_decode(v) : v;
	if (code >= RN_WORD_NEAR_LAST)
		d->last = w;
	return w;
}
