/* SPDX-License-Identifier: MIT */
/**
 * spans - the section data: pieces of the tracee's memory, equal contents once per block.
 *
 * docs/format.md, "Section data": change both.
 */
#ifndef RN_FORMAT_SPANS_H
#define RN_FORMAT_SPANS_H

#include "format/core.h"

#define RN_CONTENT_SLOTS 4096

/* Where an earlier content of the block lies in the contents; id 0 is an empty slot. */
struct rn_content {
	uint64_t hash;
	uint32_t at, len, id;
};

struct rn_spans_encoder {
	struct rn_planes count;                    /* by call */
	struct rn_planes what, addr, len, missing, same; /* by span */
	struct rn_buffer contents;
	struct rn_content *known;                  /* RN_CONTENT_SLOTS */
	uint32_t n_contents;
};

int rn_spans_encoder_init(struct rn_spans_encoder *e);
void rn_spans_encoder_fini(struct rn_spans_encoder *e);
void rn_spans_encoder_clear(struct rn_spans_encoder *e);
void rn_spans_put(struct rn_spans_encoder *e, const struct rn_call *call);
size_t rn_spans_bytes(const struct rn_spans_encoder *e);
void rn_spans_encode(struct rn_buffer *out, const struct rn_spans_encoder *e);

struct rn_spans_decoded {
	const uint32_t *first; /* by call, n + 1 of them: its spans are first[k] .. first[k + 1] - 1 */
	const struct rn_span *span;
};

/** Spans borrow raw. args: of the block, as rn_args_decode gives them. */
int rn_spans_decode(struct rn_spans_decoded *out, struct rn_bytes raw, uint32_t n_calls,
	const uint64_t (*args)[6], struct rn_arena *arena, struct rn_error *err);

#endif
