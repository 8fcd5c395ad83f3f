/* SPDX-License-Identifier: MIT */
#include "format/socket_ends.h"

#include "shared/cursor.h"

#include <string.h>

static uint8_t *put_le(uint8_t *p, uint64_t v, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		*p++ = (uint8_t)(v >> (8 * i));
	return p;
}

static uint8_t *put_address(uint8_t *p, struct rn_bytes address)
{
	size_t len = address.len < RN_SOCKET_ADDRESS_MAX ? address.len : RN_SOCKET_ADDRESS_MAX;
	*p++ = (uint8_t)len;
	if (len)
		memcpy(p, address.p, len);
	return p + len;
}

size_t rn_socket_ends_put(uint8_t *out, const struct rn_socket_ends *ends)
{
	uint8_t *p = put_le(out, ends->protocol, 2);
	p = put_address(p, ends->local);
	p = put_address(p, ends->peer);
	return (size_t)(put_le(p, ends->peer_ino, 8) - out);
}

bool rn_socket_ends_take(struct rn_socket_ends *ends, struct rn_bytes detail)
{
	struct rn_cursor c = rn_cursor_of(detail.p, detail.len);
	ends->protocol = (uint16_t)rn_take_le(&c, 2);
	ends->local = rn_take_bytes(&c, rn_take_u8(&c));
	ends->peer = rn_take_bytes(&c, rn_take_u8(&c));
	ends->peer_ino = rn_take_le(&c, 8);
	return !c.bad;
}
