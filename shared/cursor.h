/* SPDX-License-Identifier: MIT */
/**
 * cursor - the only way bytes of a file or a tracee are taken apart.
 *
 * Every take checks bounds. The first failure sets `bad`; from then on every
 * take yields zero (or an empty run) and moves nothing, so that a record is
 * decoded straight through and tested once at its end with rn_cursor_ok().
 * Integers are little-endian; varints are LEB128 (7 bits a byte, low first, at
 * most 10 bytes); signed varints are zigzag. Borrowed runs live as long as the
 * bytes under the cursor.
 */
#ifndef RN_SHARED_CURSOR_H
#define RN_SHARED_CURSOR_H

#include "shared/bytes.h"

#include <stdbool.h>

struct rn_cursor {
	const uint8_t *p;
	const uint8_t *end;
	bool bad;
};

static inline struct rn_cursor rn_cursor_of(const void *p, size_t len)
{
	const uint8_t *b = p ? (const uint8_t *)p : (const uint8_t *)""; /* NULL: len is 0 */
	return (struct rn_cursor){ b, p ? b + len : b, false };
}

static inline bool rn_cursor_ok(const struct rn_cursor *c)
{
	return !c->bad;
}

static inline size_t rn_cursor_left(const struct rn_cursor *c)
{
	return c->bad ? 0 : (size_t)(c->end - c->p);
}

/** The next len bytes, borrowed; an empty run after a failure. */
static inline struct rn_bytes rn_take_bytes(struct rn_cursor *c, uint64_t len)
{
	if (len > rn_cursor_left(c)) {
		c->bad = true;
		return (struct rn_bytes){ NULL, 0 };
	}
	struct rn_bytes r = { c->p, (size_t)len };
	c->p += len;
	return r;
}

static inline uint64_t rn_take_le(struct rn_cursor *c, unsigned nbytes)
{
	struct rn_bytes b = rn_take_bytes(c, nbytes);
	uint64_t v = 0;
	for (size_t i = 0; i < b.len; i++)
		v |= (uint64_t)b.p[i] << (8 * i);
	return v;
}

static inline uint8_t rn_take_u8(struct rn_cursor *c)
{
	return (uint8_t)rn_take_le(c, 1);
}

static inline uint16_t rn_take_u16(struct rn_cursor *c)
{
	return (uint16_t)rn_take_le(c, 2);
}

static inline uint32_t rn_take_u32(struct rn_cursor *c)
{
	return (uint32_t)rn_take_le(c, 4);
}

static inline uint64_t rn_take_u64(struct rn_cursor *c)
{
	return rn_take_le(c, 8);
}

/** One unsigned varint; more than 64 bits of value or 10 bytes is a failure. */
static inline uint64_t rn_take_varint(struct rn_cursor *c)
{
	uint64_t v = 0;
	for (unsigned shift = 0; shift < 70; shift += 7) {
		if (c->bad || c->p == c->end)
			break;
		uint8_t b = *c->p++;
		if (shift == 63 && b > 1)
			break;
		v |= (uint64_t)(b & 0x7f) << shift;
		if (!(b & 0x80))
			return v;
	}
	c->bad = true;
	return 0;
}

static inline int64_t rn_zigzag_decode(uint64_t v)
{
	return (int64_t)(v >> 1) ^ -(int64_t)(v & 1);
}

static inline uint64_t rn_zigzag_encode(int64_t v)
{
	return ((uint64_t)v << 1) ^ (uint64_t)(v >> 63);
}

static inline int64_t rn_take_svarint(struct rn_cursor *c)
{
	return rn_zigzag_decode(rn_take_varint(c));
}

/** A varint length, then that many bytes; a length above cap is a failure. */
static inline struct rn_bytes rn_take_string(struct rn_cursor *c, size_t cap)
{
	uint64_t len = rn_take_varint(c);
	if (len > cap)
		c->bad = true;
	return rn_take_bytes(c, len);
}

#endif
