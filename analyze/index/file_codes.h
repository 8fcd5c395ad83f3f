/* SPDX-License-Identifier: MIT */
/**
 * file_codes - of each call of a block the number of its file facts, in few bits.
 *
 * A block has its own numbers, by order of appearance. Calls that name a path have one new to the block
 * or any of those that such calls have had: an even choice, as a rule. Calls of descriptors alone have one of those that their
 * process used last: its rank among them, the last one first. What a call opened goes first, what was closed
 * behind all that is open. Calls that are about no file cost nothing.
 * Pieces: head (how many numbers, widths; each number's difference to the one before); of each thread that is
 * met which of the block's processes it is of; codes of paths and codes of descriptors, each with their low
 * bytes apart from the higher ones; and what had no rank.
 */
#ifndef RN_ANALYZE_INDEX_FILE_CODES_H
#define RN_ANALYZE_INDEX_FILE_CODES_H

#include "analyze/idmap.h"
#include "analyze/index/facts.h"
#include "analyze/model.h"

enum rn_file_piece {
	RN_FILES_HEAD, RN_FILES_PROCESSES, RN_FILES_PATHS, RN_FILES_PATHS_HIGH, RN_FILES_FDS,
	RN_FILES_FDS_HIGH, RN_FILES_FAR,
	RN_FILE_PIECES
};

struct rn_recent {
	uint32_t *item;    /* first those not closed since, then the others; of each the last one used first */
	uint32_t n, cap, open;
};

struct rn_file_coder {
	uint8_t *class_of;          /* by abi and number; 0: not known yet */
	struct rn_idmap by_utid, by_process; /* to recent */
	struct rn_recent *recent;
	uint32_t n, cap;            /* processes of the block; with memory */
	uint32_t last_utid;
	struct rn_recent *last;
	struct rn_intern *texts;    /* what calls open, what descriptors lead to */
	uint32_t *partner, cap_partners; /* by text: the own number of a descriptor's; 0: none */
	uint32_t *opens;            /* by own number - 1: the text's + 1; 0: none */
	uint32_t *rank;             /* the same: its rank among those of paths + 1; 0: none */
	uint32_t *of_path, n_of_path; /* by that rank: the own number */
	uint32_t *code, *local, cap_calls; /* scratch, by call, as the three above */
};

void rn_file_coder_fini(struct rn_file_coder *c); /* of one that is all zeros, too */

/** own: by call 1 + the number of its facts among the block's, by order of appearance; 0: none. facts: by that
 *  number. Clears and writes all pieces but the head, which needs *widths. 0 or RN_E_NOMEM. */
int rn_files_encode(struct rn_file_coder *c, const struct rn_core *core, const uint32_t *own,
	const struct rn_file_facts *facts, const struct rn_model *m, struct rn_buffer piece[RN_FILE_PIECES],
	unsigned *widths);
/** number: those of the index, by the block's own less one. */
void rn_files_put_head(struct rn_buffer *head, const uint32_t *number, uint32_t n, unsigned widths);
/** Fills files[core->n] with numbers of the index, whose facts there are `most` of; 0: none. False: these are no
 *  such pieces, or memory ran out. */
bool rn_files_decode(struct rn_file_coder *c, const struct rn_core *core,
	const struct rn_bytes piece[RN_FILE_PIECES], const struct rn_file_facts *facts, uint32_t most,
	uint32_t *files);

#endif
