/* SPDX-License-Identifier: MIT */
/**
 * session - a trace as an SQL database: its views, and statements that answer with tables.
 *
 * docs/guide/sql.md describes the views: change both. Everything a session serves is of the calls that
 * the inquiry's filters select; processes, threads and the like are told of whole.
 */
#ifndef RN_ANALYZE_SQL_SESSION_H
#define RN_ANALYZE_SQL_SESSION_H

#include "analyze/command/question.h"

#include <sqlite3.h>

/* What a session's model must know. */
#define RN_SQL_MODEL (RN_MODEL_COMM | RN_MODEL_FDS | RN_MODEL_CWD | RN_MODEL_EXE | RN_MODEL_ARGV)

struct rn_sql;

/** Borrows the inquiry, which is open and whole. prefix: in front of the views' names, usually "". */
int rn_sql_open(struct rn_sql **out, struct rn_inquiry *q, const char *prefix, struct rn_error *err);
void rn_sql_close(struct rn_sql *s);
/** For whoever interrupts or exports; SQLite's own. */
sqlite3 *rn_sql_db(struct rn_sql *s);

/** Runs the statements of a text, one after the other; each that has columns is a table. RN_E_USAGE: SQLite
 *  does not take it; RN_E_LIMIT: it took longer than limit_ns (0: no limit), or was interrupted. */
int rn_sql_run(struct rn_sql *s, const char *text, uint64_t limit_ns, struct rn_sink *sink,
	struct rn_error *err);

/** Name i of the views, then of their columns, functions and words of SQL, for completion; NULL past the
 *  last. */
const char *rn_sql_word(size_t i);
/** The names of the views, "syscalls" first; NULL past the last. */
const char *rn_sql_view_name(size_t i);

#endif
