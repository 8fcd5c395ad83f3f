/* SPDX-License-Identifier: MIT */
/**
 * sequence - what two runs did in order, thread by thread, and where they part.
 *
 * Threads correspond by descent (descent.h), their calls by the longest common subsequence of steps: call,
 * normalized path and error. Calls that come by chance are left out. Threads with nobody to
 * correspond to are told of.
 */
#ifndef RN_ANALYZE_COMPARE_SEQUENCE_H
#define RN_ANALYZE_COMPARE_SEQUENCE_H

#include "analyze/compare/run.h"
#include "analyze/num/alignment.h"

/* A pair of threads. task 0: there is none on that side. */
struct rn_thread_pair {
	uint32_t task[2];
	size_t from[2], n[2];  /* its steps in struct rn_sequence.order */
	struct rn_alignment alignment; /* of a pair; else empty */
	bool parts;            /* somewhere they differ */
	size_t at[2];          /* the first place, in steps of the thread */
};

struct rn_sequence {
	const struct rn_run *run[2];
	uint32_t *order[2];    /* numbers of steps, by thread, in order */
	struct rn_thread_pair *pair; /* by descent in a, then those of b alone */
	uint32_t n;
	uint32_t first;        /* the pair that parts first in time; n: none does */
	bool different;        /* a pair parts, or a thread has steps and nobody to correspond to */
	size_t common, steps[2];
};

/** Both runs were gathered with steps. RN_E_NOMEM. Fini also after an error. */
int rn_sequence_init(struct rn_sequence *s, const struct rn_run *a, const struct rn_run *b, struct rn_error *err);
void rn_sequence_fini(struct rn_sequence *s);

/* A line of an alignment. */
struct rn_sequence_line {
	enum { RN_LINE_BOTH = '=', RN_LINE_A = '-', RN_LINE_B = '+' } kind;
	size_t at[2];          /* place in the thread; of RN_LINE_A and _B only that side's counts */
};
/** Lines of a pair around its place number `which` of those where it parts (0: the first), `context` common ones
 *  before and behind, at most `most` lines between. *out is the caller's to free; *n 0: there is no such place. */
int rn_sequence_lines(const struct rn_thread_pair *p, size_t which, size_t context, size_t most,
	struct rn_sequence_line **out, size_t *n, struct rn_error *err);
const struct rn_step *rn_sequence_step(const struct rn_sequence *s, const struct rn_thread_pair *p, unsigned side,
	size_t at);

#endif
