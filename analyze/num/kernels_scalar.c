/* SPDX-License-Identifier: MIT */
/* Compiled without vectors: what the others must equal, and what they are measured against. */
#include "analyze/num/kernels_sets.h"

#include <math.h>
#include <string.h>

void rn_kernel_histogram_plain(const uint64_t *v, size_t n, uint64_t low, unsigned shift,
	size_t n_buckets, uint64_t *count)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t bucket = (v[i] - low) >> shift;
		if (v[i] >= low && bucket < n_buckets)
			count[bucket]++;
	}
}

void rn_kernel_sums_plain(const uint64_t *v, size_t n, struct rn_kernel_sums *out)
{
	*out = (struct rn_kernel_sums){ 0, 0, UINT64_MAX, 0 };
	for (size_t i = 0; i < n; i++) {
		out->low += v[i];
		out->high += out->low < v[i];
		if (v[i] < out->min)
			out->min = v[i];
		if (v[i] > out->max)
			out->max = v[i];
	}
}

static double distance2(const double *const *column, unsigned d, size_t i, const double *point)
{
	double sum = 0;
	for (unsigned j = 0; j < d; j++) {
		double x = column[j][i] - point[j];
		sum += x * x;
	}
	return sum;
}

static void assign(struct rn_assign *a, size_t from, size_t to)
{
	double inertia[RN_LANES] = { 0 };
	memset(a->lanes, 0, a->k * a->d * RN_LANES * sizeof(*a->lanes));
	memset(a->count, 0, a->k * sizeof(*a->count));
	a->changed = 0;
	for (size_t i = from; i < to; i++) {
		unsigned lane = i % RN_LANES;
		uint32_t best = 0;
		double least = distance2(a->column, a->d, i, a->center);
		for (uint32_t c = 1; c < a->k; c++) {
			double here = distance2(a->column, a->d, i, a->center + c * a->d);
			if (here < least) {
				least = here;
				best = c;
			}
		}
		a->changed += a->label[i] != best;
		a->label[i] = best;
		a->count[best]++;
		inertia[lane] += least;
		for (unsigned j = 0; j < a->d; j++)
			a->lanes[(best * a->d + j) * RN_LANES + lane] += a->column[j][i];
	}
	for (unsigned s = 0; s < a->k * a->d; s++)
		a->sum[s] = rn_lanes_sum(a->lanes + s * RN_LANES);
	a->inertia = rn_lanes_sum(inertia);
}

static double dot(const double *a, const double *b, size_t n)
{
	double lane[RN_LANES] = { 0 };
	for (size_t i = 0; i < n; i++)
		lane[i % RN_LANES] += a[i] * b[i];
	return rn_lanes_sum(lane);
}

static double distances(const double *const *column, unsigned d, size_t from, size_t to,
	const double *point)
{
	double lane[RN_LANES] = { 0 };
	for (size_t i = from; i < to; i++)
		lane[(i - from) % RN_LANES] += sqrt(distance2(column, d, i, point));
	return rn_lanes_sum(lane);
}

const struct rn_kernels rn_kernels_scalar = { "scalar", rn_kernel_histogram_plain, rn_kernel_sums_plain, assign,
	dot, distances };
