/* SPDX-License-Identifier: MIT */
/**
 * constraints_private - what a plan and its constraints are made of: for the files that choose (plan.c), take values
 * (constraints.c) and judge (constraints_fit.c).
 *
 * A plan is text, three characters a constraint in the order of argv: the column (a letter), the operation
 * (= < > [ for <=, ] for >=, 'i' for IN, 'n' NULL, 'N' NOT NULL, 'g' GLOB, 'l' LIKE, 'r' REGEXP), a semicolon.
 * Numbers become a range or a sorted list; names and errnos become lists of numbers; threads a list of utids; what is
 * asked of a path column a test of what the index knows. Behind them, where rows come in groups, a bar, and of each
 * column the letter and 'a' (rising) or 'd'.
 */
#ifndef RN_ANALYZE_SQL_CONSTRAINTS_PRIVATE_H
#define RN_ANALYZE_SQL_CONSTRAINTS_PRIVATE_H

#include "analyze/sql/constraints.h"
#include "analyze/sql/file_test.h"
#include "analyze/sql/row.h"
#include "shared/option.h"

#define RN_PLAN_CHARS 3     /* of a constraint */
#define RN_PLAN_FIRST 'A'   /* the letter of column 0 */
#define RN_NR_LIMIT 1024    /* numbers beyond are compared by their names */

enum rn_narrowed {
	RN_BY_SEQ,
	RN_BY_TS,
	RN_BY_DUR,
	RN_BY_RET,
	RN_BY_NR,
	RN_BY_UTID,
	RN_BY_ERROR,
	RN_BY_NAME,
	RN_BY_FILE
};

/* What an SQL column is narrowed by. */
struct rn_narrowed_column {
	enum rn_call_column column;
	enum rn_narrowed what;
	bool text;   /* its values are */
	bool exact;  /* what is selected fits: SQLite need not look again */
};
/** NULL: by nothing. */
const struct rn_narrowed_column *rn_narrowed_column(int column);

/* Names of calls as numbers. */
struct rn_call_names {
	uint64_t bits[RN_ABI_COUNT][RN_NR_LIMIT / 64];
	struct rn_strings beyond; /* syscall_N of greater numbers */
};

struct rn_constraint {
	enum rn_narrowed what;
	bool null, not_null;     /* instead of values: of RN_BY_DUR, RN_BY_RET (unfinished), RN_BY_ERROR (none) */
	int64_t low, high;       /* both included */
	int64_t *list;           /* sorted; NULL: the range counts */
	size_t n;
	struct rn_call_names *names; /* of RN_BY_NAME */
	struct rn_file_test *test; /* of RN_BY_FILE */
};

/** For qsort and bsearch of int64_t. */
int rn_constraint_by_value(const void *a, const void *b);

#endif
