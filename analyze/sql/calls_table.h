/* SPDX-License-Identifier: MIT */
/**
 * calls_table - the view syscalls: a virtual table over the blocks of a trace.
 *
 * Rows come in file order, so ORDER BY seq costs nothing. Blocks are skipped and calls narrowed by
 * constraints.h before SQLite sees a row; of a row only the sections asked for are unpacked. Every
 * cursor reads for itself.
 */
#ifndef RN_ANALYZE_SQL_CALLS_TABLE_H
#define RN_ANALYZE_SQL_CALLS_TABLE_H

#include "analyze/sql/row.h"

/* Where the rows come from; borrowed by the connection. */
struct rn_calls_feed {
	struct rn_row_context row;
	/** A new source of calls, without previews that are none of their own; NULL: *err says why. */
	struct rn_source *(*source)(void *arg, struct rn_error *err);
	void *arg;
	uint64_t total; /* calls */
	const bool *reads_rowid; /* statements being prepared may ask for numbers of rows; NULL: they may */
	/* With source NULL: the rows are this batch's, and column k is their index. */
	const struct rn_batch *batch;
};

/** Registers the table under a name; the feed's members may change while no statement runs. SQLITE_*. */
int rn_calls_table_register(sqlite3 *db, const char *name, struct rn_calls_feed *feed);

#endif
