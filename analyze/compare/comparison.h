/* SPDX-License-Identifier: MIT */
/**
 * comparison - two sides of runs against each other: what changed, by how much, and what is to be said.
 *
 * Speed is judged by how long the runs took and how long they were in calls, adjusted by Benjamini & Hochberg, and
 * by the median latencies of calls that take at least RN_SHARE_LEAST of a run, adjusted among themselves; that
 * filter knows nothing of the sides. Such a call decides when it changes the time of a run by more than the noise. Behaviour differs when something is new or vanished, or a call is made or fails more or
 * less often: tested over runs, or, with few runs, as a fact about these; with few runs also when the order of
 * calls differs. Calls that come by chance are never a
 * difference of behaviour.
 */
#ifndef RN_ANALYZE_COMPARE_COMPARISON_H
#define RN_ANALYZE_COMPARE_COMPARISON_H

#include "analyze/compare/judge.h"
#include "analyze/compare/sequence.h"

#define RN_SHARE_LEAST .01

/* X(NAME, word, exit status, the mirror) */
#define RN_VERDICTS(X) \
	X(SAME, "same", 0) \
	X(FASTER, "faster", 10) \
	X(SLOWER, "slower", 11) \
	X(DIFFERENT, "different", 12) \
	X(INCONCLUSIVE, "inconclusive", 13)
enum rn_compare_verdict {
#define X(name, word, status) RN_COMPARE_##name,
	RN_VERDICTS(X)
#undef X
};
const char *rn_compare_word(enum rn_compare_verdict v);

/* One group of an aspect. */
struct rn_compared {
	uint32_t number;          /* in the subjects */
	bool waits, sleeps, by_chance; /* of RN_ASPECT_CALL (struct rn_call_traits) */
	double calls[2], errors[2]; /* medians of the runs */
	uint64_t sum_calls[2], sum_errors[2]; /* of all runs */
	unsigned runs[2];         /* that have it */
	double share;             /* of the time of a run, both sides */
	double time[2];           /* total of a run, ns */
	struct rn_judged each;    /* median latency of its calls, ns */
	struct rn_judged count;
	struct rn_judged shift[RN_SHIFTS]; /* of percentiles: a, b, ratio, ci */
	double distance;          /* of Kolmogorov & Smirnov, between all latencies of the sides */
	double presence;          /* Fisher's chance that so many runs of each side have it; adjusted */
	struct rn_interval rate[2]; /* Wilson's, of errors among calls (RN_ASPECT_ERROR) */
	double odds, rate_p;      /* of these; of all calls of the runs */
};

struct rn_comparison {
	struct rn_judge judge;
	struct rn_subjects *subjects;   /* borrowed */
	struct rn_run **run[2];         /* borrowed; n_runs of each side */
	size_t n_runs[2];
	const struct rn_sequence *sequence; /* borrowed; NULL: not looked at */
	struct rn_judged elapsed, time, waiting, calls, errors;
	struct rn_compared *row[RN_ASPECTS];  /* by what changed most */
	uint32_t n[RN_ASPECTS];
	uint32_t n_new, n_vanished, n_new_errors, n_more_often; /* established, or facts */
	uint32_t n_slower, n_faster;   /* calls that are, and change the time in calls by more than the noise */
	enum rn_compare_verdict speed, behaviour, verdict;
};

/** Judges; shown: how many rows of an aspect get percentiles (0: all). RN_E_NOMEM. Fini also after an error. */
int rn_comparison_init(struct rn_comparison *c, struct rn_subjects *s, const struct rn_judge *judge,
	struct rn_run **a, size_t n, struct rn_run **b, size_t m, const struct rn_sequence *sequence,
	uint32_t shown, struct rn_error *err);
void rn_comparison_fini(struct rn_comparison *c);

/** Whether a row is new (1) or vanished (-1) as far as can be said: no run of one side has it, at least half of the
 *  other's have. */
int rn_compared_is_new(const struct rn_comparison *c, const struct rn_compared *row);
/** Whether that counts: it is proved, or there are too few runs to prove it. */
bool rn_compared_counts(const struct rn_comparison *c, const struct rn_compared *row);

#endif
