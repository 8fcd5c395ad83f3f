/* SPDX-License-Identifier: MIT */
/**
 * stacks - call stacks that an index keeps: unwound once, named once.
 *
 * Stacks of every call are kept as nodes of a trie and what they consist of, with what they were found by: the
 * trace's own images, or files of this machine. Where a file is not what it was, or the trace has more
 * images, they are of no use. Names and lines of frames are kept apart, one set for names alone, one for lines too;
 * of each module they count only if it would be named by the same files again, so that what is
 * shown never depends on whether it was kept.
 */
#ifndef RN_ANALYZE_INDEX_STACKS_H
#define RN_ANALYZE_INDEX_STACKS_H

#include "analyze/index/index.h"
#include "analyze/symbol/symbols.h"

/* Whoever looks at stacks has these; all borrowed. The modules have been scanned. */
struct rn_stack_parts {
	struct rn_reader *reader;
	struct rn_modules_table *modules;
	struct rn_stacks *stacks;
	struct rn_symbols *symbols;
};

/** Below this many calls with stacks nothing is gained. */
#define RN_INDEX_WORTH_STACKS 30000
/** Whether a trace has so many. */
bool rn_index_is_worth_stacks(const struct rn_reader *r);

/** Whether it has stacks that fit. */
bool rn_index_has_stacks(struct rn_index *x, const struct rn_stack_parts *parts);

struct rn_index_loan;
/** Lets the stacks and symbols know what the index knows that fits. *out: for giving back; NULL: nothing was lent, or
 *  x is NULL. Stays in force until it is given back, which is when nobody asks any more. RN_E_NOMEM. */
int rn_index_lend(struct rn_index_loan **out, struct rn_index *x, const struct rn_stack_parts *parts,
	struct rn_error *err);
void rn_index_loan_free(struct rn_index_loan *l);
/** The stacks that were lent; NULL: none. */
const struct rn_known_stacks *rn_index_loan_stacks(const struct rn_index_loan *l);
/** Takes back the stacks alone: none is asked for any more. Then the index may be another one. */
void rn_index_loan_end_stacks(struct rn_index_loan *l);

/** Unwinds every call of the trace and puts that into the index: a new one takes the place of the old. Where none can
 *  be written nothing happens. path: of the trace. */
int rn_index_add_stacks(struct rn_index **x, const char *path, const struct rn_stack_parts *parts,
	struct rn_diag *diag, struct rn_error *err);
/** The same for who has no parts, if there are any and it has none that fit, and the names
 *  of their frames. */
int rn_index_make_stacks(struct rn_index **x, struct rn_reader *r, const char *path, struct rn_diag *diag,
	struct rn_error *err);
/** Puts the names that were looked up into the index, if there are new ones worth it. The same. */
int rn_index_add_symbols(struct rn_index **x, const char *path, const struct rn_stack_parts *parts,
	struct rn_error *err);

#endif
