/* SPDX-License-Identifier: MIT */
/**
 * stack - the section of stack snapshots.
 *
 * docs/format.md, "Section stack": change both.
 */
#ifndef RN_FORMAT_STACK_H
#define RN_FORMAT_STACK_H

#include "format/core.h"

struct rn_stack_encoder {
	struct rn_planes len, wanted, addr;
	struct rn_buffer bytes;
	uint64_t last_addr;
	uint32_t n_stacks;
};

int rn_stack_encoder_init(struct rn_stack_encoder *e);
void rn_stack_encoder_fini(struct rn_stack_encoder *e);
void rn_stack_encoder_clear(struct rn_stack_encoder *e);
void rn_stack_put(struct rn_stack_encoder *e, const struct rn_call *call, uint32_t thread);
size_t rn_stack_bytes(const struct rn_stack_encoder *e);
void rn_stack_encode(struct rn_buffer *out, const struct rn_stack_encoder *e);

struct rn_stack_decoded {
	uint64_t *len, *wanted, *addr;
	const uint8_t **bytes;
};

int rn_stack_open(struct rn_stack_decoded *out, struct rn_bytes raw,
	const struct rn_core_decoded *core, struct rn_arena *arena, struct rn_error *err);
/** Fills the stack fields of call k. */
int rn_stack_get(struct rn_stack_decoded *s, uint32_t k, struct rn_call *call,
	struct rn_error *err);

#endif
