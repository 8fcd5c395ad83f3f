/* SPDX-License-Identifier: MIT */
/**
 * args - the section of the six raw arguments, guessed from the last calls alike.
 *
 * docs/format.md, "Section args": change both.
 */
#ifndef RN_FORMAT_ARGS_H
#define RN_FORMAT_ARGS_H

#include "format/core.h"
#include "format/words.h"

#define RN_ARGS_CONTEXTS 1024

/* What calls had as arguments lately, by context; both sides keep the same. A context is zeroed when it is first asked
 * for: a block with few calls has few of them. */
struct rn_args_history {
	uint64_t has[RN_ARGS_CONTEXTS / 64];
	struct rn_cell cell[RN_ARGS_CONTEXTS][6];
};

struct rn_args_encoder {
	struct rn_buffer code[6];
	bool needed[6];           /* a code other than 0 was put */
	struct rn_words_encoder words;
	struct rn_args_history *history;
};

int rn_args_encoder_init(struct rn_args_encoder *e);
void rn_args_encoder_fini(struct rn_args_encoder *e);
void rn_args_encoder_clear(struct rn_args_encoder *e);
/** thread and nr are the block's indices. */
void rn_args_put(struct rn_args_encoder *e, const uint64_t args[6], uint32_t thread, uint32_t nr);
size_t rn_args_bytes(const struct rn_args_encoder *e);
void rn_args_encode(struct rn_buffer *out, const struct rn_args_encoder *e);

/** The arguments of all calls of the block, in the arena. 0, RN_E_CORRUPT, RN_E_NOMEM. */
int rn_args_decode(const uint64_t (**out)[6], struct rn_bytes raw,
	const struct rn_core_decoded *core, struct rn_arena *arena, struct rn_error *err);

#endif
