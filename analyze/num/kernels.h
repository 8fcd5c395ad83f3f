/* SPDX-License-Identifier: MIT */
/**
 * kernels - the inner loops that are worth vectors, one set for each instruction set.
 *
 * rn_kernels() chooses once, at run time, the widest set the processor has; the
 * environment variable RENACER_KERNELS names another (scalar, baseline, avx2, avx512).
 * Every set gives the same bits: whole numbers are exact, and reals are summed in
 * eight lanes (element i into lane i % 8, counted from the start of the range) that
 * are added up in a fixed order, without fused operations.
 *
 * Shapes: points are columns: column[j][i] is feature j of point i. Columns may be read up to
 * the next multiple of RN_LANES behind their end (allocate with rn_columns_new).
 */
#ifndef RN_ANALYZE_NUM_KERNELS_H
#define RN_ANALYZE_NUM_KERNELS_H

#include <stddef.h>
#include <stdint.h>

#define RN_LANES 8
/* Points of one block of sums: blocks are added in order, whoever computed them. */
#define RN_BLOCK_POINTS 4096

struct rn_kernel_sums {
	uint64_t low, high; /* the sum: high * 2^64 + low */
	uint64_t min, max;  /* UINT64_MAX, 0 of nothing */
};

/* One step of k-means over the points [from, to): who is nearest, and what the members sum up to. */
struct rn_assign {
	const double *const *column;
	unsigned d, k;
	const double *center;  /* k * d */
	uint32_t *label;       /* of every point: in, out */
	/* Of this range, overwritten. */
	double *sum;           /* k * d */
	uint64_t *count;       /* k */
	double inertia;        /* sum of squared distances */
	uint64_t changed;      /* labels */
	double *lanes;         /* scratch: k * (d + 1) * RN_LANES */
};

struct rn_kernels {
	const char *name;
	/** Adds to count[(v - low) >> shift] for values at or above low whose bucket is below n_buckets. */
	void (*histogram)(const uint64_t *v, size_t n, uint64_t low, unsigned shift,
		size_t n_buckets, uint64_t *count);
	void (*sums)(const uint64_t *v, size_t n, struct rn_kernel_sums *out);
	/** from is a multiple of RN_LANES. Ties go to the lower center. */
	void (*assign)(struct rn_assign *a, size_t from, size_t to);
	/** Sum of a[i] * b[i]. */
	double (*dot)(const double *a, const double *b, size_t n);
	/** Sum of the distances of point[d] to the points [from, to). */
	double (*distances)(const double *const *column, unsigned d, size_t from, size_t to,
		const double *point);
};

const struct rn_kernels *rn_kernels(void);
/** NULL: not in this build, or not on this processor. */
const struct rn_kernels *rn_kernels_find(const char *name);
/** Every set that runs here, the plainest first; NULL ends. */
const struct rn_kernels *const *rn_kernels_all(void);

/** d columns of n reals, zeroed, one allocation (free() it); NULL: no memory. */
double **rn_columns_new(unsigned d, size_t n);

/* The sum of the lanes, in the one order. */
static inline double rn_lanes_sum(const double *lane)
{
	return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
		((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

#endif
