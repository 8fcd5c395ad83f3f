/* SPDX-License-Identifier: MIT */
/**
 * kernels_sets - the sets there are. kernels_scalar.c is plain C and the measure of the others, which are
 * one text (kernels_vector.inc) compiled for each instruction set. Internal to num/.
 */
#ifndef RN_ANALYZE_NUM_KERNELS_SETS_H
#define RN_ANALYZE_NUM_KERNELS_SETS_H

#include "analyze/num/kernels.h"

extern const struct rn_kernels rn_kernels_scalar;
extern const struct rn_kernels rn_kernels_baseline; /* SSE2 on x86-64, NEON on aarch64 */
extern const struct rn_kernels rn_kernels_avx2;
extern const struct rn_kernels rn_kernels_avx512;

/* What vectors do not do faster, or not on every set. */
void rn_kernel_histogram_plain(const uint64_t *v, size_t n, uint64_t low, unsigned shift,
	size_t n_buckets, uint64_t *count);
void rn_kernel_sums_plain(const uint64_t *v, size_t n, struct rn_kernel_sums *out);

#endif
