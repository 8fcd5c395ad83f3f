/* SPDX-License-Identifier: MIT */
/**
 * db - an SQLite connection that can do nothing but answer: for statements about a trace.
 *
 * In memory, no files, no extensions, read only (an authorizer refuses everything that is not a
 * question), with limits on what a statement may cost. Our functions and tables are registered on it.
 */
#ifndef RN_ANALYZE_SQL_DB_H
#define RN_ANALYZE_SQL_DB_H

#include "shared/error.h"

#include <sqlite3.h>
#include <stdbool.h>
#include <stdint.h>

#define RN_DB_PATTERN_BYTES 4096 /* longer ones of LIKE and GLOB are refused */

/** Opens a connection with our functions (functions.h) and limits. The caller sqlite3_close()s it. */
int rn_db_open(sqlite3 **db, struct rn_error *err);
/** Makes a table of a module known: SQLite connects it on first use, which it may not when only questions
 *  are allowed. SQLITE_*. */
int rn_db_connect(sqlite3 *db, const char *table);
/** For authorizers (SQLITE_FUNCTION): whether a function of SQLite's own may be called. */
bool rn_db_may_call(const char *function);
/** From here on only questions are allowed. *reads_rowid becomes true where a statement that is being prepared asks for
 *  the number of a row; borrowed. */
void rn_db_lock(sqlite3 *db, bool *reads_rowid);
/** *err from the connection's last error, "what: text"; RN_E_NOMEM, RN_E_LIMIT (a time limit, an interrupt),
 *  or code. */
int rn_db_fail(sqlite3 *db, int code, const char *what, struct rn_error *err);

/** Statements end with RN_E_LIMIT when they take longer; 0: no limit. The clock starts now. */
struct rn_db_deadline {
	uint64_t end_ns; /* of CLOCK_MONOTONIC; 0: none */
};
void rn_db_set_deadline(sqlite3 *db, struct rn_db_deadline *d, uint64_t limit_ns);

/** aggregates percentile(x, p), median(x), stddev(x), histogram(x); the operator REGEXP. SQLITE_*. */
int rn_functions_register(sqlite3 *db);

#endif
