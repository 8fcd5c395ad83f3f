/* SPDX-License-Identifier: MIT */
/**
 * sockets - addresses, messages, options. Internal to analyze/decode.
 */
#ifndef RN_ANALYZE_DECODE_SOCKETS_H
#define RN_ANALYZE_DECODE_SOCKETS_H

#include "analyze/decode/records.h"

/** The address of len bytes at addr in the current phase; its address when it is not there. */
void rn_print_sockaddr(struct rn_print *p, uint64_t addr, uint64_t len);
/** The same of bytes already read, at least two of them. */
void rn_print_sockaddr_bytes(struct rn_print *p, struct rn_bytes b);
/** inet_addr("127.0.0.1") of the first four bytes; constants as numbers are all that are given. */
void rn_print_inet_addr(struct rn_print *p, struct rn_bytes b);
/** The label, htons(80) of two bytes. */
void rn_print_port(struct rn_print *p, const char *label, struct rn_bytes two);
/** inet_pton(AF_INET6, "::1", &member): the form without a name of its own. 16 bytes at address;
 *  member NULL: no third part. */
void rn_print_inet6(struct rn_print *p, const uint8_t *address, const char *member);
/** if_nametoindex("lo"), where the trace says so, else the number. */
void rn_print_ifindex(struct rn_print *p, uint32_t index);

/** n iovecs at addr: with what their buffers hold, `most` bytes altogether, or as addresses. */
void rn_print_iovec(struct rn_print *p, uint64_t addr, uint64_t n, uint64_t most, bool follow);

/** Control messages of len bytes at addr. */
void rn_print_control(struct rn_print *p, uint64_t addr, uint64_t len);

/** struct sock_fprog: with -v its instructions, else where they are (bpf_code.c). */
rn_record_printer rn_record_sock_fprog;

#endif
