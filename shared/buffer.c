/* SPDX-License-Identifier: MIT */
#include "shared/buffer.h"

#include <stdio.h>
#include <stdlib.h>

void rn_buffer_init(struct rn_buffer *b)
{
	*b = (struct rn_buffer)RN_BUFFER_INIT;
}

void rn_buffer_fini(struct rn_buffer *b)
{
	free(b->p);
	rn_buffer_init(b);
}

uint8_t *rn_buffer_reserve(struct rn_buffer *b, size_t more)
{
	if (b->failed)
		return NULL;
	if (more <= b->cap - b->len && b->p)
		return b->p + b->len;
	if (more > SIZE_MAX / 4 - b->len)
		goto fail;
	size_t cap = b->cap ? b->cap * 2 : 256;
	while (cap < b->len + more)
		cap *= 2;
	uint8_t *p = realloc(b->p, cap);
	if (!p)
		goto fail;
	b->p = p;
	b->cap = cap;
	return b->p + b->len;
fail:
	b->failed = true;
	return NULL;
}

void rn_put_bytes(struct rn_buffer *b, const void *p, size_t len)
{
	if (!len)
		return;
	uint8_t *to = rn_buffer_reserve(b, len);
	if (!to)
		return;
	memcpy(to, p, len);
	b->len += len;
}

void rn_put_zeros(struct rn_buffer *b, size_t len)
{
	uint8_t *to = rn_buffer_reserve(b, len);
	if (!to)
		return;
	memset(to, 0, len);
	b->len += len;
}

void rn_put_le(struct rn_buffer *b, uint64_t v, unsigned nbytes)
{
	uint8_t t[8];
	for (unsigned i = 0; i < nbytes; i++)
		t[i] = (uint8_t)(v >> (8 * i));
	rn_put_bytes(b, t, nbytes);
}

void rn_put_varint_slow(struct rn_buffer *b, uint64_t v)
{
	uint8_t t[10];
	unsigned n = 0;
	while (v >= 0x80) {
		t[n++] = (uint8_t)(v | 0x80);
		v >>= 7;
	}
	t[n++] = (uint8_t)v;
	rn_put_bytes(b, t, n);
}

void rn_put_string(struct rn_buffer *b, struct rn_bytes s)
{
	rn_put_varint(b, s.len);
	rn_put_bytes(b, s.p, s.len);
}

void rn_put_text(struct rn_buffer *b, const char *s)
{
	rn_put_bytes(b, s, strlen(s));
}

void rn_put_vformat(struct rn_buffer *b, const char *fmt, va_list ap)
{
	va_list again;
	va_copy(again, ap);
	char small[256];
	int n = vsnprintf(small, sizeof(small), fmt, ap);
	if (n < 0) {
		b->failed = true;
	} else if ((size_t)n < sizeof(small)) {
		rn_put_bytes(b, small, (size_t)n);
	} else {
		uint8_t *to = rn_buffer_reserve(b, (size_t)n + 1);
		if (to) {
			vsnprintf((char *)to, (size_t)n + 1, fmt, again);
			b->len += (size_t)n;
		}
	}
	va_end(again);
}

void rn_put_format(struct rn_buffer *b, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	rn_put_vformat(b, fmt, ap);
	va_end(ap);
}

const char *rn_buffer_cstr(struct rn_buffer *b)
{
	uint8_t *to = rn_buffer_reserve(b, 1);
	if (!to)
		return "";
	*to = 0;
	return (const char *)b->p;
}
