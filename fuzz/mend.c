/* SPDX-License-Identifier: MIT */
#include "fuzz/mend.h"

#include "format/crc32c.h"
#include "format/frame.h"
#include "shared/cursor.h"

#define MAX_SECTIONS 64

static void put_crc(uint8_t *to, struct rn_bytes b)
{
	uint32_t crc = rn_crc32c(b);
	for (unsigned i = 0; i < 4; i++)
		to[i] = (uint8_t)(crc >> (8 * i));
}

/* Of the sections behind the directory in trace[at, end): their checksums in it, where both are there. */
static void mend_sections(struct rn_buffer *trace, size_t at, size_t end)
{
	uint64_t on_disk[MAX_SECTIONS], n;
	struct rn_cursor c = rn_cursor_of(trace->p + at + RN_FRAME_HEAD, end - at - RN_FRAME_MIN);
	for (unsigned i = 0; i < 8; i++)
		rn_take_varint(&c);
	n = rn_take_varint(&c);
	for (uint64_t i = 0; i < n && i < MAX_SECTIONS; i++) {
		rn_take_varint(&c);
		rn_take_varint(&c);
		on_disk[i] = rn_take_varint(&c);
	}
	for (unsigned i = 0; i < 2; i++)
		rn_take_bytes(&c, rn_take_varint(&c));
	if (!rn_cursor_ok(&c) || n > MAX_SECTIONS)
		return;
	uint8_t *crc = trace->p + (c.p - trace->p);
	for (uint64_t i = 0; i < n && rn_cursor_left(&c) >= 4 && on_disk[i] <= trace->len - end; i++) {
		put_crc(crc + 4 * i, rn_bytes_of(trace->p + end, on_disk[i]));
		end += on_disk[i];
		rn_take_u32(&c);
	}
}

void rn_mend(struct rn_buffer *trace)
{
	for (size_t at = 0; at + RN_FRAME_MIN <= trace->len; at++) {
		uint64_t bytes;
		struct rn_bytes rest = rn_bytes_of(trace->p + at, trace->len - at);
		enum rn_frame_kind kind = rn_frame_sniff(rest, &bytes);
		if (kind == RN_FRAME_NONE || kind > RN_FRAME_UNKNOWN || bytes > rest.len)
			continue;
		if (kind == RN_FRAME_BLOCK)
			mend_sections(trace, at, at + bytes);
		put_crc(trace->p + at + bytes - 4, rn_bytes_of(trace->p + at, bytes - 4));
		at += bytes - 1;
	}
}
