/* SPDX-License-Identifier: MIT */
/**
 * bootstrap - how sure a ratio of two statistics is, by drawing from what was seen.
 *
 * Each side has units, runs or blocks of neighbouring calls, which are drawn with return as often as there
 * are; of the statistics of what was drawn comes the ratio b / a, RN_BOOTSTRAP_ROUNDS times. The interval
 * lies between the 2.5th and the 97.5th percentile of the ratios (Efron & Tibshirani 1993), whose ranks are
 * symmetric: with sides and streams exchanged it becomes its inverse. Blocks keep calls together that
 * depend on each other (Kuensch 1989).
 * Reproducible: the same streams, the same interval. No unit at all, or statistics that are never above 0:
 * unknown.
 */
#ifndef RN_ANALYZE_NUM_BOOTSTRAP_H
#define RN_ANALYZE_NUM_BOOTSTRAP_H

#include "analyze/num/interval.h"
#include "shared/error.h"

#include <stddef.h>
#include <stdint.h>

#define RN_BOOTSTRAP_ROUNDS 2000

struct rn_units {
	size_t n;
	/** The statistics of the units numbered drawn[0..n), some of them several times; not above 0, NaN: none. */
	void (*of)(void *arg, const uint32_t *drawn, size_t n, double *out);
	void *arg;
	uint64_t stream; /* seed; the sides' differ */
};

/** out[i]: of statistic i, n_out of them, all of the same draws. rounds: at least 40. RN_E_NOMEM. */
int rn_bootstrap_ratios(struct rn_interval *out, size_t n_out, const struct rn_units *a,
	const struct rn_units *b, unsigned rounds, struct rn_error *err);
/** Of medians of single values. */
int rn_bootstrap_medians(struct rn_interval *out, const double *a, size_t n, uint64_t stream_a,
	const double *b, size_t m, uint64_t stream_b, struct rn_error *err);
/** Median of values, R-7, which are not changed; NaN of none or without memory. */
double rn_median(const double *v, size_t n);

#endif
