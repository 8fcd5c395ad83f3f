/* SPDX-License-Identifier: MIT */
/**
 * signals - sets, actions and information of signals. Internal to analyze/decode.
 */
#ifndef RN_ANALYZE_DECODE_SIGNALS_H
#define RN_ANALYZE_DECODE_SIGNALS_H

#include "analyze/decode/records.h"

/** The n lowest bits (a multiple of 8): [INT TERM], ~[KILL]. */
void rn_print_sigset_bits(struct rn_print *p, uint64_t bits, unsigned n);
/** A set of len bytes at addr; its address when that is no size of a set. */
void rn_print_sigset(struct rn_print *p, uint64_t addr, uint64_t len);
/** SIG_DFL, SIG_IGN, SIG_ERR or an address. */
void rn_print_handler(struct rn_print *p, uint64_t v);
/** {si_signo=.., si_code=.., ..} of a siginfo_t in the layout of p->word. */
void rn_print_siginfo(struct rn_print *p, struct rn_bytes b);

rn_record_printer rn_record_sigaction, rn_record_old_sigaction, rn_record_sigstack,
	rn_record_siginfo, rn_record_sigevent;

#endif
