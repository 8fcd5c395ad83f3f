/* SPDX-License-Identifier: MIT */
/**
 * stack - the section of stack snapshots, written as what changed in the thread's memory.
 *
 * Both sides keep, per thread, an image of its stack: the last three values of every word, by
 * address. A snapshot is coded as the runs of words that differ from the image, and becomes part of
 * it. Memory: 24 bytes per word and image, RN_STACK_IMAGES at most, whatever the number of threads.
 * docs/format.md, "Section stack": change both.
 */
#ifndef RN_FORMAT_STACK_H
#define RN_FORMAT_STACK_H

#include "format/core.h"
#include "format/regs.h"
#include "format/words.h"

#define RN_STACK_IMAGES 64

/* Word at address a: index (a / 8) mod the image's size. */
struct rn_stack_image {
	uint64_t *latest, *second, *third; /* one allocation */
	uint64_t last_addr;
	bool touched;
};

struct rn_stack_encoder {
	struct rn_planes len, wanted, addr, runs; /* by call */
	struct rn_buffer skips, counts, codes, tails;
	struct rn_words_encoder words;
	struct rn_stack_image image[RN_STACK_IMAGES];
	unsigned log2_words; /* of an image; 0: not yet known */
	uint32_t n_images;
	uint32_t n_stacks;
	uint64_t stack_bytes; /* of all snapshots of the block */
	bool failed;
};

void rn_stack_encoder_fini(struct rn_stack_encoder *e);
void rn_stack_encoder_clear(struct rn_stack_encoder *e);
void rn_stack_put(struct rn_stack_encoder *e, const struct rn_call *c, uint32_t thread);
size_t rn_stack_bytes(const struct rn_stack_encoder *e);
void rn_stack_encode(struct rn_buffer *out, const struct rn_stack_encoder *e);

struct rn_stack_decoded;

/** Checks the section and finds where each snapshot's parts are; snapshots are made when asked for.
 *  regs: of the block, or NULL rows. 0, RN_E_CORRUPT, RN_E_NOMEM. */
int rn_stack_open(struct rn_stack_decoded **out, struct rn_bytes raw,
	const struct rn_core_decoded *core, const struct rn_regs_decoded *regs,
	struct rn_arena *arena, struct rn_error *err);
/** Fills the stack fields of call k; its bytes live in the arena. Makes the snapshots of the same
 *  image up to k first, each once. RN_E_NOMEM. */
int rn_stack_get(struct rn_stack_decoded *s, uint32_t k, struct rn_call *c, struct rn_error *err);

#endif
