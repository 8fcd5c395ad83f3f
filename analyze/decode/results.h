/* SPDX-License-Identifier: MIT */
/**
 * results - what follows "= ". Internal to analyze/decode.
 */
#ifndef RN_ANALYZE_DECODE_RESULTS_H
#define RN_ANALYZE_DECODE_RESULTS_H

#include "analyze/decode/print.h"

void rn_print_result(struct rn_print *p);

typedef void rn_result_printer(struct rn_print *p, int64_t ret);

/* One per family, for the RN_RET kinds that carry a remark. */
rn_result_printer rn_result_arch_prctl, rn_result_fcntl, rn_result_ioctl, rn_result_prctl,
	rn_result_poll;

#endif
