/* SPDX-License-Identifier: MIT */
/**
 * descent - the threads of a run as a tree by who made whom, and which of two runs correspond.
 *
 * Ids and order of scheduling differ from run to run, descent does not: children of corresponding threads
 * correspond when they stand in the same place among those of their kind. A kind is the command that was
 * recorded, whatever it is called, or what a process last executed, or a thread was called; where one run has more children, the longest common subsequence of
 * kinds decides.
 */
#ifndef RN_ANALYZE_COMPARE_DESCENT_H
#define RN_ANALYZE_COMPARE_DESCENT_H

#include "analyze/model/idmap.h"
#include "analyze/model/model.h"

struct rn_intern;

/* Number 0 is nobody: the parent of those whose parents are not in the trace. */
struct rn_descendant {
	uint32_t utid, parent;  /* number of the parent */
	uint32_t kind;          /* number in the kinds */
	uint32_t first_child, next_sibling; /* 0: none; by their beginning */
};

struct rn_descent {
	struct rn_descendant *task; /* n of them, parents in front of their children */
	uint32_t n;
	struct rn_idmap by_utid;
};

/** kinds: shared by the runs that are compared. RN_E_NOMEM. Fini also after an error. */
int rn_descent_init(struct rn_descent *d, const struct rn_model *m, struct rn_intern *kinds, struct rn_error *err);
void rn_descent_fini(struct rn_descent *d);
/** Its number; 0: not in the model. */
uint32_t rn_descent_number(const struct rn_descent *d, uint32_t utid);

/** other[i]: number in b of who corresponds to task i of a; 0: nobody. a->n long, the caller's to free. */
int rn_descent_match(const struct rn_descent *a, const struct rn_descent *b, uint32_t **other, struct rn_error *err);

#endif
