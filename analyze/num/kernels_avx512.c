/* SPDX-License-Identifier: MIT */
#ifdef __x86_64__
#define RN_KERNELS_SET rn_kernels_avx512
#define RN_KERNELS_BYTES 64
#define RN_KERNELS_SUMS
#define RN_KERNELS_NAME "avx512"
#include "analyze/num/kernels_vector.inc"
#endif
