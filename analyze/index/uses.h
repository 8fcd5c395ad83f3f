/* SPDX-License-Identifier: MIT */
/**
 * uses - what was done to each file, all calls of a trace counted: by the facts of files, call and error.
 *
 * The whole answer of `files`, `errors` and a summary by paths, in some thousand rows where programs use their
 * files again and again. Where nearly each call is about a file of its own there are none: that would be the
 * trace once more.
 */
#ifndef RN_ANALYZE_INDEX_USES_H
#define RN_ANALYZE_INDEX_USES_H

#include "analyze/analysis/groups.h"
#include "analyze/analysis/tally.h"

struct rn_use_key {
	uint32_t number;          /* of the facts, the index's or a block's own; 0: about no file */
	uint32_t abi, nr;
	uint32_t failed, error;   /* error: its number, where it failed */
};

struct rn_use {
	struct rn_tally tally;
	uint64_t bytes;           /* moved, rn_call_bytes */
	uint64_t first_ns;        /* when the first was entered */
};

#define RN_USE_SLOTS 1024
/* The uses of one block under way. */
struct rn_block_uses {
	struct rn_groups groups;  /* struct rn_use by struct rn_use_key */
	bool odd;                 /* some call cannot be summed up so */
	struct { struct rn_use_key key; uint32_t row; } slot[RN_USE_SLOTS]; /* row + 1 */
};

int rn_block_uses_init(struct rn_block_uses *u, struct rn_error *err);
void rn_block_uses_fini(struct rn_block_uses *u);
void rn_block_uses_clear(struct rn_block_uses *u);
/** Counts call k, about the facts of this number. RN_E_NOMEM. */
int rn_block_uses_add(struct rn_block_uses *u, const struct rn_core *core, uint32_t k, uint32_t number,
	struct rn_error *err);

void rn_use_merge(struct rn_use *into, const struct rn_use *from);

#endif
