/* SPDX-License-Identifier: MIT */
/**
 * processes - life, death and limits of processes. Internal to analyze/decode.
 */
#ifndef RN_ANALYZE_DECODE_PROCESSES_H
#define RN_ANALYZE_DECODE_PROCESSES_H

#include "analyze/decode/records.h"

rn_record_printer rn_record_clone_args, rn_record_wait_status, rn_record_rlimit,
	rn_record_cap_header, rn_record_futex_waitv;

#endif
