/* SPDX-License-Identifier: MIT */
/**
 * points - many points of a few features, column by column, and who computes on them.
 *
 * Work is cut into blocks of RN_BLOCK_POINTS; what a block sums up is kept apart and added in the
 * order of blocks, so that results do not depend on who computed which block, or on how many did.
 */
#ifndef RN_ANALYZE_NUM_POINTS_H
#define RN_ANALYZE_NUM_POINTS_H

#include "analyze/num/kernels.h"
#include "shared/error.h"

#include <stdbool.h>

struct rn_points {
	double **column; /* rn_columns_new; finite */
	unsigned d;
	size_t n;
};

static inline size_t rn_points_blocks(const struct rn_points *p)
{
	return (p->n + RN_BLOCK_POINTS - 1) / RN_BLOCK_POINTS;
}
/** rn_columns_new for n points. RN_E_NOMEM. */
int rn_points_new(struct rn_points *p, unsigned d, size_t n, struct rn_error *err);
void rn_points_free(struct rn_points *p);
static inline bool rn_points_equal(const struct rn_points *p, size_t a, size_t b)
{
	for (unsigned j = 0; j < p->d; j++)
		if (p->column[j][a] != p->column[j][b])
			return false;
	return true;
}
/** How many distinct points there are, as far as `most`. RN_E_NOMEM. */
int rn_points_distinct(const struct rn_points *p, unsigned most, unsigned *n, struct rn_error *err);

/* A step of k-means over all points: block b has k * d sums, k counts, an inertia, a number of changes. */
struct rn_step {
	unsigned k;
	const double *center;
	uint32_t *label;
	double *sum;
	uint64_t *count;
	double *inertia;
	uint64_t *changed;
};

/* Who computes. Results are equal to the last bit among processors' own backends, and within 1e-6
 * (labels: identical) elsewhere. */
struct rn_computer {
	int (*assign)(const struct rn_computer *c, const struct rn_points *p, struct rn_step *s,
		struct rn_error *err);
	/** out[a * rows + b]: the sum of row[a][i] * row[b][i], i < n, for all a <= b, and mirrored. */
	int (*products)(const struct rn_computer *c, double *const *row, unsigned rows, size_t n,
		double *out, struct rn_error *err);
	const struct rn_kernels *kernels; /* NULL: the widest */
	unsigned threads;
	void *state;
};

/** The widest kernels on one thread. */
const struct rn_computer *rn_computer_plain(void);
/** Blocks on `threads` threads (at least 1), with these kernels. */
struct rn_computer rn_computer_of(const struct rn_kernels *kernels, unsigned threads);

#endif
