/* SPDX-License-Identifier: MIT */
/**
 * quantile - which order statistics a quantile is made of, and how.
 *
 * position (n - 1) q among the sorted values, linear between the two neighbours
 * (Hyndman & Fan 1996, type 7; numpy's "linear", R's default, GSL). Nearest rank: the
 * ceil(q n)-th value, always one that was observed.
 */
#ifndef RN_ANALYZE_NUM_QUANTILE_H
#define RN_ANALYZE_NUM_QUANTILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum rn_quantile_kind { RN_QUANTILE_R7, RN_QUANTILE_NEAREST_RANK };

/* Values number `low` and low + 1 of the sorted n (from 0), and how far between them. */
struct rn_quantile_place {
	uint64_t low;
	double fraction; /* 0: value `low` alone */
};

/** n > 0, 0 <= q <= 1. */
struct rn_quantile_place rn_quantile_place(enum rn_quantile_kind kind, uint64_t n, double q);
/** R-7 of a percentile, 0 to 100, which is taken as the decimal that it was written as, to 12 places: the place is
 *  exact. */
struct rn_quantile_place rn_percentile_place(uint64_t n, double percent);
/** The quantile between its two neighbours. */
double rn_quantile_between(uint64_t low, uint64_t high, double fraction);
double rn_quantile_between_reals(double low, double high, double fraction);
/** Of sorted reals, R-7; NaN when n is 0. */
double rn_quantile_sorted(const double *sorted, size_t n, double q);

/** Whether n values are enough for the q-quantile to lie below the greatest of them with 95 %
 *  confidence (1 - q^n >= 0.95): 5 for the median, 59 for P95, 299 for P99. Below the median the same
 *  is asked of the least. */
bool rn_quantile_is_founded(uint64_t n, double q);

/** Values number *low and *high of the sorted n (from 0) between which the q-quantile lies with 95 %
 *  confidence, by the binomial distribution, whatever that of the values is; clipped to what there is. n > 0. */
void rn_quantile_interval(uint64_t n, double q, uint64_t *low, uint64_t *high);

#endif
