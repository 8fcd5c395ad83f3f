/* SPDX-License-Identifier: MIT */
/**
 * sockopt - socket options whose value points further. Also compiled into the kernel program: no libc.
 * socket(7); the numbers are those of every architecture we record.
 */
#ifndef RN_RECORD_CAPTURE_SOCKOPT_H
#define RN_RECORD_CAPTURE_SOCKOPT_H

/** Its value, when it is given, is a struct sock_fprog. */
static inline int rn_sockopt_is_filter(unsigned level, unsigned name)
{
	enum { SOCKET_LEVEL = 1, ATTACH_FILTER = 26, ATTACH_REUSEPORT_CBPF = 51 };
	return level == SOCKET_LEVEL && (name == ATTACH_FILTER || name == ATTACH_REUSEPORT_CBPF);
}

#endif
