/* SPDX-License-Identifier: MIT */
#ifdef __x86_64__
#define RN_KERNELS_SET rn_kernels_avx2
#define RN_KERNELS_BYTES 32
#define RN_KERNELS_SUMS
#define RN_KERNELS_NAME "avx2"
#include "analyze/num/kernels_vector.inc"
#endif
