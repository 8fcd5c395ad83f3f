/* SPDX-License-Identifier: MIT */
/**
 * block - one block in memory on the reading side; sections are unpacked when asked for.
 */
#ifndef RN_FORMAT_BLOCK_H
#define RN_FORMAT_BLOCK_H

#include "format/args.h"
#include "format/damage.h"
#include "format/input.h"
#include "format/meta.h"
#include "format/regs.h"
#include "format/spans.h"
#include "format/stack.h"

struct ZSTD_DCtx_s;

enum rn_section_state { RN_SECTION_UNREAD, RN_SECTION_READY, RN_SECTION_MISSING };

struct rn_block {
	struct rn_block_info info;   /* n_meta is 0 when meta is damaged */
	struct rn_buffer frame;      /* its directory, which info borrows */
	struct rn_buffer disk;       /* the sections as they are on disk, or the first of them; */
	const struct rn_input *in;   /* where the others are read when they are asked for, or NULL; */
	uint64_t held_bytes;         /* there are so many bytes of them: fewer when the block is cut */
	struct rn_arena arena;       /* everything unpacked */
	struct ZSTD_DCtx_s *z;
	struct rn_damage_log *log;
	enum rn_section_state state[RN_SECTIONS];
	struct rn_core_decoded core;
	struct rn_meta_decoded meta;
	const uint64_t (*args)[6];
	struct rn_regs_decoded regs;
	struct rn_stack_decoded *stack;
	struct rn_spans_decoded spans;
};

/** Readies b for a block whose frame (directory), disk, in and held_bytes the caller has filled in:
 *  b's info is decoded, core is unpacked, and meta where want has RN_WANT(META). log: the reader's, outlives the block's use.
 *  RN_E_CORRUPT when the core cannot be had (then it is in the log), RN_E_NOMEM. */
int rn_block_begin(struct rn_block *b, uint64_t offset, unsigned want, struct rn_damage_log *log,
	struct rn_error *err);

#endif
