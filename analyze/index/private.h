/* SPDX-License-Identifier: MIT */
/**
 * private - what the files of this folder share.
 */
#ifndef RN_ANALYZE_INDEX_PRIVATE_H
#define RN_ANALYZE_INDEX_PRIVATE_H

#include "analyze/index/columns.h"
#include "analyze/index/counts.h"
#include "analyze/index/index.h"
#include "analyze/index/pages.h"
#include "analyze/index/survey.h"
#include "shared/arena.h"

#include <sqlite3.h>

struct ZSTD_DCtx_s;

/* Numbers of the table meta: one checksum is over all of them. */
#define RN_INDEX_NUMBERS(X) \
	X(blocks) X(files) X(file_pages) X(file_crc) X(agg_pages) X(agg_crc) X(orphan_crc) X(histogram_crc) X(slowest) \
	X(slowest_crc) X(use_pages) X(use_crc) X(has_uses) X(event_pages) X(event_crc) X(has_events) X(has_maps) X(damaged) X(lost) X(sound)
enum rn_index_number {
#define X(name) RN_IX_##name,
	RN_INDEX_NUMBERS(X)
#undef X
	RN_INDEX_N_NUMBERS
};
extern const char *const rn_index_number_names[RN_INDEX_N_NUMBERS];

struct rn_index {
	sqlite3 *db;
	char *path;              /* NULL: in memory */
	struct rn_reader *reader;
	size_t n_blocks;         /* of the trace that it knows */
	size_t surveyed, unwound;
	int64_t number[RN_INDEX_N_NUMBERS];
	bool has_facts, no_facts; /* they were read; they are not to be had */
	struct rn_file_facts *facts;
	uint32_t n_facts;
	struct rn_arena text;
	size_t at;               /* block whose files are in `files`; SIZE_MAX: none */
	uint32_t *files, files_cap;
	struct rn_file_coder coder;
	struct rn_buffer room;
	struct ZSTD_DCtx_s *z;
	sqlite3_stmt *block;     /* one of them */
};

/** The text of the schema, as SQLite keeps it: statements in order of name, newlines between. */
void rn_index_schema(struct rn_buffer *out, const char *between);

/** Fills an empty database with the index of a trace. keep: an index of its first blocks, whose rows are
 *  taken over as far as buckets are whole; may be NULL. *surveyed: blocks that were looked into. */
int rn_index_build(sqlite3 *db, struct rn_reader *r, const struct rn_model *model, struct rn_index *keep,
	struct rn_diag *diag, size_t *surveyed, struct rn_error *err);

/** Takes db over. False: it is no index of this trace, or of more than it. *grown: the trace has more blocks. */
bool rn_index_adopt(struct rn_index *x, sqlite3 *db, struct rn_reader *r, bool *grown);
/** All checksums but those of pages are right. */
bool rn_index_is_intact(struct rn_index *x);
bool rn_index_histograms_are_right(struct rn_index *x);
/** Whether some call of it has registers and a stack. */
bool rn_trace_has_stacks(const struct rn_reader *r);
/** It knows all blocks of the trace, and nothing of them was damaged. */
bool rn_index_is_complete(const struct rn_index *x);

bool rn_index_load_facts(struct rn_index *x);
/** Every row of block has the right checksum. */
bool rn_index_blocks_are_right(struct rn_index *x);
sqlite3_stmt *rn_index_prepare(sqlite3 *db, const char *sql);
/** A number of the table meta; -1: there is none. */
int64_t rn_index_meta(sqlite3 *db, const char *key);

/** Fills an empty database. */
typedef int rn_index_fill(void *arg, sqlite3 *db, struct rn_error *err);
/** Makes an index at `at` under another name and puts it there. trace: whose mode it gets. *out: what is there then.
 *  RN_END: this is no place for it. */
int rn_index_replace(struct rn_index **out, const char *at, const char *trace, struct rn_reader *r,
	rn_index_fill *fill, void *arg, struct rn_error *err);

/* Rows of agg: bucket, utid, abi, nr, errors, then counts. */
#define RN_AGG_COUNTS 5
#define RN_AGG_FIELDS (RN_AGG_COUNTS + RN_COUNTS)
extern const struct rn_columns_form rn_index_agg;
void rn_index_tally_of_row(struct rn_survey_key *key, struct rn_tally *t, const int64_t *row);
/** take NULL: only looks. */
int rn_index_each_tally(struct rn_index *x, rn_columns_take *take, void *arg, struct rn_error *err);

/* Rows of use: tail (as of histogram), number of the facts, abi, nr, first_ns, 1 + the error or 0, bytes, then counts. */
#define RN_USE_COUNTS 7
#define RN_USE_FIELDS (RN_USE_COUNTS + RN_COUNTS)
extern const struct rn_columns_form rn_index_use;
void rn_use_of_row(struct rn_use_key *key, struct rn_use *use, const int64_t *row);

#endif
