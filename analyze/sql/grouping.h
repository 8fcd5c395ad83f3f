/* SPDX-License-Identifier: MIT */
/**
 * grouping - rows of syscalls in the order of columns that have few values: for GROUP BY, DISTINCT and ORDER BY.
 *
 * SQLite has no aggregation by hash: it sorts all rows first. Here one walk puts each call to those of its group, with
 * the few numbers of it that are asked for beside what the group has in common; groups come in SQLite's order of
 * values, the calls of one in file order. Memory: those numbers, 2 to 35 bytes a call, or nothing where only the group
 * is asked for; whether that is too much is known before (rn_grouping_plan).
 */
#ifndef RN_ANALYZE_SQL_GROUPING_H
#define RN_ANALYZE_SQL_GROUPING_H

#include "analyze/source/source.h"
#include "analyze/sql/row.h"

#define RN_GROUPING_COLUMNS 8
#define RN_GROUPING_BYTES ((uint64_t)256 << 20) /* no more is kept */

/* What is kept of each call. */
enum rn_grouping_need {
	RN_KEEP_TS = 1,
	RN_KEEP_DUR = 2,
	RN_KEEP_RET = 4,
	RN_KEEP_UTID = 8,
	RN_KEEP_NR = 16,
	RN_KEEP_FLAGS = 32
};

struct rn_grouping_order {
	unsigned n;
	struct {
		enum rn_call_column column;
		bool falling;
	} by[RN_GROUPING_COLUMNS];
};

/** Whether it can be done: used is a mask of 1 << enum rn_call_column, total as many calls as there may be. *needs:
 *  what is kept. */
bool rn_grouping_plan(const struct rn_grouping_order *order, uint64_t used, uint64_t total, unsigned *needs);

struct rn_grouping;

/** once: one row of equal ones is enough. sorted: groups come in the order of values, else as they appear. NULL: no
 *  memory. */
struct rn_grouping *rn_grouping_new(const struct rn_grouping_order *order, unsigned needs, bool once, bool sorted,
	const struct rn_model *model);
void rn_grouping_free(struct rn_grouping *g);
/** Takes all calls of the source. 0, RN_E_NOMEM, or an error of the source. */
int rn_grouping_fill(struct rn_grouping *g, struct rn_source *source, struct rn_error *err);
/** The next row: of the call what is kept, and what its group has in common. False: there is none. */
bool rn_grouping_next(struct rn_grouping *g, struct rn_event *ev);

#endif
