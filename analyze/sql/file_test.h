/* SPDX-License-Identifier: MIT */
/**
 * file_test - a condition on a path column, asked once of each distinct answer that an index has.
 *
 * It may select more than fits, never less: SQLite looks again at what is left. Texts are compared as SQLite
 * compares them (BINARY; sqlite3_strglob, sqlite3_strlike, the function regexp of this project).
 */
#ifndef RN_ANALYZE_SQL_FILE_TEST_H
#define RN_ANALYZE_SQL_FILE_TEST_H

#include "analyze/sql/row.h"

struct rn_file_test;

/** op: = (one of several texts), g GLOB, l LIKE, r REGEXP, n NULL, N NOT NULL. NULL: no memory. */
struct rn_file_test *rn_file_test_new(enum rn_call_column column, char op);
void rn_file_test_free(struct rn_file_test *t);
/** A text to be equal to, or the pattern. *usable false: SQLite itself must judge, or refuse. SQLITE_OK, SQLITE_NOMEM. */
int rn_file_test_add(struct rn_file_test *t, sqlite3_value *v, bool *usable);
/** Keeps those of selected[0..n), calls of the block, that may fit: how many. All, where the index does not tell. */
uint32_t rn_file_test_narrow(struct rn_file_test *t, struct rn_index *index, struct rn_block *block,
	const struct rn_core *core, uint32_t *selected, uint32_t n);

#endif
