/* SPDX-License-Identifier: MIT */
/* A call's arguments resemble those of the same thread's last calls with the same number. The table
 * of these is indexed by a hash without a check: a collision guesses badly, on both sides alike, and
 * costs nothing else. The reference of an argument is the one before it: buffers and their ends. */
#include "format/args.h"

#include <stdlib.h>
#include <string.h>

static inline struct rn_cell *context(struct rn_args_history *h, uint32_t thread, uint32_t nr)
{
	uint32_t i = (thread * 61 + nr) % RN_ARGS_CONTEXTS;
	if (!(h->has[i / 64] >> i % 64 & 1)) {
		h->has[i / 64] |= (uint64_t)1 << i % 64;
		memset(h->cell[i], 0, sizeof(h->cell[i]));
	}
	return h->cell[i];
}

int rn_args_encoder_init(struct rn_args_encoder *e)
{
	*e = (struct rn_args_encoder){ .history = calloc(1, sizeof(*e->history)) };
	return e->history ? 0 : RN_E_NOMEM;
}

void rn_args_encoder_fini(struct rn_args_encoder *e)
{
	for (unsigned a = 0; a < 6; a++)
		rn_buffer_fini(&e->code[a]);
	rn_words_encoder_fini(&e->words);
	free(e->history);
	*e = (struct rn_args_encoder){ .history = NULL };
}

void rn_args_encoder_clear(struct rn_args_encoder *e)
{
	for (unsigned a = 0; a < 6; a++) {
		rn_buffer_clear(&e->code[a]);
		e->needed[a] = false;
	}
	rn_words_encoder_clear(&e->words);
	memset(e->history->has, 0, sizeof(e->history->has));
}

void rn_args_put(struct rn_args_encoder *e, const uint64_t args[6], uint32_t thread, uint32_t nr)
{
	struct rn_cell *cell = context(e->history, thread, nr);
	for (unsigned a = 0; a < 6; a++, cell++) {
		uint64_t w = args[a];
		uint8_t code = w == cell->latest ? RN_WORD_LATEST :
			w == cell->second ? RN_WORD_SECOND :
			w == cell->third ? RN_WORD_THIRD :
			rn_words_put(&e->words, w, a ? args[a - 1] : 0, cell->latest);
		rn_put_u8(&e->code[a], code);
		if (code != RN_WORD_LATEST) {
			e->needed[a] = true;
			rn_cell_learn(cell, w);
		}
	}
}

size_t rn_args_bytes(const struct rn_args_encoder *e)
{
	size_t bytes = 1 + rn_words_bytes(&e->words);
	for (unsigned a = 0; a < 6; a++)
		bytes += e->needed[a] ? e->code[a].len : 0;
	return bytes;
}

void rn_args_encode(struct rn_buffer *out, const struct rn_args_encoder *e)
{
	uint64_t mask = 0;
	for (unsigned a = 0; a < 6; a++)
		mask |= (uint64_t)e->needed[a] << a;
	rn_put_varint(out, mask);
	for (unsigned a = 0; a < 6; a++) {
		if (e->needed[a])
			rn_put_bytes(out, e->code[a].p, e->code[a].len);
		if (!rn_buffer_ok(&e->code[a]))
			out->failed = true;
	}
	rn_words_encode(out, &e->words);
}

/* A column without codes has latest values only: the one context's pointer then reads zeros. */
static bool open_columns(const uint8_t *code[6], struct rn_words_decoder *words,
	struct rn_cursor *c, uint32_t n)
{
	uint64_t counts[RN_WORD_CODES] = { 0 };
	uint64_t mask = rn_take_varint(c);
	bool bad = mask >> 6 != 0;
	for (unsigned a = 0; a < 6; a++) {
		code[a] = NULL;
		if (!(mask >> a & 1))
			continue;
		struct rn_bytes b = rn_take_bytes(c, n);
		code[a] = b.p;
		rn_words_count(counts, b.p, b.len, &bad);
	}
	rn_words_open(words, c, counts);
	return !bad && !counts[RN_WORD_OTHER] && rn_cursor_ok(c);
}

int rn_args_decode(const uint64_t (**out)[6], struct rn_bytes raw,
	const struct rn_core_decoded *core, struct rn_arena *arena, struct rn_error *err)
{
	uint32_t n = core->core.n;
	uint64_t(*args)[6] = rn_arena_alloc(arena, n, sizeof(*args));
	struct rn_args_history *h = rn_arena_alloc(arena, 1, sizeof(*h));
	if (!args || !h)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	struct rn_cursor c = rn_cursor_of(raw.p, raw.len);
	struct rn_words_decoder words;
	const uint8_t *codes[6];
	memset(h->has, 0, sizeof(h->has));
	if (!open_columns(codes, &words, &c, n))
		return rn_fail(err, RN_E_CORRUPT, "its columns make no sense");
	for (uint32_t i = 0; i < n; i++) {
		struct rn_cell *cell = context(h, core->thread[i], core->nr_index[i]);
		for (unsigned a = 0; a < 6; a++, cell++) {
			uint8_t code = codes[a] ? codes[a][i] : RN_WORD_LATEST;
			uint64_t w = code == RN_WORD_LATEST ? cell->latest :
				code == RN_WORD_SECOND ? cell->second :
				code == RN_WORD_THIRD ? cell->third :
				rn_words_take(&words, code, a ? args[i][a - 1] : 0, cell->latest);
			rn_cell_learn(cell, w);
			args[i][a] = w;
		}
	}
	*out = (const uint64_t(*)[6])args;
	return 0;
}
