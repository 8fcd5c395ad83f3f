/* SPDX-License-Identifier: MIT */
/**
 * interval - a confidence interval; NaN: nobody can tell.
 */
#ifndef RN_ANALYZE_NUM_INTERVAL_H
#define RN_ANALYZE_NUM_INTERVAL_H

#include <math.h>
#include <stdbool.h>

struct rn_interval {
	double low, high;
};

#define RN_INTERVAL_UNKNOWN ((struct rn_interval){ NAN, NAN })

/** False also of an unknown one. */
static inline bool rn_interval_excludes(struct rn_interval i, double v)
{
	return i.low > v || i.high < v;
}

#endif
