/* SPDX-License-Identifier: MIT */
/**
 * sockets - the two ends of a tracee's socket.
 *
 * A copy of its descriptor is asked (pidfd_getfd(2)), so that the answer is that of the tracee's own
 * network namespace, and costs the same however many sockets there are; the peer of an AF_UNIX socket
 * comes from sock_diag(7). What the kernel refuses is left out.
 */
#ifndef RN_RECORD_TRACEE_SOCKETS_H
#define RN_RECORD_TRACEE_SOCKETS_H

#include "format/socket_ends.h"

#include <sys/types.h>

/* Descriptors kept between questions. Zeroed memory is a beginning; the end of the program their end. */
struct rn_sockets {
	pid_t pid;       /* whose pidfd it is; 0: nobody's */
	int pidfd;
	int diag;        /* the netlink socket's descriptor + 1; 0: not opened yet, -1: refused */
};

/** The detail of socket fd of process pid, whose inode is ino, into out[RN_SOCKET_ENDS_MAX]. hint: its
 *  peer while that is not connected yet (may be empty). Bytes written; 0: nothing is known. */
size_t rn_sockets_detail(struct rn_sockets *s, pid_t pid, int fd, uint64_t ino, struct rn_bytes hint,
	uint8_t *out);

#endif
