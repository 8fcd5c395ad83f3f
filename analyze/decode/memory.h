/* SPDX-License-Identifier: MIT */
/**
 * memory - the tracee's memory as far as an event captured it.
 *
 * Spans are found by address and phase, never by argument: two arguments that
 * point to the same place see the same bytes, and pieces that lie side by side
 * read as one. Every read is bounds-checked against the spans; a wrapping
 * address or a hostile length is an absent byte, never an access.
 * Borrowed bytes live as long as the event. Cost: linear in the spans.
 */
#ifndef RN_ANALYZE_DECODE_MEMORY_H
#define RN_ANALYZE_DECODE_MEMORY_H

#include "format/event.h"

#include <stdbool.h>

/** What lies at addr in one span of the phase, at most `most` bytes: the longest such run,
 *  borrowed; empty when nothing was captured there. *span (may be NULL): the span it is from, NULL
 *  when none; also set when a span begins at addr but has no bytes (a fault, an empty string). */
struct rn_bytes rn_memory_run(const struct rn_call *call, enum rn_span_phase phase, uint64_t addr,
	uint64_t most, const struct rn_span **span);

/** Copies exactly len bytes, over as many spans as needed. False, and `to` is unspecified, when one
 *  of them is missing. len 0 is true. */
bool rn_memory_read(const struct rn_call *call, enum rn_span_phase phase, uint64_t addr, void *to,
	size_t len);

/** The same for one little-endian integer of 1 to 8 bytes. */
bool rn_memory_uint(const struct rn_call *call, enum rn_span_phase phase, uint64_t addr,
	unsigned nbytes, uint64_t *out);

/** How many bytes from addr on are there without a gap, at most `most`. */
uint64_t rn_memory_extent(const struct rn_call *call, enum rn_span_phase phase, uint64_t addr,
	uint64_t most);

/** The integer of n bytes at offset off of a record; bytes beyond its end are 0. */
static inline uint64_t rn_field_u(struct rn_bytes b, size_t off, unsigned n)
{
	uint64_t v = 0;
	for (unsigned i = 0; i < n && off + i < b.len; i++)
		v |= (uint64_t)b.p[off + i] << (8 * i);
	return v;
}

static inline int64_t rn_field_i(struct rn_bytes b, size_t off, unsigned n)
{
	uint64_t v = rn_field_u(b, off, n);
	unsigned unused = 64 - 8 * n;
	return n == 0 || n >= 8 ? (int64_t)v : (int64_t)(v << unused) >> unused;
}

/** Big-endian (network order) integers. */
static inline uint64_t rn_field_be(struct rn_bytes b, size_t off, unsigned n)
{
	uint64_t v = 0;
	for (unsigned i = 0; i < n; i++)
		v = v << 8 | (off + i < b.len ? b.p[off + i] : 0);
	return v;
}

/** The part of b from off on, at most len bytes. */
static inline struct rn_bytes rn_bytes_part(struct rn_bytes b, size_t off, size_t len)
{
	if (off >= b.len)
		return rn_bytes_of(NULL, 0);
	return rn_bytes_of(b.p + off, len < b.len - off ? len : b.len - off);
}

#endif
