/* SPDX-License-Identifier: MIT */
/**
 * regs - the section of registers at entry.
 *
 * Most of a row follows from the call itself (arguments, number) or from the same thread's last
 * call from the same place in the code. docs/format.md, "Section regs": change both.
 */
#ifndef RN_FORMAT_REGS_H
#define RN_FORMAT_REGS_H

#include "format/core.h"
#include "format/words.h"

#define RN_REGS_CAP 64 /* slots a row may have; more than any machine's */

struct rn_regs_history;

struct rn_regs_encoder {
	struct rn_planes has;     /* by call: 1 when it has a row */
	struct rn_planes pc;      /* by row: index into pcs */
	struct rn_dict pcs;
	struct rn_buffer code[RN_REGS_CAP];
	uint64_t needed;          /* slots with a code other than 0 */
	struct rn_words_encoder words;
	struct rn_regs_history *history;
	uint32_t n_regs;          /* of the trace; 0 until the first row */
	uint32_t n_rows;
};

int rn_regs_encoder_init(struct rn_regs_encoder *e);
void rn_regs_encoder_fini(struct rn_regs_encoder *e);
void rn_regs_encoder_clear(struct rn_regs_encoder *e);
/** c->regs may be NULL; else c->n_regs is e->n_regs. */
void rn_regs_put(struct rn_regs_encoder *e, const struct rn_call *c, uint32_t thread);
size_t rn_regs_bytes(const struct rn_regs_encoder *e);
void rn_regs_encode(struct rn_buffer *out, const struct rn_regs_encoder *e);

struct rn_regs_decoded {
	uint32_t n_regs;
	const uint64_t *const *row; /* by call; NULL: none */
};

int rn_regs_decode(struct rn_regs_decoded *out, struct rn_bytes raw,
	const struct rn_core_decoded *core, const uint64_t (*args)[6], struct rn_arena *arena,
	struct rn_error *err);

/** The slot of the stack pointer in rows of that many registers, -1 when they are of no machine we
 *  know. */
int rn_regs_sp_slot(uint32_t n_regs);

#endif
