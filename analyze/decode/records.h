/* SPDX-License-Identifier: MIT */
/**
 * records - one printer per structure of shared/records.def. Internal to analyze/decode.
 *
 * b holds what was captured: rn_record_bytes() of them, fewer for the
 * size-versioned ones.
 */
#ifndef RN_ANALYZE_DECODE_RECORDS_H
#define RN_ANALYZE_DECODE_RECORDS_H

#include "analyze/decode/print.h"

typedef void rn_record_printer(struct rn_print *p, struct rn_bytes b);

/** As a pointer to one prints: a structure in braces, a lone number in brackets. */
void rn_print_record(struct rn_print *p, enum rn_record_id id, struct rn_bytes b);
/** As a member of an array prints: a lone number without brackets. */
void rn_print_element(struct rn_print *p, enum rn_record_id id, struct rn_bytes b);
/** There is a printer; what has none prints as its address. */
bool rn_record_known(enum rn_record_id id);
/** Of records that say their own size: the bytes of the first version; 0 for the others. */
unsigned rn_record_least_bytes(enum rn_record_id id);
/** Of records given and taken: those that are shown as the call left them. */
bool rn_record_is_filled(enum rn_record_id id);
/** The records that are a lone number. */
bool rn_record_is_number(enum rn_record_id id);

/** Reads a record at addr in the current phase and prints it; its address when it is not there. */
void rn_print_record_at(struct rn_print *p, enum rn_record_id id, uint64_t addr);
/** A program of seccomp's: struct sock_fprog, whose verdicts have names (bpf_code.c). */
void rn_print_seccomp_fprog(struct rn_print *p, uint64_t addr);
/** n instructions of a socket's filter: their address unless verbose. */
void rn_print_filter_program(struct rn_print *p, uint64_t addr, uint64_t n);
/** n instructions of the extended packet filter. */
void rn_print_bpf_program(struct rn_print *p, uint64_t addr, uint64_t n);
/** n elements of size bytes from addr on do not fit the address space. */
bool rn_array_wraps(uint64_t addr, uint64_t n, uint32_t size);
/** n of them: "[{..}, {..}]", cut like strings unless verbose. */
void rn_print_record_array(struct rn_print *p, enum rn_record_id id, uint64_t addr, uint64_t n);

#endif
