/* SPDX-License-Identifier: MIT */
/**
 * rows_table - any table that can be emitted to a sink, as a virtual table.
 *
 * What a fill function emits is kept when the table is first read, and served from then on; its columns
 * are found out by running it to the beginning of its table. So every report there is is a table-valued
 * function as well. Equalities are looked up here, row by row.
 */
#ifndef RN_ANALYZE_SQL_ROWS_TABLE_H
#define RN_ANALYZE_SQL_ROWS_TABLE_H

#include "analyze/table.h"

#include <sqlite3.h>

/* The argument with which only the columns are asked for: the table is to begin before anything is done
 * that costs, and the sink ends it there. */
#define RN_ROWS_COLUMNS UINT64_MAX

struct rn_rows_view {
	const char *name;
	/** Emits one table. n: the argument of the function, 0 when none was given, or RN_ROWS_COLUMNS. What
	 *  a sink returns is handed back. */
	int (*fill)(void *arg, uint64_t n, struct rn_sink *sink, struct rn_error *err);
	void *arg;
};

/** Registers the view, which is borrowed, under prefix + name. *err says why it could not be. SQLITE_*. */
int rn_rows_table_register(sqlite3 *db, const char *prefix, const struct rn_rows_view *view);

#endif
