/* SPDX-License-Identifier: MIT */
/**
 * sketch - how many values there were of about each size: quantiles of any number of values in little memory.
 *
 * A DDSketch (Masson, Rim & Lee 2019): value x > 0 is counted in bucket ceil(log(x) / log(gamma)), gamma =
 * (1 + alpha) / (1 - alpha), which stands for 2 gamma^i / (gamma + 1): off by at most the share alpha. 0 has a
 * bucket of its own. Sketches of the same alpha add up exactly, in any order, to that of all their values.
 * Memory: 16 bytes a bucket that holds something, sorted; about 1000 buckets between 1 ns and 1 s at 1 %.
 */
#ifndef RN_ANALYZE_NUM_SKETCH_H
#define RN_ANALYZE_NUM_SKETCH_H

#include "shared/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rn_sketch_bucket {
	int32_t index; /* RN_SKETCH_ZERO: of 0 */
	uint64_t count;
};
#define RN_SKETCH_ZERO INT32_MIN

struct rn_sketch {
	double alpha;
	uint64_t n;
	struct rn_sketch_bucket *bucket; /* by index, rising */
	uint32_t n_buckets, cap;
};

void rn_sketch_init(struct rn_sketch *s, double alpha);
void rn_sketch_fini(struct rn_sketch *s);
/** RN_E_NOMEM. */
int rn_sketch_add(struct rn_sketch *s, uint64_t value, struct rn_error *err);
/** alpha is the same. RN_E_NOMEM. */
int rn_sketch_merge(struct rn_sketch *into, const struct rn_sketch *from, struct rn_error *err);

/** The bucket of a value, and what a bucket stands for. */
int32_t rn_sketch_index(double alpha, uint64_t value);
double rn_sketch_value(double alpha, int32_t index);
/** The value number floor(q (n - 1)) of the sorted ones, off by at most alpha; NaN of none. */
double rn_sketch_quantile(const struct rn_sketch *s, double q);
/** Kolmogorov & Smirnov's distance of the distributions as sketched: the greatest difference between shares
 *  of values up to some size; NaN where one is empty. alpha is the same. */
double rn_sketch_distance(const struct rn_sketch *a, const struct rn_sketch *b);

#endif
