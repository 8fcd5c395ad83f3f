/* SPDX-License-Identifier: MIT */
/**
 * file_codes - of each call of a block the number of its file facts, in few bits.
 *
 * A block has its own numbers, by order of appearance. Calls that name a path have one new to the block
 * or any of those that such calls have had: an even choice, as a rule. Of calls of descriptors alone the file is
 * expected: what the process' last call of that descriptor was about; what was opened as it, by the text that leads
 * to; nothing once it is closed; of one the process has not used in this block, what another's last was about. Only
 * what comes otherwise takes more than a byte that is always the same. Calls that are about no file cost nothing.
 * Pieces: head (how many numbers, widths; each number's difference to the one before); of each thread that is
 * met which of the block's processes it is of; codes of paths, their low bytes apart from the higher ones; codes of
 * descriptors; and numbers that stand by themselves.
 */
#ifndef RN_ANALYZE_INDEX_FILE_CODES_H
#define RN_ANALYZE_INDEX_FILE_CODES_H

#include "analyze/index/facts.h"
#include "analyze/model/idmap.h"
#include "analyze/model/model.h"

enum rn_file_piece {
	RN_FILES_HEAD, RN_FILES_PROCESSES, RN_FILES_PATHS, RN_FILES_PATHS_HIGH, RN_FILES_FDS, RN_FILES_FAR,
	RN_FILE_PIECES
};

/* What calls of a descriptor are expected to be about: of it alone, of it among others. */
struct rn_expected {
	uint32_t alone, among;
};

#define RN_FILE_THREADS 64
struct rn_file_coder {
	uint16_t *class_of;         /* by abi and number; 0: not known yet */
	struct rn_idmap by_utid, by_process; /* to processes */
	struct { uint32_t utid, process; } last[RN_FILE_THREADS]; /* of some threads: their process' number + 1 */
	uint32_t n;                 /* processes of the block */
	struct rn_expected *fd, *any; /* by process and descriptor, some share a place; any: whatever process' last */
	bool new_expected;          /* what was opened is used by a number new to the block */
	struct rn_intern *texts;    /* what calls open, what descriptors lead to */
	uint32_t *partner, cap_partners; /* by text: the own number of a descriptor's; 0: none */
	uint32_t *opens;            /* by own number - 1: the text's + 1; 0: none */
	uint32_t *rank;             /* the same: its rank among those of paths + 1; 0: none */
	uint32_t *of_path, n_of_path; /* by that rank: the own number */
	uint32_t *code, *local, cap_calls; /* scratch, by call, as the three above */
};

void rn_file_coder_fini(struct rn_file_coder *c); /* of one that is all zeros, too */

/** own: by call 1 + the number of its facts among the block's, by order of appearance; 0: none. facts: by that
 *  number. args: of all calls; NULL: there are none. Clears and writes all pieces but the head, which needs
 *  *widths. 0 or RN_E_NOMEM. */
int rn_files_encode(struct rn_file_coder *c, const struct rn_core *core, const uint64_t (*args)[6],
	const uint32_t *own, const struct rn_file_facts *facts, const struct rn_model *m, struct rn_buffer piece[RN_FILE_PIECES],
	unsigned *widths);
/** number: those of the index, by the block's own less one. */
void rn_files_put_head(struct rn_buffer *head, const uint32_t *number, uint32_t n, unsigned widths);
/** Fills files[core->n] with numbers of the index, whose facts there are `most` of; 0: none. False: these are no
 *  such pieces, or memory ran out. */
bool rn_files_decode(struct rn_file_coder *c, const struct rn_core *core, const uint64_t (*args)[6],
	const struct rn_bytes piece[RN_FILE_PIECES], const struct rn_file_facts *facts, uint32_t most,
	uint32_t *files);

#endif
