/* SPDX-License-Identifier: MIT */
/* The reader over any bytes. Input that begins like a trace is taken as it is. Other input becomes
 * one block with right checksums: eight bytes of counts, then the sections, each with a length. */
#include "fuzz/nasty.h"
#include "shared/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_block(struct rn_buffer *out, struct rn_bytes input)
{
	struct rn_cursor c = rn_cursor_of(input.p, input.len);
	struct nasty_block b = { .n_calls = rn_take_u16(&c), .n_meta = rn_take_u16(&c),
		.n_errors = rn_take_u8(&c), .first_seq = rn_take_u8(&c), .span_ns = rn_take_u16(&c) };
	b.n_errors = b.n_errors < b.n_calls ? b.n_errors : b.n_calls;
	for (unsigned s = 0; s < RN_SECTIONS; s++) {
		uint64_t len = rn_take_varint(&c);
		b.raw[s] = rn_take_bytes(&c, len < rn_cursor_left(&c) ? len : rn_cursor_left(&c));
	}
	nasty_header(out);
	nasty_put_block(out, &b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size >= 4 && memcmp(data, "\x52\x2a\x4d\x18", 4) == 0) {
		nasty_read(rn_bytes_of(data, size));
		return 0;
	}
	struct rn_buffer trace = RN_BUFFER_INIT;
	make_block(&trace, rn_bytes_of(data, size));
	nasty_read(rn_buffer_bytes(&trace));
	rn_buffer_fini(&trace);
	return 0;
}
