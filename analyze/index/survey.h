/* SPDX-License-Identifier: MIT */
/**
 * survey - what an index wants to know of one block, found out on any thread.
 */
#ifndef RN_ANALYZE_INDEX_SURVEY_H
#define RN_ANALYZE_INDEX_SURVEY_H

#include "analyze/analysis/groups.h"
#include "analyze/analysis/tally.h"
#include "analyze/index/facts.h"
#include "analyze/index/file_codes.h"
#include "analyze/index/uses.h"
#include "analyze/model/model.h"
#include "analyze/source/orphans.h"
#include "format/meta.h"

struct ZSTD_CCtx_s;

/* Key of a tally. */
struct rn_survey_key {
	uint32_t utid, abi, nr;
};

/* How many calls took less than 2^i ns, and at least half of that; 0: no time at all. */
#define RN_HISTOGRAM_BINS 65
struct rn_histogram {
	uint64_t calls[RN_HISTOGRAM_BINS];
};

#define RN_SURVEY_SLOTS 256

struct rn_survey {
	bool stacks; /* the trace has some; the caller's to set */
	int rc;                   /* 0, or why there is nothing */
	bool damaged;             /* something could not be read */
	const struct rn_core *core; /* of the block, until the next; NULL: damaged */
	uint32_t n_calls, cap;
	uint32_t *files;          /* by call: 1 + number of its key in keys; 0: none */
	struct rn_intern *keys;   /* packed facts */
	unsigned widths;          /* of the codes of files, */
	int64_t files_raw_bytes;  /* which are packed, but for the head */
	struct rn_buffer packed;
	struct rn_groups tallies; /* struct rn_tally by struct rn_survey_key */
	struct rn_groups histograms; /* struct rn_histogram by {abi, nr} */
	struct rn_block_uses uses; /* by own numbers */
	struct rn_meta_encoder events; /* those that say who is who and what lies where */
	struct rn_idmap others;   /* threads that other events of the block speak of, */
	uint32_t *other, n_others, cap_others; /* and the block itself */

	/* Private. */
	struct { const uint8_t *text; uint32_t file; } plain[RN_SURVEY_SLOTS]; /* of calls of one descriptor */
	struct { uint32_t nr; uint8_t abi, known, alone; } kind[RN_SURVEY_SLOTS];
	struct rn_buffer key, scratch, piece[RN_FILE_PIECES];
	struct rn_file_coder coder;
	struct rn_file_facts *facts; /* of the keys */
	uint32_t cap_facts;
	struct rn_arena text;
	struct ZSTD_CCtx_s *z;
	struct rn_block *block;
	struct { struct rn_survey_key key; uint32_t row; } slot[RN_SURVEY_SLOTS]; /* rows of tallies + 1 */
};

int rn_survey_init(struct rn_survey *s, struct rn_error *err);
void rn_survey_fini(struct rn_survey *s);
/** Surveys block i. The model is complete (RN_MODEL_FDS | RN_MODEL_CWD); both are only read. RN_E_NOMEM, RN_E_IO. */
int rn_survey_block(struct rn_survey *s, const struct rn_reader *r, size_t i, const struct rn_model *m,
	struct rn_orphans *orphans, struct rn_error *err);

/** Its events alone. */
int rn_survey_block_events(struct rn_survey *s, const struct rn_reader *r, size_t i, struct rn_error *err);

/** Whether an event is kept by the index: tasks, programs, names, folders, losses, the end; mappings where calls of the
 *  trace have stacks, which nobody else asks for. */
bool rn_survey_keeps(enum rn_event_kind kind, bool stacks);

#endif
