/* SPDX-License-Identifier: MIT */
/**
 * address - the hosts that calls speak to, and words that stand for some of them.
 *
 * A word is an address ("10.1.2.3", "fe80::1"), a network ("10.0.0.0/8"), a glob ("10.1.*", "unix:/run/..."),
 * or one of these with a port behind it ("127.0.0.1:443", "[::1]:443", "*:53"). Addresses of IPv4 within
 * IPv6 count as IPv4. Names of hosts are not known to a trace.
 */
#ifndef RN_ANALYZE_CHECK_ADDRESS_H
#define RN_ANALYZE_CHECK_ADDRESS_H

#include "format/event.h"
#include "shared/arena.h"
#include "shared/buffer.h"
#include "shared/option.h"

/* What a call named as its peer. */
struct rn_peer {
	unsigned family;       /* AF_INET, AF_INET6, AF_UNIX */
	uint8_t address[16];   /* network order, 4 or 16 of them */
	unsigned port;
	struct rn_bytes path;  /* AF_UNIX: borrowed from the event; one of the abstract ones begins with @ */
};

/** The peer of connect, sendto or sendmsg; false: none is given, or it was not captured, or is of another
 *  family. scratch: for the path. */
bool rn_call_peer(const struct rn_event *ev, struct rn_buffer *scratch, struct rn_peer *out);
/** "127.0.0.1:80", "[::1]:80", "unix:/run/x". */
void rn_put_peer(struct rn_buffer *out, const struct rn_peer *peer);

struct rn_addresses;
/** Words into a matcher, in the arena. RN_E_USAGE: a word that is none of the above. */
int rn_addresses_new(struct rn_addresses **out, const struct rn_strings *words, struct rn_arena *arena,
	struct rn_error *err);
bool rn_addresses_match(const struct rn_addresses *a, const struct rn_peer *peer);
/** Whether some word is about sockets of the file system, too. */
bool rn_addresses_about_unix(const struct rn_addresses *a);

#endif
