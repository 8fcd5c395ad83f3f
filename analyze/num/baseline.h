/* SPDX-License-Identifier: MIT */
/**
 * baseline - what is usual for a group of latencies, and how unusual one of them is.
 *
 * zscore        (x - mean) / s, s with n - 1. Hides what it looks for when n is small: no score can
 *               exceed (n - 1) / sqrt(n).
 * modified      0.6745 (x - median) / MAD (Iglewicz & Hoaglin 1993). Too eager for latencies, which
 *               are skewed by nature.
 * log-modified  the same on ln(max(x, 1 ns)), with a scale that knows the tail: the greatest of
 *               MAD / 0.6745; of what P95 would be the deviation of, were the logarithms normal (from
 *               59 values on); of that by which the end of the tail has the score 3.5; and of that by
 *               which twice the median has it. The tail ends where one value in two thousand is left, or,
 *               between P99 and there, before the greatest jump, if neighbours differ by more than five
 *               times; from P95 of fewer than 1000 values, from P75 of fewer than 59, where the tail ends
 *               at the greatest value or before such a jump. On normal logarithms it is the modified z-score.
 *               Where calls have a heavy tail of their own (interrupts, scheduling, two ways through the
 *               kernel), that tail is no news: of calls without such a jump at most one in two thousand is.
 * Where half of the values are equal (MAD 0), the scale is 1.253314 times the mean absolute deviation.
 * Scores are of slowness: what is faster than usual has a negative one.
 */
#ifndef RN_ANALYZE_NUM_BASELINE_H
#define RN_ANALYZE_NUM_BASELINE_H

#include "analyze/num/values.h"

enum rn_method { RN_METHOD_LOG_MODIFIED, RN_METHOD_MODIFIED, RN_METHOD_ZSCORE };

enum rn_verdict {
	RN_VERDICT_JUDGED,
	RN_VERDICT_TOO_FEW,   /* values: fewer than RN_BASELINE_LEAST, or no score could exceed the threshold */
	RN_VERDICT_NO_SPREAD, /* all values are equal */
};
#define RN_BASELINE_LEAST 10

struct rn_baseline {
	enum rn_method method;
	enum rn_verdict verdict;
	uint64_t n;
	double threshold;
	double center_ns;     /* mean or median; NaN of nothing */
	/* When judged: */
	double center, scale; /* in ns, or in logarithms of ns */
	double limit_ns;      /* latencies above it are unusual */
};

/** 0, RN_E_NOMEM, RN_E_IO. */
int rn_baseline_of(struct rn_baseline *b, enum rn_method method, double threshold, struct rn_values *v,
	const struct rn_values_group *g, struct rn_error *err);
/** Of a judged baseline. */
double rn_baseline_score(const struct rn_baseline *b, uint64_t latency_ns);

#endif
