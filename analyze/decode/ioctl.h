/* SPDX-License-Identifier: MIT */
/**
 * ioctl - structures behind ioctl commands. Internal to analyze/decode.
 */
#ifndef RN_ANALYZE_DECODE_IOCTL_H
#define RN_ANALYZE_DECODE_IOCTL_H

#include "analyze/decode/records.h"

/** Commands of network interfaces, whose argument is a struct ifreq. */
bool rn_is_ifreq_command(uint32_t command);
void rn_print_ifreq(struct rn_print *p, uint32_t command, uint64_t addr);
/** SIOCGIFCONF: {ifc_len=200 => 80, ifc_buf=[..]} */
void rn_print_ifconf(struct rn_print *p, uint64_t addr);

rn_record_printer rn_record_termios, rn_record_termio, rn_record_winsize;

#endif
