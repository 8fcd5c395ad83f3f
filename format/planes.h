/* SPDX-License-Identifier: MIT */
/**
 * planes - a column of numbers, stored as one run per byte of significance.
 *
 * All lowest bytes first, then all second bytes, up to the widest value's length. Each run is of
 * one kind, which suits the compressor, and taking it apart is a loop that vectorizes.
 * On disk: one byte width (0..8), then width runs of n bytes; n is known from elsewhere.
 */
#ifndef RN_FORMAT_PLANES_H
#define RN_FORMAT_PLANES_H

#include "shared/buffer.h"
#include "shared/cursor.h"

struct rn_planes {
	uint8_t *plane[8];
	uint32_t n, cap;
	unsigned width; /* planes in use */
	bool failed;    /* memory ran out: tested once, at the end */
};

void rn_planes_fini(struct rn_planes *c);
/** Forgets the values, keeps the memory. */
void rn_planes_clear(struct rn_planes *c);
void rn_planes_widen(struct rn_planes *c, uint64_t v);
bool rn_planes_grow(struct rn_planes *c);

static inline void rn_planes_put(struct rn_planes *c, uint64_t v)
{
	if (c->n == c->cap && !rn_planes_grow(c))
		return;
	if (c->width < 8 && v >> (8 * c->width))
		rn_planes_widen(c, v);
	for (unsigned k = 0; k < c->width; k++)
		c->plane[k][c->n] = (uint8_t)(v >> (8 * k));
	c->n++;
}

static inline size_t rn_planes_bytes(const struct rn_planes *c)
{
	return 1 + (size_t)c->width * c->n;
}

void rn_planes_encode(struct rn_buffer *out, const struct rn_planes *c);

/** n values into out; on a short or wrong column the cursor turns bad and out is all zeros. */
void rn_planes_decode(struct rn_cursor *c, uint64_t *out, uint32_t n);

#endif
