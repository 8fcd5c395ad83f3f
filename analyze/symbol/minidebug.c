/* SPDX-License-Identifier: MIT */
#include "analyze/symbol/minidebug.h"

#include <lzma.h>

#define MEMORY_MAX_BYTES ((uint64_t)128 << 20)

bool rn_minidebug_unpack(struct rn_buffer *out, struct rn_bytes packed)
{
	for (size_t room = packed.len * 4 + 4096; room <= RN_MINIDEBUG_MAX_BYTES; room *= 4) {
		uint64_t memory = MEMORY_MAX_BYTES;
		size_t in = 0, got = 0;
		uint8_t *to = rn_buffer_reserve(out, room);
		if (!to)
			return false;
		lzma_ret rc = lzma_stream_buffer_decode(&memory, LZMA_FAIL_FAST, NULL, packed.p, &in,
			packed.len, to, &got, room);
		if (rc == LZMA_OK) {
			out->len = got;
			return true;
		}
		if (rc != LZMA_BUF_ERROR) /* else the room was too small */
			return false;
	}
	return false;
}
