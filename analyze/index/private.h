/* SPDX-License-Identifier: MIT */
/**
 * private - what the files of this folder share.
 */
#ifndef RN_ANALYZE_INDEX_PRIVATE_H
#define RN_ANALYZE_INDEX_PRIVATE_H

#include "analyze/index/index.h"
#include "shared/arena.h"

#include <sqlite3.h>

struct ZSTD_DCtx_s;

struct rn_index {
	sqlite3 *db;
	char *path;              /* NULL: in memory */
	struct rn_reader *reader;
	size_t n_blocks;         /* of the trace that it knows */
	size_t surveyed;
	uint64_t lost_events;
	bool damaged;            /* when it was made something of the trace could not be read: */
	size_t sound;            /* not so many blocks, from the first on */
	bool has_facts, no_facts; /* they were read; they are not to be had */
	struct rn_file_facts *facts;
	uint32_t n_facts;
	struct rn_arena text;
	size_t at;               /* block whose files are in `files`; SIZE_MAX: none */
	uint32_t *files, *order, files_cap;
	struct ZSTD_DCtx_s *z;
};

/** The text of the schema, as SQLite keeps it: statements in order of name, newlines between. */
void rn_index_schema(struct rn_buffer *out, const char *between);

/** Fills an empty database with the index of a trace. keep: an index of its first blocks, whose rows are
 *  taken over as far as buckets are whole; may be NULL. *surveyed: blocks that were looked into. */
int rn_index_build(sqlite3 *db, struct rn_reader *r, const struct rn_model *model, struct rn_index *keep,
	struct rn_diag *diag, size_t *surveyed, struct rn_error *err);

/** Takes db over. False: it is no index of this trace, or of more than it. *grown: the trace has more blocks. */
bool rn_index_adopt(struct rn_index *x, sqlite3 *db, struct rn_reader *r, bool *grown);

/** Checks and unpacks a blob; to is the caller's. */
bool rn_index_unpack(struct rn_index *x, struct rn_bytes packed, void *to, size_t raw_bytes);
bool rn_index_load_facts(struct rn_index *x);
/** CRC of the fields of a table's row, chained. */
uint32_t rn_index_crc(uint32_t before, const int64_t *fields, size_t n, struct rn_bytes blob);
sqlite3_stmt *rn_index_prepare(sqlite3 *db, const char *sql);

/* Rows of agg as columns, in the order of the table. */
#define RN_AGG_FIELDS 11

#endif
