/* SPDX-License-Identifier: MIT */
#include "shared/buffer.h"

#include <criterion/criterion.h>

Test(buffer, what_was_put_is_there_in_order)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	rn_put_u8(&b, 0x01);
	rn_put_u16(&b, 0x0302);
	rn_put_u32(&b, 0x07060504);
	rn_put_u64(&b, 0x0f0e0d0c0b0a0908);
	rn_put_bytes(&b, "\x10\x11", 2);
	rn_put_zeros(&b, 2);
	rn_put_string(&b, rn_bytes_str("ab"));
	rn_put_text(&b, "cd");
	rn_put_format(&b, "%d", -5);
	static const uint8_t expected[] = { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17,
		0, 0, 2, 'a', 'b', 'c', 'd', '-', '5' };
	cr_assert(rn_buffer_ok(&b));
	cr_assert_eq(b.len, sizeof(expected));
	cr_assert_arr_eq(b.p, expected, sizeof(expected));
	rn_buffer_fini(&b);
	cr_assert_null(b.p);
}

Test(buffer, grows_past_any_capacity_and_keeps_it_when_cleared)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	for (unsigned i = 0; i < 100000; i++)
		rn_put_u8(&b, (uint8_t)i);
	for (unsigned i = 0; i < 100000; i++)
		cr_assert_eq(b.p[i], (uint8_t)i);
	size_t cap = b.cap;
	rn_buffer_clear(&b);
	cr_assert_eq(b.len, 0);
	cr_assert_eq(b.cap, cap);
	rn_buffer_fini(&b);
}

Test(buffer, a_request_too_large_fails_once_and_for_all_until_cleared)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	rn_put_u8(&b, 7);
	cr_assert_null(rn_buffer_reserve(&b, SIZE_MAX - 1));
	cr_assert(!rn_buffer_ok(&b));
	rn_put_text(&b, "more");
	cr_assert_eq(b.len, 1, "puts after a failure do nothing");
	cr_assert_str_eq(rn_buffer_cstr(&b), "");
	rn_buffer_clear(&b);
	rn_put_text(&b, "more");
	cr_assert_str_eq(rn_buffer_cstr(&b), "more");
	rn_buffer_fini(&b);
}

Test(buffer, reserve_moves_nothing_and_cstr_counts_nothing)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	rn_put_text(&b, "abc");
	uint8_t *to = rn_buffer_reserve(&b, 10);
	cr_assert_eq(to, b.p + 3);
	cr_assert_eq(b.len, 3);
	cr_assert_str_eq(rn_buffer_cstr(&b), "abc");
	cr_assert_eq(b.len, 3);
	rn_put_text(&b, "d");
	cr_assert_str_eq(rn_buffer_cstr(&b), "abcd");
	rn_buffer_fini(&b);
}

Test(buffer, cstr_of_a_full_buffer_is_terminated)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	for (int i = 0; i < 256; i++)
		rn_put_u8(&b, 'x');
	cr_assert_eq(b.len, b.cap, "the case is only met when the buffer is full");
	cr_assert_eq(strlen(rn_buffer_cstr(&b)), 256);
	rn_buffer_fini(&b);
}

Test(buffer, formats_of_every_length_come_out_whole)
{
	for (int n = 250; n < 262; n++) {
		struct rn_buffer b = RN_BUFFER_INIT;
		rn_put_format(&b, "%*d!", n, 42);
		cr_assert_eq(b.len, (size_t)n + 1);
		cr_assert_eq(b.p[n], '!');
		cr_assert_eq(b.p[n - 1], '2');
		rn_buffer_fini(&b);
	}
}
