/* SPDX-License-Identifier: MIT */
/**
 * bytes - structures of a tracee put together by offset, whatever machine the test runs on.
 */
#ifndef RN_TESTS_ANALYZE_DECODE_BYTES_H
#define RN_TESTS_ANALYZE_DECODE_BYTES_H

#include <stddef.h>
#include <stdint.h>

static inline void put_le(uint8_t *b, size_t off, unsigned n, uint64_t v)
{
	for (unsigned i = 0; i < n; i++)
		b[off + i] = (uint8_t)(v >> (8 * i));
}

#endif
