/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include <inttypes.h>
#include <stdio.h>

#include "analyze/decode/number.h"

static const uint64_t values[] = { 0, 1, 7, 8, 9, 10, 15, 16, 99, 100, 101, 0777, 0xfff, 12345,
	99999, 100000, UINT32_MAX, UINT64_C(1) << 32, INT64_MAX, UINT64_C(1) << 63, UINT64_MAX };

static void check(struct rn_buffer *b, const char *expected)
{
	cr_assert_str_eq(rn_buffer_cstr(b), expected);
	rn_buffer_clear(b);
}

Test(number, writes_what_printf_writes)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	char t[64];
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		uint64_t v = values[i];
		snprintf(t, sizeof(t), "%" PRIu64, v);
		rn_put_udec(&b, v);
		check(&b, t);
		snprintf(t, sizeof(t), "%" PRId64, (int64_t)v);
		rn_put_dec(&b, (int64_t)v);
		check(&b, t);
		snprintf(t, sizeof(t), "%#" PRIx64, v);
		rn_put_hex(&b, v);
		check(&b, t);
		snprintf(t, sizeof(t), "0x%" PRIx64, v);
		rn_put_hex0(&b, v);
		check(&b, t);
		snprintf(t, sizeof(t), "%#03" PRIo64, v);
		rn_put_oct(&b, v);
		check(&b, t);
		snprintf(t, sizeof(t), "%#" PRIo64, v);
		rn_put_oct_plain(&b, v);
		check(&b, t);
		snprintf(t, sizeof(t), "%09" PRIu64, v);
		rn_put_udec_padded(&b, v, 9);
		check(&b, t);
	}
	static const struct {
		uint64_t v;
		const char *text;
	} padded[] = { { 0, "00000000" }, { 0x11, "0x000011" }, { 0xfffffff, "0xfffffff" },
		{ 0xffffffff, "0xffffffff" } };
	for (size_t i = 0; i < sizeof(padded) / sizeof(padded[0]); i++) {
		rn_put_hex_padded(&b, padded[i].v, 8);
		check(&b, padded[i].text);
	}
	rn_put_hex_digits(&b, 0x12abc, 4);
	check(&b, "2abc");
	rn_buffer_fini(&b);
}
