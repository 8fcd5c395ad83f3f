/* SPDX-License-Identifier: MIT */
/**
 * socket_ends - what an FD event says of a socket: `detail` of docs/format.md.
 *
 * The addresses are as getsockname and getpeername have them, raw: who reads the trace formats them.
 * Values are little-endian, whatever machine recorded them, but for the addresses themselves.
 */
#ifndef RN_FORMAT_SOCKET_ENDS_H
#define RN_FORMAT_SOCKET_ENDS_H

#include "shared/bytes.h"

#include <stdbool.h>

#define RN_SOCKET_ADDRESS_MAX 128                     /* struct sockaddr_storage */
#define RN_SOCKET_ENDS_MAX (12 + 2 * RN_SOCKET_ADDRESS_MAX)

struct rn_socket_ends {
	uint16_t protocol;           /* of socket(2) */
	struct rn_bytes local, peer; /* empty: none */
	uint64_t peer_ino;           /* of AF_UNIX; 0: none or unknown */
};

/** Writes at most RN_SOCKET_ENDS_MAX bytes and returns how many. Longer addresses are cut. */
size_t rn_socket_ends_put(uint8_t *out, const struct rn_socket_ends *ends);
/** False: that is no such detail. Addresses borrow from it. */
bool rn_socket_ends_take(struct rn_socket_ends *ends, struct rn_bytes detail);

#endif
