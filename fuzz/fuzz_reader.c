/* SPDX-License-Identifier: MIT */
/* The reader over any bytes. Input that begins like a trace is taken as it is, then with its checksums mended. Other
 * input becomes one block with right checksums: eight bytes of counts, then the sections, each with a length. */
#include "fuzz/mend.h"
#include "fuzz/nasty.h"
#include "shared/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* More calls than bytes can tell of only take time. */
#define MAX_CALLS 2048u

/* As a stream one in four, which takes as long as the other three. */
static void read_back(struct rn_bytes trace)
{
	(trace.len % 4 ? nasty_read_file : nasty_read)(trace);
}

static void make_block(struct rn_buffer *out, struct rn_bytes input)
{
	struct rn_cursor c = rn_cursor_of(input.p, input.len);
	struct nasty_block b = { .n_calls = rn_take_u16(&c) % MAX_CALLS, .n_meta = rn_take_u16(&c) % MAX_CALLS,
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
	struct rn_buffer trace = RN_BUFFER_INIT;
	if (size >= 4 && memcmp(data, "\x52\x2a\x4d\x18", 4) == 0) {
		read_back(rn_bytes_of(data, size));
		rn_put_bytes(&trace, data, size);
		rn_mend(&trace);
	} else {
		make_block(&trace, rn_bytes_of(data, size));
	}
	read_back(rn_buffer_bytes(&trace));
	rn_buffer_fini(&trace);
	return 0;
}
