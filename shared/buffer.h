/* SPDX-License-Identifier: MIT */
/**
 * buffer - growable bytes to write into; the counterpart of the cursor.
 *
 * Puts never fail loudly: when memory runs out, `failed` is set, further puts
 * do nothing, and the owner tests it once at the end (rn_buffer_ok). Capacity is
 * kept by rn_buffer_clear, so that a reused buffer stops allocating.
 */
#ifndef RN_SHARED_BUFFER_H
#define RN_SHARED_BUFFER_H

#include "shared/bytes.h"

#include <stdarg.h>
#include <stdbool.h>

struct rn_buffer {
	uint8_t *p;
	size_t len;
	size_t cap;
	bool failed;
};

#define RN_BUFFER_INIT { NULL, 0, 0, false }

void rn_buffer_init(struct rn_buffer *b);
/** Frees the memory; the buffer may be used again afterwards. */
void rn_buffer_fini(struct rn_buffer *b);

static inline void rn_buffer_clear(struct rn_buffer *b)
{
	b->len = 0;
	b->failed = false;
}

static inline bool rn_buffer_ok(const struct rn_buffer *b)
{
	return !b->failed;
}

static inline struct rn_bytes rn_buffer_bytes(const struct rn_buffer *b)
{
	return rn_bytes_of(b->p, b->len);
}

/** Room for `more` further bytes; returns where they go, or NULL (and failed). len is unchanged. */
uint8_t *rn_buffer_reserve(struct rn_buffer *b, size_t more);

/** p must not point into b. */
void rn_put_bytes(struct rn_buffer *b, const void *p, size_t len);
void rn_put_zeros(struct rn_buffer *b, size_t len);
void rn_put_le(struct rn_buffer *b, uint64_t v, unsigned nbytes);
void rn_put_varint_slow(struct rn_buffer *b, uint64_t v);
/** A varint length, then the bytes. */
void rn_put_string(struct rn_buffer *b, struct rn_bytes s);
/** The bytes of a C string, without its NUL. */
void rn_put_text(struct rn_buffer *b, const char *s);
void rn_put_format(struct rn_buffer *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void rn_put_vformat(struct rn_buffer *b, const char *fmt, va_list ap);
/** Puts a NUL behind the contents without counting it; the C string, borrowed until the next put
 *  ("" when memory ran out). */
const char *rn_buffer_cstr(struct rn_buffer *b);

static inline void rn_put_u8(struct rn_buffer *b, uint8_t v)
{
	if (b->len < b->cap)
		b->p[b->len++] = v;
	else
		rn_put_bytes(b, &v, 1);
}

static inline void rn_put_u16(struct rn_buffer *b, uint16_t v)
{
	rn_put_le(b, v, 2);
}

static inline void rn_put_u32(struct rn_buffer *b, uint32_t v)
{
	rn_put_le(b, v, 4);
}

static inline void rn_put_u64(struct rn_buffer *b, uint64_t v)
{
	rn_put_le(b, v, 8);
}

static inline void rn_put_varint(struct rn_buffer *b, uint64_t v)
{
	if (v < 0x80)
		rn_put_u8(b, (uint8_t)v);
	else
		rn_put_varint_slow(b, v);
}

static inline void rn_put_svarint(struct rn_buffer *b, int64_t v)
{
	rn_put_varint(b, ((uint64_t)v << 1) ^ (uint64_t)(v >> 63));
}

#endif
