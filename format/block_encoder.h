/* SPDX-License-Identifier: MIT */
/**
 * block_encoder - gathers events and turns them into one self-contained block.
 *
 * Memory: the raw bytes of the block (columns) plus fixed histories of about 1 MiB, allocated once.
 */
#ifndef RN_FORMAT_BLOCK_ENCODER_H
#define RN_FORMAT_BLOCK_ENCODER_H

#include "format/args.h"
#include "format/directory.h"
#include "format/meta.h"
#include "format/regs.h"
#include "format/spans.h"
#include "format/stack.h"
#include "format/thread_table.h"

struct ZSTD_CCtx_s;

struct rn_block_encoder {
	struct rn_core_encoder core;
	struct rn_args_encoder args;
	struct rn_regs_encoder regs;
	struct rn_stack_encoder stack;
	struct rn_spans_encoder spans;
	struct rn_meta_encoder meta;
	struct rn_dict utids;         /* of calls and meta events */
	struct rn_buffer raw;         /* one section at a time */
	struct rn_buffer sections;    /* zstd frames of the block */
	uint64_t opened_ns;           /* completion time of the first event */
};

int rn_block_encoder_init(struct rn_block_encoder *b);
void rn_block_encoder_fini(struct rn_block_encoder *b);
/** Begins the next block. */
void rn_block_encoder_clear(struct rn_block_encoder *b);

/** 0, RN_E_ARG (an event against the contract of event.h), RN_E_NOMEM. */
int rn_block_encoder_put(struct rn_block_encoder *b, const struct rn_event *ev,
	struct rn_error *err);
uint32_t rn_block_encoder_events(const struct rn_block_encoder *b);
/** Raw bytes of all sections so far. */
size_t rn_block_encoder_bytes(const struct rn_block_encoder *b);
/** True when the next event might exceed what format/limits.h allows a block. */
bool rn_block_encoder_is_full(const struct rn_block_encoder *b);

/** Appends the block (directory frame, then sections) to out and fills *d as it was written. */
int rn_block_encoder_finish(struct rn_block_encoder *b, struct rn_buffer *out,
	struct rn_directory *d, struct ZSTD_CCtx_s *z, const struct rn_thread_table *threads,
	struct rn_error *err);

#endif
