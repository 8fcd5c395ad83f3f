/* SPDX-License-Identifier: MIT */
/**
 * system - the machine, resources, clocks and scheduling. Internal to analyze/decode.
 */
#ifndef RN_ANALYZE_DECODE_SYSTEM_H
#define RN_ANALYZE_DECODE_SYSTEM_H

#include "analyze/decode/fields.h"
#include "analyze/decode/records.h"

extern const struct rn_fields rn_fields_sysinfo, rn_fields_utsname, rn_fields_olduname,
	rn_fields_oldolduname, rn_fields_rusage, rn_fields_tms, rn_fields_timex, rn_fields_timex64,
	rn_fields_sembuf, rn_fields_mq_attr, rn_fields_io_event,
	rn_fields_sysctl_args, rn_fields_landlock_ruleset, rn_fields_landlock_path;

rn_record_printer rn_record_iocb, rn_record_perf_event_attr, rn_record_sched_attr, rn_record_io_uring_params, rn_record_mempolicy,
	rn_record_user_desc;

#endif
