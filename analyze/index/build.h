/* SPDX-License-Identifier: MIT */
/**
 * build - an index under construction: what the files that make its parts share.
 */
#ifndef RN_ANALYZE_INDEX_BUILD_H
#define RN_ANALYZE_INDEX_BUILD_H

#include "analyze/index/pages.h"
#include "analyze/index/private.h"

#define RN_SLOWEST_MAX 256

struct rn_slow_one {
	uint64_t dur_ns, order; /* order: rises from call to call of the trace */
	uint32_t block, k;
};

/* Uses of all buckets but two, of the one before that under way, of that. */
struct rn_making_uses {
	struct rn_groups all, tail[2]; /* struct rn_use by struct rn_use_key */
	bool none;                     /* they do not pay, or some call cannot be summed up */
	struct rn_columns_writer rows;
	int64_t pages;
	uint32_t crc;
};

struct rn_index_making {
	sqlite3 *db;
	struct rn_reader *reader;
	const struct rn_model *model;
	struct rn_orphans orphans;
	struct ZSTD_CCtx_s *z;
	struct rn_diag *diag;
	sqlite3_stmt *add_block;

	struct rn_intern *facts;      /* all of them; number - 1 */
	struct rn_facts_writer facts_writer;
	struct rn_pages_writer files;
	uint32_t written;             /* of the facts, in the table */
	uint32_t *numbers, cap;       /* of a block's own */
	struct rn_buffer head, blob;  /* of a block's files */

	struct rn_groups bucket;      /* tallies of the bucket under way */
	uint64_t bucket_calls;
	int64_t n_buckets;
	struct rn_columns_writer agg;
	struct rn_making_uses uses;
	uint32_t slowest_crc, orphan_crc, histogram_crc;
	struct rn_groups histograms, tail[2]; /* of all buckets but two, of the one before that under way, of that */
	struct rn_slow_one slowest[RN_SLOWEST_MAX + 1]; /* a heap: the first is the first to go */
	uint32_t n_slowest;

	struct rn_pages_writer events;
	struct rn_meta_encoder pending; /* events of the page under way */
	struct rn_idmap known;        /* threads told of by events kept */
	bool stacks; /* the trace has some */
	bool no_events;               /* others speak of threads that those do not: they are of no use */

	bool damaged;
	size_t sound;                 /* blocks before the first of which something could not be read */
};

int rn_index_fail(sqlite3 *db, struct rn_error *err);
/** Binds and steps: fields, then a blob and its checksum where crc is not negative. RN_E_NOMEM, RN_E_IO. */
int rn_index_insert(sqlite3_stmt *s, const int64_t *fields, int n, struct rn_bytes blob, int64_t crc,
	struct rn_error *err);

/* Parts that grow block by block. */
int rn_making_facts(struct rn_index_making *b, const struct rn_survey *s, struct rn_error *err);
int rn_making_write_facts(struct rn_index_making *b, bool last, struct rn_error *err);
/** block: which the survey was of. */
int rn_making_events(struct rn_index_making *b, const struct rn_survey *s, size_t block, struct rn_error *err);
/** Ends a page, of the blocks before `end`. */
int rn_making_flush_events(struct rn_index_making *b, size_t end, struct rn_error *err);
void rn_making_slowest(struct rn_index_making *b, const struct rn_survey *s, size_t block);
void rn_making_slow_one(struct rn_index_making *b, const struct rn_slow_one *x);
int rn_making_histograms(struct rn_index_making *b, const struct rn_survey *s, struct rn_error *err);
int rn_making_block(struct rn_index_making *b, size_t i, int64_t raw_bytes, struct rn_bytes files,
	struct rn_error *err);

int rn_making_uses_init(struct rn_making_uses *u, struct rn_error *err);
void rn_making_uses_fini(struct rn_making_uses *u);
/** Behind the block's facts. */
int rn_making_uses(struct rn_index_making *b, const struct rn_survey *s, struct rn_error *err);
int rn_making_put_uses(struct rn_index_making *b, struct rn_error *err);
int rn_making_take_uses(struct rn_index_making *b, const struct rn_index *keep, struct rn_error *err);

/** Takes over the blocks of whole buckets of an index, and all facts. *first: the block to go on with. */
int rn_making_take_over(struct rn_index_making *b, struct rn_index *keep, size_t *first, struct rn_error *err);

/** What is known at the end: tasks, orphans, slowest calls, histograms, diagnostics, and what says so. */
int rn_making_put_rest(struct rn_index_making *b, struct rn_error *err);

#endif
