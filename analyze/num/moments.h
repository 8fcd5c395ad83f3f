/* SPDX-License-Identifier: MIT */
/**
 * moments - count, mean, standard deviation, least and greatest of whole numbers, exactly.
 *
 * Sums and sums of squares are kept as integers wide enough for 2^64 values of any
 * size, so that neither the order of values nor the cut into parts changes a bit of
 * a result, and a value that is taken out again leaves no trace (sliding windows).
 * Units: mean and deviation have the values' unit, variance its square.
 * Deviation is that of a sample: divided by n - 1. Complexity: O(1) each.
 * Source: var = (n * Q - S^2) / (n * (n - 1)), numerator exact in 256 bits.
 */
#ifndef RN_ANALYZE_NUM_MOMENTS_H
#define RN_ANALYZE_NUM_MOMENTS_H

#include <stdbool.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 rn_wide;

struct rn_moments {
	uint64_t n;
	uint64_t min, max; /* of everything that was added, also of what was removed; n 0: UINT64_MAX, 0 */
	rn_wide sum;
	rn_wide square_low; /* sum of squares: square_high * 2^128 + square_low */
	uint64_t square_high;
};

#define RN_MOMENTS_INIT { 0, UINT64_MAX, 0, 0, 0, 0 }

static inline void rn_moments_add(struct rn_moments *m, uint64_t v)
{
	rn_wide square = (rn_wide)v * v;
	m->n++;
	m->sum += v;
	m->square_low += square;
	m->square_high += m->square_low < square;
	m->min = v < m->min ? v : m->min;
	m->max = v > m->max ? v : m->max;
}

/** v was added before. */
static inline void rn_moments_remove(struct rn_moments *m, uint64_t v)
{
	rn_wide square = (rn_wide)v * v;
	m->n--;
	m->sum -= v;
	m->square_high -= m->square_low < square;
	m->square_low -= square;
}

void rn_moments_merge(struct rn_moments *into, const struct rn_moments *from);
/** As if every value had been added k times. */
void rn_moments_repeat(struct rn_moments *m, uint64_t k);
/** NaN when there is no value. */
double rn_moments_mean(const struct rn_moments *m);
/** Of a sample, divided by n - 1; NaN for fewer than two values. */
double rn_moments_variance(const struct rn_moments *m);
double rn_moments_sd(const struct rn_moments *m);

/** The double nearest to v. */
double rn_wide_double(rn_wide v);

#endif
