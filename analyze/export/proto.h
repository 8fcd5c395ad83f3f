/* SPDX-License-Identifier: MIT */
/**
 * proto - protocol buffers on the wire: fields appended to a buffer, messages within messages.
 *
 * Fields are written whatever their value: where a reader tells 0 from absent, the caller decides. Lengths
 * are as short as they can be, so that equal messages are equal bytes.
 * Source: https://protobuf.dev/programming-guides/encoding/
 */
#ifndef RN_ANALYZE_EXPORT_PROTO_H
#define RN_ANALYZE_EXPORT_PROTO_H

#include "shared/buffer.h"

/** uint32, uint64, bool, enum; int32 and int64 as their two's complement of 64 bits. */
void rn_proto_u64(struct rn_buffer *out, uint32_t field, uint64_t v);
static inline void rn_proto_i64(struct rn_buffer *out, uint32_t field, int64_t v)
{
	rn_proto_u64(out, field, (uint64_t)v);
}
void rn_proto_fixed64(struct rn_buffer *out, uint32_t field, uint64_t v);
void rn_proto_double(struct rn_buffer *out, uint32_t field, double v);
void rn_proto_fixed32(struct rn_buffer *out, uint32_t field, uint32_t v);
void rn_proto_bytes(struct rn_buffer *out, uint32_t field, struct rn_bytes s);
/** A string, which has to be UTF-8: other bytes travel as report/utf8.h says. */
void rn_proto_text(struct rn_buffer *out, uint32_t field, struct rn_bytes s);

/** A message as a field: everything appended between begin and end. The mark is end's. Messages nest. */
size_t rn_proto_begin(struct rn_buffer *out, uint32_t field);
void rn_proto_end(struct rn_buffer *out, size_t mark);

#endif
