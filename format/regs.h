/* SPDX-License-Identifier: MIT */
/**
 * regs - the section of registers at entry, as differences to the same thread's last ones.
 *
 * docs/format.md, "Section regs": change both.
 */
#ifndef RN_FORMAT_REGS_H
#define RN_FORMAT_REGS_H

#include "format/core.h"

#define RN_REGS_CAP 64 /* slots a row may have; more than any machine's */
#define RN_REGS_CONTEXTS 256

struct rn_regs_history {
	uint64_t row[RN_REGS_CONTEXTS][RN_REGS_CAP];
};

struct rn_regs_encoder {
	struct rn_planes has;
	struct rn_buffer rows;
	struct rn_regs_history *history;
	uint32_t n_regs; /* of the trace; 0 until the first row */
	uint32_t n_rows;
};

int rn_regs_encoder_init(struct rn_regs_encoder *e);
void rn_regs_encoder_fini(struct rn_regs_encoder *e);
void rn_regs_encoder_clear(struct rn_regs_encoder *e);
/** regs may be NULL: none; else e->n_regs of them. */
void rn_regs_put(struct rn_regs_encoder *e, const uint64_t *regs, uint32_t thread);
size_t rn_regs_bytes(const struct rn_regs_encoder *e);
void rn_regs_encode(struct rn_buffer *out, const struct rn_regs_encoder *e);

struct rn_regs_decoded {
	uint32_t n_regs;
	const uint64_t *const *row; /* by call; NULL: none */
};

int rn_regs_decode(struct rn_regs_decoded *out, struct rn_bytes raw,
	const struct rn_core_decoded *core, struct rn_arena *arena, struct rn_error *err);

#endif
