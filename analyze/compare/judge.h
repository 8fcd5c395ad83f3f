/* SPDX-License-Identifier: MIT */
/**
 * judge - whether runs differ in a number, and by how much.
 *
 * The run is the unit: calls of one run depend on each other. With RN_JUDGE_RUNS or more on either side the number
 * is tested: Mann & Whitney's U, an interval of the ratio of medians drawn from the runs, and a difference counts
 * when the interval excludes 1, it is greater than the noise, and the chance, adjusted for all that was tested
 * beside it, is below 5 %. Noise is the greatest of what the user says and of twice the scaled MAD of either side's
 * runs. With fewer runs nothing can be significant: the interval comes from blocks of neighbouring calls, noise is
 * at least RN_JUDGE_INDICATIVE, and what is said is an indication.
 * Exchanged sides give the inverse: ratios, intervals, shifts and outcomes.
 */
#ifndef RN_ANALYZE_COMPARE_JUDGE_H
#define RN_ANALYZE_COMPARE_JUDGE_H

#include "analyze/compare/run.h"
#include "analyze/num/interval.h"

#define RN_JUDGE_RUNS 4
#define RN_JUDGE_CHANCE .05
#define RN_JUDGE_INDICATIVE .1

struct rn_judge {
	bool tested;   /* both sides have RN_JUDGE_RUNS */
	double noise;  /* smallest difference that counts, as a share */
	uint64_t seed;
};

enum rn_outcome {
	RN_OUTCOME_NONE,   /* not judged */
	RN_OUTCOME_SAME,
	RN_OUTCOME_LESS,   /* b is */
	RN_OUTCOME_MORE,
	RN_OUTCOME_UNSURE, /* greater than the noise, but not proved */
};

struct rn_judged {
	double a, b;     /* medians of the runs; NaN: no run has the number */
	double ratio;    /* b / a; NaN when that is none */
	struct rn_interval ci; /* of the ratio, 95 % */
	double p, adjusted;    /* NaN: not tested */
	double delta, shift;   /* Cliff's; Hodges & Lehmann's, in the number's unit */
	double noise;    /* what counts here, as a share */
	enum rn_outcome outcome;
};

/** Everything but adjusted and outcome; NaN among a[0..n) and b[0..m) are runs without the number. prove: with its
 *  chance and interval, which cost. RN_E_NOMEM. */
int rn_judge_numbers(struct rn_judged *j, const struct rn_judge *judge, bool prove, const double *a, size_t n,
	const double *b, size_t m, struct rn_error *err);
/** The outcome, once p is adjusted (or ci known, where nothing is tested). */
void rn_judge_settle(struct rn_judged *j, const struct rn_judge *judge);

/** Which numbers of a sequence of draws a side gets does not depend on which side it is, but on what it is:
 *  the seeds of two. order: < 0, 0, > 0 as the first is less, equal, greater in any order of sides. */
void rn_judge_streams(uint64_t seed, int order, uint64_t *a, uint64_t *b);

/* Intervals from within runs: of the mean, then of rn_shift_percents. */
#define RN_WITHIN (1 + RN_SHIFTS)
/** Of the blocks of the groups of either side; unknown where there are fewer than RN_WITHIN_LEAST blocks. */
#define RN_WITHIN_LEAST 5
int rn_judge_within(struct rn_interval out[RN_WITHIN], const struct rn_judge *judge,
	const struct rn_run_group *const *a, size_t n, const struct rn_run_group *const *b, size_t m,
	struct rn_error *err);

#endif
