/* SPDX-License-Identifier: MIT */
/* The small pieces by themselves: checksum, planes, cells, words, dictionary, frames. */
#include "format/crc32c.h"
#include "format/dict.h"
#include "format/frame.h"
#include "format/planes.h"
#include "format/words.h"
#include "tests/format/sample.h"

#include <criterion/criterion.h>

Test(crc32c, has_the_known_values)
{
	uint8_t zeros[32] = { 0 }, rising[32];
	for (uint8_t i = 0; i < 32; i++)
		rising[i] = i;
	cr_assert_eq(rn_crc32c(rn_bytes_str("123456789")), 0xE3069283u);
	cr_assert_eq(rn_crc32c(rn_bytes_of(zeros, 32)), 0x8A9136AAu); /* RFC 3720, B.4 */
	cr_assert_eq(rn_crc32c(rn_bytes_of(rising, 32)), 0x46DD794Eu);
	cr_assert_eq(rn_crc32c(rn_bytes_of("", 0)), 0u);
}

Test(crc32c, is_the_same_by_table_and_by_instruction)
{
	struct prng r = { 1 };
	uint8_t b[300];
	for (unsigned i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)prng_next(&r);
	for (size_t len = 0; len < 64; len++)
		for (size_t at = 0; at < 9; at++)
			cr_assert_eq(rn_crc32c(rn_bytes_of(b + at, len)),
				rn_crc32c_portable(rn_bytes_of(b + at, len)));
}

Test(planes, numbers_of_every_width_come_back)
{
	for (uint64_t seed = 1; seed <= 8; seed++)
		for (unsigned bits = 0; bits <= 64; bits += 8) {
			struct prng r = { seed };
			struct rn_planes p = { .n = 0 };
			struct rn_buffer b = RN_BUFFER_INIT;
			uint64_t want[1500], got[1500];
			uint32_t n = (uint32_t)prng_below(&r, 1500);
			for (uint32_t i = 0; i < n; i++) {
				want[i] = bits ? prng_wide(&r) >> (64 - bits) : 0;
				rn_planes_put(&p, want[i]);
			}
			rn_planes_encode(&b, &p);
			cr_assert_eq(b.len, rn_planes_bytes(&p));
			struct rn_cursor c = rn_cursor_of(b.p, b.len);
			rn_planes_decode(&c, got, n);
			cr_assert(rn_cursor_ok(&c) && rn_cursor_left(&c) == 0);
			cr_assert_arr_eq(got, want, n * sizeof(*got));
			rn_planes_fini(&p);
			rn_buffer_fini(&b);
		}
}

Test(planes, a_short_or_wrong_column_is_zeros_and_bad)
{
	static const uint8_t cut[] = { 2, 1, 2, 3 }, wide[] = { 9, 1, 2, 3, 4, 5, 6, 7, 8, 9 };
	uint64_t got[2] = { 7, 7 };
	struct rn_cursor c = rn_cursor_of(cut, sizeof(cut));
	rn_planes_decode(&c, got, 2);
	cr_assert(!rn_cursor_ok(&c) && got[0] == 0 && got[1] == 0);
	c = rn_cursor_of(wide, sizeof(wide));
	rn_planes_decode(&c, got, 1);
	cr_assert_not(rn_cursor_ok(&c));
}

Test(cell, keeps_the_last_three_different_values)
{
	struct rn_cell c = { 0, 0, 0 };
	static const uint64_t in[] = { 5, 5, 6, 7, 5, 7, 8 };
	for (unsigned i = 0; i < 7; i++)
		rn_cell_learn(&c, in[i]);
	cr_assert_eq(c.latest, 8u);
	cr_assert_eq(c.second, 7u);
	cr_assert_eq(c.third, 5u);
}

Test(words, values_of_every_class_come_back)
{
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct prng r = { seed * 77 };
		struct rn_words_encoder e = { .last = 0 };
		struct rn_buffer b = RN_BUFFER_INIT;
		uint64_t w[2000], ref[2000], latest[2000], counts[RN_WORD_CODES] = { 0 };
		uint8_t code[2000];
		for (unsigned i = 0; i < 2000; i++) {
			ref[i] = prng_wide(&r);
			latest[i] = prng_wide(&r);
			uint64_t near = prng_below(&r, 65536) - 32768;
			unsigned how = (unsigned)prng_below(&r, 4);
			w[i] = how == 0 ? ref[i] + near : how == 1 ? latest[i] + near :
				how == 2 && i ? w[i - 1] + near : prng_wide(&r);
			code[i] = rn_words_put(&e, w[i], ref[i], latest[i]);
		}
		rn_words_encode(&b, &e);
		bool bad = false;
		rn_words_count(counts, code, 2000, &bad);
		cr_assert_not(bad);
		for (unsigned k = RN_WORD_SMALL; k < RN_WORD_CODES; k++)
			cr_assert_gt(counts[k], 0u, "class %u was not met", k);
		struct rn_cursor c = rn_cursor_of(b.p, b.len);
		struct rn_words_decoder d;
		rn_words_open(&d, &c, counts);
		cr_assert(rn_cursor_ok(&c) && rn_cursor_left(&c) == 0);
		for (unsigned i = 0; i < 2000; i++)
			cr_assert_eq(rn_words_take(&d, code[i], ref[i], latest[i]), w[i]);
		rn_words_encoder_fini(&e);
		rn_buffer_fini(&b);
	}
}

/* The classes in their order of trial, each at both of its ends; what is just beyond falls to the next that fits. */
Test(words, each_class_ends_where_its_bytes_do)
{
	const uint64_t ref = (uint64_t)5 << 48, cell = (uint64_t)6 << 48, last = (uint64_t)7 << 48;
	const struct { uint64_t w; uint8_t code; } cases[] = {
		{ 0, RN_WORD_SMALL }, { 0xffff, RN_WORD_SMALL }, { 0x10000, RN_WORD_4 },
		{ ref, RN_WORD_NEAR_REF }, { ref + 0x7fff, RN_WORD_NEAR_REF }, { ref - 0x8000, RN_WORD_NEAR_REF },
		{ ref + 0x8000, RN_WORD_8 }, { ref - 0x8001, RN_WORD_8 },
		{ cell + 0x7fff, RN_WORD_NEAR_CELL }, { cell - 0x8000, RN_WORD_NEAR_CELL },
		{ cell + 0x8000, RN_WORD_8 }, { cell - 0x8001, RN_WORD_8 },
		{ last + 0x7fff, RN_WORD_NEAR_LAST }, { last - 0x8000, RN_WORD_NEAR_LAST },
		{ last + 0x8000, RN_WORD_8 }, { last - 0x8001, RN_WORD_8 },
		{ 0xffffffff, RN_WORD_4 }, { 0x100000000, RN_WORD_6 }, { 0xffffffffffff, RN_WORD_6 },
		{ 0x1000000000000, RN_WORD_8 }, { UINT64_MAX, RN_WORD_8 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rn_words_encoder e = { .last = last };
		struct rn_buffer b = RN_BUFFER_INIT;
		uint64_t counts[RN_WORD_CODES] = { 0 };
		uint8_t code = rn_words_put(&e, cases[i].w, ref, cell);
		cr_expect_eq(code, cases[i].code, "%zu: code %u", i, code);
		cr_expect_eq(e.last, code >= RN_WORD_NEAR_LAST ? cases[i].w : last);
		rn_words_encode(&b, &e);
		cr_expect_eq(b.len, rn_words_bytes(&e));
		counts[code] = 1;
		struct rn_cursor c = rn_cursor_of(b.p, b.len);
		struct rn_words_decoder d;
		rn_words_open(&d, &c, counts);
		d.last = last;
		cr_expect_eq(rn_words_take(&d, code, ref, cell), cases[i].w, "case %zu", i);
		cr_expect_eq(d.last, e.last);
		cr_expect_eq(rn_words_take(&d, code, ref, cell), 0, "there is no second one");
		rn_words_encoder_clear(&e);
		cr_expect(rn_words_bytes(&e) == 0 && e.last == 0);
		rn_words_encoder_fini(&e);
		rn_buffer_fini(&b);
	}
}

Test(words, a_seek_stops_at_the_end)
{
	static const uint8_t stream[] = { 1, 0, 2, 0, 3, 0 };
	uint64_t counts[RN_WORD_CODES] = { [RN_WORD_SMALL] = 3 };
	for (uint64_t n = 0; n < 6; n++) {
		struct rn_cursor c = rn_cursor_of(stream, sizeof(stream));
		struct rn_words_decoder d;
		rn_words_open(&d, &c, counts);
		rn_words_seek(&d, 0, n);
		cr_expect_eq(rn_words_take(&d, RN_WORD_SMALL, 0, 0), n < 3 ? n + 1 : 0);
	}
}

Test(words, a_code_that_no_class_has_is_bad)
{
	static const uint8_t good[] = { 0, 3, 4, RN_WORD_8 }, wrong[] = { RN_WORD_CODES };
	uint64_t counts[RN_WORD_CODES] = { 0 };
	bool bad = false;
	rn_words_count(counts, good, sizeof(good), &bad);
	cr_expect(!bad && counts[0] == 1 && counts[3] == 1 && counts[4] == 1 && counts[RN_WORD_8] == 1 && counts[1] == 0);
	rn_words_count(counts, wrong, 1, &bad);
	cr_expect(bad);
}

Test(dict, sorts_and_begins_anew)
{
	static const uint64_t in[] = { 9, 3, UINT64_MAX, 0, 7 }, sorted[] = { 0, 3, 7, 9, UINT64_MAX };
	struct rn_dict d = { .n = 0 };
	uint64_t out[5] = { 1, 1, 1, 1, 1 };
	rn_dict_sorted(&d, out);
	cr_expect_eq(out[0], 1);
	for (unsigned round = 0; round < 2; round++) {
		for (unsigned i = 0; i < 5; i++)
			cr_expect_eq(rn_dict_index(&d, in[i]), i);
		rn_dict_sorted(&d, out);
		cr_expect_arr_eq(out, sorted, sizeof(sorted));
		rn_dict_fini(&d);
	}
}

Test(dict, indices_are_dense_in_order_of_appearance)
{
	struct rn_dict d = { .n = 0 };
	for (unsigned round = 0; round < 2; round++) {
		for (uint64_t i = 0; i < 3000; i++)
			cr_assert_eq(rn_dict_index(&d, i * i * 977), i);
		for (uint64_t i = 3000; i-- > 0;)
			cr_assert_eq(rn_dict_index(&d, i * i * 977), i);
		cr_assert_eq(d.n, 3000u);
		rn_dict_clear(&d);
	}
	rn_dict_fini(&d);
}

Test(frame, every_changed_byte_is_noticed)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	size_t at = rn_frame_begin(&b, RN_FRAME_BLOCK);
	rn_put_text(&b, "some body");
	rn_frame_end(&b, at);
	struct rn_bytes body;
	cr_assert_eq(rn_frame_body(rn_buffer_bytes(&b), &body, NULL), 0);
	cr_assert(rn_bytes_equal(body, rn_bytes_str("some body")));
	for (size_t i = 0; i < b.len; i++) {
		b.p[i] ^= 0x10;
		cr_assert_eq(rn_frame_body(rn_buffer_bytes(&b), &body, NULL), RN_E_CORRUPT);
		b.p[i] ^= 0x10;
	}
	rn_buffer_fini(&b);
}

Test(frame, is_found_among_other_bytes)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	rn_put_text(&b, "noise\x52\x2a\x4d\x18 noise");
	size_t at = rn_frame_begin(&b, RN_FRAME_MODULE);
	rn_frame_end(&b, at);
	cr_assert_eq(rn_frame_find(rn_buffer_bytes(&b), 0), at);
	cr_assert_eq(rn_frame_find(rn_buffer_bytes(&b), at + 1), b.len);
	rn_buffer_fini(&b);
}
