/* SPDX-License-Identifier: MIT */
#include "format/planes.h"

#include <stdlib.h>

void rn_planes_fini(struct rn_planes *c)
{
	for (unsigned k = 0; k < 8; k++)
		free(c->plane[k]);
	*c = (struct rn_planes){ 0 };
}

void rn_planes_clear(struct rn_planes *c)
{
	c->n = 0;
	c->width = 0;
	c->failed = false;
}

bool rn_planes_grow(struct rn_planes *c)
{
	uint32_t cap = c->cap ? c->cap * 2 : 1024;
	for (unsigned k = 0; k < 8 && !c->failed; k++) {
		if (!c->plane[k])
			continue;
		uint8_t *p = realloc(c->plane[k], cap);
		if (p)
			c->plane[k] = p;
		else
			c->failed = true;
	}
	if (!c->failed)
		c->cap = cap;
	return !c->failed;
}

/* Planes up to the length of v come into use; the values so far have zeros there. */
void rn_planes_widen(struct rn_planes *c, uint64_t v)
{
	while (c->width < 8 && v >> (8 * c->width) && !c->failed) {
		uint8_t **p = &c->plane[c->width];
		free(*p);
		*p = malloc(c->cap);
		if (!*p) {
			c->failed = true;
			return;
		}
		memset(*p, 0, c->n);
		c->width++;
	}
}

void rn_planes_encode(struct rn_buffer *out, const struct rn_planes *c)
{
	rn_put_u8(out, (uint8_t)c->width);
	for (unsigned k = 0; k < c->width; k++)
		rn_put_bytes(out, c->plane[k], c->n);
	if (c->failed)
		out->failed = true;
}

/* gcc 12 vectorizes at -O3 only; clang does at -O2 and knows no such attribute. */
#ifdef __clang__
#define VECTORIZED
#else
#define VECTORIZED __attribute__((optimize("O3")))
#endif

VECTORIZED static void or_plane(uint64_t *restrict out,
	const uint8_t *restrict p, uint32_t n, unsigned shift)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] |= (uint64_t)p[i] << shift;
}

VECTORIZED static void one_plane(uint64_t *restrict out,
	const uint8_t *restrict p, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = p[i];
}

VECTORIZED static void two_planes(uint64_t *restrict out,
	const uint8_t *restrict p, const uint8_t *restrict q, uint32_t n)
{
	for (uint32_t i = 0; i < n; i++)
		out[i] = p[i] | (uint64_t)q[i] << 8;
}

void rn_planes_decode(struct rn_cursor *c, uint64_t *out, uint32_t n)
{
	unsigned width = rn_take_u8(c);
	if (width > 8)
		c->bad = true;
	struct rn_bytes b = rn_take_bytes(c, (uint64_t)width * n);
	if (!rn_cursor_ok(c) || width == 0) {
		memset(out, 0, (size_t)n * sizeof(*out));
		return;
	}
	unsigned k = 1;
	if (width == 1)
		one_plane(out, b.p, n);
	else
		two_planes(out, b.p, b.p + n, n), k = 2;
	for (; k < width; k++)
		or_plane(out, b.p + (size_t)k * n, n, 8 * k);
}
