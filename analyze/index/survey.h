/* SPDX-License-Identifier: MIT */
/**
 * survey - what an index wants to know of one block, found out on any thread.
 */
#ifndef RN_ANALYZE_INDEX_SURVEY_H
#define RN_ANALYZE_INDEX_SURVEY_H

#include "analyze/analysis/groups.h"
#include "analyze/analysis/tally.h"
#include "analyze/model.h"
#include "analyze/orphans.h"
#include "shared/arena.h"
#include "shared/buffer.h"

/* Which files a call is about. Strings are borrowed from the key. */
struct rn_file_facts {
	bool has_path, has_fd_path, has_target;
	struct rn_bytes path, fd_path, target;
	struct rn_bytes more; /* each a length of 4 bytes and its text */
};

/* Key of a tally. */
struct rn_survey_key {
	uint32_t utid, abi, nr;
};

struct rn_survey {
	int rc;                   /* 0, or why there is nothing */
	bool damaged;             /* something could not be read */
	uint32_t n_calls, cap;
	uint32_t *order, n_order; /* rn_survey_order */
	uint32_t *files;          /* by call: 1 + number of its key in keys; 0: none */
	struct rn_intern *keys;   /* facts packed (rn_file_facts_unpack) */
	struct rn_groups tallies; /* struct rn_tally by struct rn_survey_key */
	struct rn_buffer key, scratch;
	struct rn_block *block;
};

int rn_survey_init(struct rn_survey *s, struct rn_error *err);
void rn_survey_fini(struct rn_survey *s);
/** Surveys block i. The model is complete (RN_MODEL_FDS | RN_MODEL_CWD); both are only read. RN_E_NOMEM, RN_E_IO. */
int rn_survey_block(struct rn_survey *s, const struct rn_reader *r, size_t i, const struct rn_model *m,
	struct rn_orphans *orphans, struct rn_error *err);

/** The calls that may be about a file, by their numbers: grouped, within a group as they come. Writes at most
 *  core->n indices to order; how many. */
uint32_t rn_survey_order(const struct rn_core *core, uint32_t *order);

/** Packs all but `more`, which is to follow as it is. */
void rn_file_facts_pack(struct rn_buffer *out, const struct rn_file_facts *f);
/** What borrows the bytes; a target that is put together lies in the arena. False: the bytes are no packed
 *  facts, or memory ran out. */
bool rn_file_facts_unpack(struct rn_file_facts *f, struct rn_bytes key, struct rn_arena *arena);
/** Takes one text off the front of `more`; false at its end. */
bool rn_file_facts_next(struct rn_bytes *more, struct rn_bytes *text);

#endif
