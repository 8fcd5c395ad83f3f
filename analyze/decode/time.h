/* SPDX-License-Identifier: MIT */
/**
 * time - moments and durations of the kernel's structures. Internal to analyze/decode.
 *
 * Dates are in UTC: a trace reads the same wherever it is decoded.
 */
#ifndef RN_ANALYZE_DECODE_TIME_H
#define RN_ANALYZE_DECODE_TIME_H

#include "analyze/decode/records.h"

/** " /" "* 2022-11-22T19:00:00.000000001+0000 *" "/"; nothing for the epoch itself. */
void rn_print_date_comment(struct rn_print *p, int64_t sec, uint64_t nsec);
/** The same with microseconds. */
void rn_print_microdate_comment(struct rn_print *p, int64_t sec, uint64_t usec);
/** The date between two texts. */
void rn_print_date(struct rn_print *p, int64_t sec, const char *before, const char *after);
/** " /" "* 0.02 s *" "/" of USER_HZ (100) ticks; nothing for 0. */
void rn_print_ticks_comment(struct rn_print *p, uint64_t ticks);
/** {tv_sec=1, tv_nsec=5}; `fraction` names the second member. Each has half of b. */
void rn_print_two_times(struct rn_print *p, struct rn_bytes b, const char *fraction);

rn_record_printer rn_record_timespec, rn_record_timeval, rn_record_itimerspec, rn_record_itimerval,
	rn_record_timezone, rn_record_time;

#endif
