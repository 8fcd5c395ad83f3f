/* SPDX-License-Identifier: MIT */
/**
 * poll - records of poll and epoll. Internal to analyze/decode.
 */
#ifndef RN_ANALYZE_DECODE_POLL_H
#define RN_ANALYZE_DECODE_POLL_H

#include "analyze/decode/records.h"

rn_record_printer rn_record_pollfd, rn_record_epoll_event;

#endif
