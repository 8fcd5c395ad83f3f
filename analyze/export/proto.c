/* SPDX-License-Identifier: MIT */
#include "analyze/export/proto.h"

#include "analyze/report/utf8.h"

enum wire { VARINT = 0, FIXED64 = 1, LENGTH = 2, FIXED32 = 5 };

static void put_tag(struct rn_buffer *out, uint32_t field, enum wire wire)
{
	rn_put_varint(out, (uint64_t)field << 3 | wire);
}

void rn_proto_u64(struct rn_buffer *out, uint32_t field, uint64_t v)
{
	put_tag(out, field, VARINT);
	rn_put_varint(out, v);
}

void rn_proto_fixed64(struct rn_buffer *out, uint32_t field, uint64_t v)
{
	put_tag(out, field, FIXED64);
	rn_put_u64(out, v);
}

void rn_proto_double(struct rn_buffer *out, uint32_t field, double v)
{
	uint64_t bits;
	memcpy(&bits, &v, sizeof(bits));
	rn_proto_fixed64(out, field, bits);
}

void rn_proto_fixed32(struct rn_buffer *out, uint32_t field, uint32_t v)
{
	put_tag(out, field, FIXED32);
	rn_put_u32(out, v);
}

void rn_proto_bytes(struct rn_buffer *out, uint32_t field, struct rn_bytes s)
{
	put_tag(out, field, LENGTH);
	rn_put_varint(out, s.len);
	rn_put_bytes(out, s.p, s.len);
}

void rn_proto_text(struct rn_buffer *out, uint32_t field, struct rn_bytes s)
{
	size_t mark = rn_proto_begin(out, field);
	rn_put_utf8(out, s);
	rn_proto_end(out, mark);
}

/* One byte is kept for the length, and more made room for when it turns out to be needed. */
size_t rn_proto_begin(struct rn_buffer *out, uint32_t field)
{
	put_tag(out, field, LENGTH);
	rn_put_u8(out, 0);
	return out->len;
}

void rn_proto_end(struct rn_buffer *out, size_t mark)
{
	if (!rn_buffer_ok(out))
		return;
	size_t len = out->len - mark, more = 0;
	for (size_t rest = len >> 7; rest; rest >>= 7)
		more++;
	if (!rn_buffer_reserve(out, more))
		return;
	memmove(out->p + mark + more, out->p + mark, len);
	out->len = mark - 1;
	rn_put_varint(out, len);
	out->len += len;
}
