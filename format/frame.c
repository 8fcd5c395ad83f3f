/* SPDX-License-Identifier: MIT */
#include "format/frame.h"

#include "format/crc32c.h"
#include "shared/cursor.h"

#define KIND_BYTES 8

/* The header's is made like PNG's: a high bit, both line ends and a ^Z show a mangled transfer. */
static const char kinds[][KIND_BYTES + 1] = {
	[RN_FRAME_HEADER] = "\x89RNT\r\n\x1a\n",
	[RN_FRAME_BLOCK] = "RNTBLOCK",
	[RN_FRAME_MODULE] = "RNTMODUL",
	[RN_FRAME_INDEX] = "RNTINDEX",
};
#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static enum rn_frame_kind own_kind(const uint8_t *p)
{
	for (size_t k = RN_FRAME_HEADER; k < N_KINDS; k++)
		if (memcmp(p, kinds[k], KIND_BYTES) == 0)
			return (enum rn_frame_kind)k;
	return RN_FRAME_UNKNOWN;
}

enum rn_frame_kind rn_frame_sniff(struct rn_bytes b, uint64_t *frame_bytes)
{
	struct rn_cursor c = rn_cursor_of(b.p, b.len);
	uint32_t magic = rn_take_u32(&c);
	*frame_bytes = 0;
	if (magic == RN_FRAME_MAGIC_ZSTD)
		return RN_FRAME_ZSTD;
	if ((magic & 0xFFFFFFF0u) != 0x184D2A50u)
		return RN_FRAME_NONE;
	uint32_t len = rn_take_u32(&c);
	if (!rn_cursor_ok(&c))
		return RN_FRAME_NONE;
	*frame_bytes = 8 + (uint64_t)len;
	if (magic == RN_FRAME_MAGIC_SEEK)
		return RN_FRAME_SEEK;
	struct rn_bytes name = rn_take_bytes(&c, KIND_BYTES);
	if (magic != RN_FRAME_MAGIC) /* one of ours with a damaged magic is nobody's */
		return name.p && own_kind(name.p) != RN_FRAME_UNKNOWN ? RN_FRAME_NONE :
			RN_FRAME_FOREIGN;
	if (!rn_cursor_ok(&c) || *frame_bytes < RN_FRAME_MIN)
		return RN_FRAME_NONE;
	return own_kind(name.p);
}

int rn_frame_body(struct rn_bytes frame, struct rn_bytes *body, struct rn_error *err)
{
	uint64_t bytes;
	enum rn_frame_kind kind = rn_frame_sniff(frame, &bytes);
	if (kind == RN_FRAME_NONE || kind > RN_FRAME_UNKNOWN || bytes != frame.len)
		return rn_fail(err, RN_E_CORRUPT, "frame of a wrong length");
	struct rn_cursor c = rn_cursor_of(frame.p + frame.len - 4, 4);
	if (rn_take_u32(&c) != rn_crc32c(rn_bytes_of(frame.p, frame.len - 4)))
		return rn_fail(err, RN_E_CORRUPT, "checksum differs");
	*body = rn_bytes_of(frame.p + RN_FRAME_HEAD, frame.len - RN_FRAME_MIN);
	return 0;
}

size_t rn_frame_begin(struct rn_buffer *out, enum rn_frame_kind kind)
{
	size_t at = out->len;
	rn_put_u32(out, RN_FRAME_MAGIC);
	rn_put_u32(out, 0);
	rn_put_bytes(out, kinds[kind], KIND_BYTES);
	return at;
}

void rn_frame_end(struct rn_buffer *out, size_t at)
{
	if (!rn_buffer_ok(out))
		return;
	uint32_t len = (uint32_t)(out->len + 4 - at - 8);
	for (unsigned i = 0; i < 4; i++)
		out->p[at + 4 + i] = (uint8_t)(len >> (8 * i));
	rn_put_u32(out, rn_crc32c(rn_bytes_of(out->p + at, out->len - at)));
}

size_t rn_frame_find(struct rn_bytes b, size_t from)
{
	static const uint8_t magic[4] = { 0x52, 0x2A, 0x4D, 0x18 };
	while (from + RN_FRAME_HEAD <= b.len) {
		const uint8_t *hit = memmem(b.p + from, b.len - from, magic, sizeof(magic));
		if (!hit)
			break;
		from = (size_t)(hit - b.p);
		uint64_t bytes;
		enum rn_frame_kind kind =
			rn_frame_sniff(rn_bytes_of(hit, b.len - from), &bytes);
		if (kind != RN_FRAME_NONE && kind < RN_FRAME_UNKNOWN && bytes <= RN_FRAME_MAX_BYTES)
			return from;
		from++;
	}
	return b.len;
}
