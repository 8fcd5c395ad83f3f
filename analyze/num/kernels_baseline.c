/* SPDX-License-Identifier: MIT */
#define RN_KERNELS_SET rn_kernels_baseline
#define RN_KERNELS_BYTES 16
#define RN_KERNELS_NAME "baseline"
#include "analyze/num/kernels_vector.inc"
