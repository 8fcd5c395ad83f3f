/* SPDX-License-Identifier: MIT */
/**
 * words - 64-bit values coded against what stood in the same place before.
 *
 * Registers, arguments and stack slots hold few different values each, over and over. A cell keeps
 * the last three of a place; a value found there is one code byte. Others are written in the
 * shortest class that fits, each class in a stream of its own.
 * docs/format.md, "Words": change both.
 */
#ifndef RN_FORMAT_WORDS_H
#define RN_FORMAT_WORDS_H

#include "shared/buffer.h"
#include "shared/cursor.h"

enum rn_word_code {
	RN_WORD_LATEST = 0, RN_WORD_SECOND = 1, RN_WORD_THIRD = 2, /* of the cell */
	RN_WORD_OTHER = 3,     /* the other guess, where the section has one */
	RN_WORD_SMALL = 4,     /* 16 bits */
	RN_WORD_NEAR_REF = 5,  /* zigzag of 16 bits: difference to the reference */
	RN_WORD_NEAR_CELL = 6, /* to the cell's latest */
	RN_WORD_NEAR_LAST = 7, /* to the last word of the section coded 7 or above */
	RN_WORD_4 = 8, RN_WORD_6 = 9, RN_WORD_8 = 10, /* that many low bytes, the rest zero */
	RN_WORD_CODES
};
#define RN_WORD_CLASSES (RN_WORD_CODES - RN_WORD_SMALL)

struct rn_cell {
	uint64_t latest, second, third;
};

static inline void rn_cell_learn(struct rn_cell *c, uint64_t w)
{
	if (w == c->latest)
		return;
	if (w != c->second)
		c->third = c->second;
	c->second = c->latest;
	c->latest = w;
}

struct rn_words_encoder {
	struct rn_buffer stream[RN_WORD_CLASSES];
	uint64_t last;
};

void rn_words_encoder_fini(struct rn_words_encoder *e);
void rn_words_encoder_clear(struct rn_words_encoder *e);
size_t rn_words_bytes(const struct rn_words_encoder *e);
/** The code of a value that no guess gave; its bytes go to a stream. */
uint8_t rn_words_put(struct rn_words_encoder *e, uint64_t w, uint64_t ref, uint64_t latest);
/** The streams, behind the codes of the section. */
void rn_words_encode(struct rn_buffer *out, const struct rn_words_encoder *e);

struct rn_words_decoder {
	const uint8_t *at[RN_WORD_CLASSES], *end[RN_WORD_CLASSES];
	uint64_t last;
};

/** Adds the codes of a run of bytes to counts, which begin as zeros; codes above 10 set *bad. */
void rn_words_count(uint64_t counts[RN_WORD_CODES], const uint8_t *code, size_t n, bool *bad);
/** Streams as long as the counts say, from the cursor; on failure it turns bad. */
void rn_words_open(struct rn_words_decoder *d, struct rn_cursor *c,
	const uint64_t counts[RN_WORD_CODES]);
/** Moves class i to its n-th value. */
void rn_words_seek(struct rn_words_decoder *d, unsigned i, uint64_t n);
/** A value of a class (code 4 or above). Streams that were counted cannot run out. */
uint64_t rn_words_take(struct rn_words_decoder *d, uint8_t code, uint64_t ref, uint64_t latest);

#endif
