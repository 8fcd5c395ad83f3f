/* SPDX-License-Identifier: MIT */
#include "shared/buffer.h"
#include "shared/cursor.h"

#include <criterion/criterion.h>

static const uint64_t edges[] = { 0, 1, 127, 128, 16383, 16384, UINT32_MAX, 1ull << 62, UINT64_MAX };

Test(cursor, varints_come_back_as_they_were_put)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		rn_put_varint(&b, edges[i]);
		rn_put_svarint(&b, (int64_t)edges[i]);
	}
	struct rn_cursor c = rn_cursor_of(b.p, b.len);
	for (size_t i = 0; i < sizeof(edges) / sizeof(edges[0]); i++) {
		cr_assert_eq(rn_take_varint(&c), edges[i]);
		cr_assert_eq(rn_take_svarint(&c), (int64_t)edges[i]);
	}
	cr_assert(rn_cursor_ok(&c));
	cr_assert_eq(rn_cursor_left(&c), 0);
	rn_buffer_fini(&b);
}

Test(cursor, a_take_past_the_end_is_bad_for_good_and_yields_zero)
{
	uint8_t bytes[3] = { 0xff, 0xff, 0xff };
	struct rn_cursor c = rn_cursor_of(bytes, sizeof(bytes));
	cr_assert_eq(rn_take_u32(&c), 0);
	cr_assert(!rn_cursor_ok(&c));
	cr_assert_eq(rn_take_u8(&c), 0, "nothing may be taken after a failure");
	cr_assert_eq(rn_cursor_left(&c), 0);
}

Test(cursor, a_varint_of_more_than_64_bits_is_refused)
{
	uint8_t eleven[11] = { 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01 };
	uint8_t tall[10] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02 };
	struct rn_cursor c = rn_cursor_of(eleven, sizeof(eleven));
	rn_take_varint(&c);
	cr_assert(!rn_cursor_ok(&c));
	c = rn_cursor_of(tall, sizeof(tall));
	rn_take_varint(&c);
	cr_assert(!rn_cursor_ok(&c));
}

Test(cursor, a_string_longer_than_its_cap_is_refused)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	rn_put_string(&b, rn_bytes_str("hello"));
	struct rn_cursor c = rn_cursor_of(b.p, b.len);
	cr_assert_eq(rn_take_string(&c, 4).len, 0);
	cr_assert(!rn_cursor_ok(&c));
	rn_buffer_fini(&b);
}
