/* SPDX-License-Identifier: MIT */
/**
 * constraints - the part of a WHERE clause that blocks and columns can answer without SQLite.
 *
 * sqlite3_index_info becomes a plan (rn_plan_best), a plan with its values becomes constraints
 * (rn_constraints_take), which skip blocks and narrow calls. Where a value is not of the column's own
 * type the constraint is left to SQLite; where one cannot be exact (comm, tid: they change) it selects
 * more and SQLite looks again.
 */
#ifndef RN_ANALYZE_SQL_CONSTRAINTS_H
#define RN_ANALYZE_SQL_CONSTRAINTS_H

#include "analyze/model/model.h"
#include "analyze/source/source.h"

#include <sqlite3.h>

#define RN_CONSTRAINTS_MAX 16

struct rn_constraint;
struct rn_index;

struct rn_constraints {
	const struct rn_model *model;
	struct rn_index *index; /* NULL: nobody knows of which files a call is before it is looked at */
	struct rn_constraint *item;
	unsigned n;
	bool none; /* nothing can fit */
};

/* What a plan is made for. */
struct rn_plan_of {
	uint64_t total; /* calls in the trace */
	bool by_seq; /* the numbers of events are looked at, too (rn_constraints_narrow alone does not) */
	bool may_group; /* rows may come in the order of groups (grouping.h): nobody asks for their numbers */
};
/** For xBestIndex: chooses constraints, sets idxStr, idxNum, cost and order. */
int rn_plan_best(sqlite3_index_info *info, const struct rn_plan_of *of);

struct rn_grouping_order;
/** For xFilter: false: rows come in file order. number, plan: idxNum, idxStr. *needs and the others: as of grouping.h. */
bool rn_plan_grouping(int number, const char *plan, struct rn_grouping_order *order, unsigned *needs, bool *once,
	bool *sorted);

/** For xFilter: plan is idxStr. index: may be NULL. Fini also after an error. SQLITE_OK, SQLITE_NOMEM. */
int rn_constraints_take(struct rn_constraints *c, const struct rn_model *model, struct rn_index *index,
	const char *plan, int argc, sqlite3_value **argv);
void rn_constraints_fini(struct rn_constraints *c);

/** Whether a block may have calls that fit. */
bool rn_constraints_may_have(const struct rn_constraints *c, const struct rn_block_info *info);
/** Keeps those of selected[0..n) that fit; how many. */
uint32_t rn_constraints_narrow(const struct rn_constraints *c, const struct rn_core *core,
	uint32_t *selected, uint32_t n);
/** The same by what is asked of files. */
uint32_t rn_constraints_narrow_files(const struct rn_constraints *c, struct rn_block *block,
	const struct rn_core *core, uint32_t *selected, uint32_t n);

/** The calls of inner that fit. Borrows. NULL: no memory, inner is freed. */
struct rn_source *rn_source_constraints(struct rn_source *inner, const struct rn_constraints *c);

#endif
