/* SPDX-License-Identifier: MIT */
#include "analyze/report/json_writer.h"
#include "analyze/report/utf8.h"

#include <criterion/criterion.h>

#include <math.h>

static struct rn_buffer out;
static struct rn_json json;

static void start(unsigned break_depth)
{
	rn_buffer_clear(&out);
	rn_json_init(&json, &out, break_depth);
}

static void finish(void)
{
	rn_buffer_fini(&out);
}

TestSuite(json_writer, .fini = finish);

static void expect(const char *text)
{
	cr_assert_str_eq(rn_buffer_cstr(&out), text);
}

static void expect_string(struct rn_bytes s, const char *text)
{
	start(0);
	rn_json_bytes(&json, s);
	expect(text);
}

#define BYTES(literal) rn_bytes_of(literal, sizeof(literal) - 1)

Test(json_writer, members_are_separated_and_nested)
{
	start(0);
	rn_json_object_begin(&json);
	rn_json_key(&json, "a");
	rn_json_array_begin(&json);
	rn_json_u64(&json, UINT64_MAX);
	rn_json_i64(&json, INT64_MIN);
	rn_json_i64(&json, 7);
	rn_json_array_end(&json);
	rn_json_key(&json, "b");
	rn_json_object_begin(&json);
	rn_json_object_end(&json);
	rn_json_key(&json, "c");
	rn_json_bool(&json, true);
	rn_json_key(&json, "d");
	rn_json_text(&json, NULL);
	rn_json_object_end(&json);
	expect("{\"a\": [18446744073709551615, -9223372036854775808, 7], \"b\": {}, "
	       "\"c\": true, \"d\": null}");
}

Test(json_writer, shallow_containers_have_a_line_for_each_member)
{
	start(2);
	rn_json_object_begin(&json);
	rn_json_key(&json, "rows");
	rn_json_array_begin(&json);
	for (unsigned i = 0; i < 2; i++) {
		rn_json_object_begin(&json);
		rn_json_key(&json, "i");
		rn_json_u64(&json, i);
		rn_json_object_end(&json);
	}
	rn_json_array_end(&json);
	rn_json_key(&json, "empty");
	rn_json_array_begin(&json);
	rn_json_array_end(&json);
	rn_json_object_end(&json);
	expect("{\n  \"rows\": [\n    {\"i\": 0},\n    {\"i\": 1}\n  ],\n  \"empty\": []\n}");
}

Test(json_writer, what_json_and_terminals_cannot_hold_is_escaped)
{
	expect_string(BYTES("a\"b\\c/"), "\"a\\\"b\\\\c/\"");
	expect_string(BYTES("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\"");
	expect_string(BYTES("\0\x1b[31m\x7f"), "\"\\u0000\\u001b[31m\\u007f\"");
	expect_string(BYTES("\xc2\x9b"), "\"\\u009b\"");
	expect_string(BYTES("\xe2\x80\xa8\xe2\x80\xa9"), "\"\\u2028\\u2029\"");
	expect_string(BYTES("\xe2\x80\xae"), "\"\\u202e\"");
}

Test(json_writer, well_formed_text_stays_as_it_is)
{
	expect_string(BYTES("gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7"),
		"\"gr\xc3\xbc\xc3\x9f \xe2\x82\xac \xf0\x9f\x90\xa7\"");
	expect_string(BYTES(""), "\"\"");
	expect_string(rn_bytes_of(NULL, 0), "\"\"");
}

Test(json_writer, bytes_that_are_not_utf8_travel_in_the_private_use_area)
{
	expect_string(BYTES("\xff"), "\"\\uefff\"");
	expect_string(BYTES("a\x80" "b"), "\"a\\uef80b\"");
	/* overlong, surrogate, beyond the last plane, cut short */
	expect_string(BYTES("\xc0\xaf"), "\"\\uefc0\\uefaf\"");
	expect_string(BYTES("\xed\xa0\x80"), "\"\\uefed\\uefa0\\uef80\"");
	expect_string(BYTES("\xf4\x90\x80\x80"), "\"\\ueff4\\uef90\\uef80\\uef80\"");
	expect_string(BYTES("\xe2\x82"), "\"\\uefe2\\uef82\"");
	/* U+EF80 itself, so that the mapping can be undone */
	expect_string(BYTES("\xee\xbe\x80"), "\"\\uefee\\uefbe\\uef80\"");
}

Test(json_writer, reals_are_short_and_read_back_exactly)
{
	static const struct {
		double v;
		const char *text;
	} table[] = {
		{ 0.1, "0.1" }, { 33.33, "33.33" }, { 100, "100" }, { 1e300, "1e+300" },
		{ -0.25, "-0.25" }, { 1.0 / 3, "0.3333333333333333" },
		{ NAN, "null" }, { INFINITY, "null" }, { -INFINITY, "null" },
	};
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		start(0);
		rn_json_real(&json, table[i].v);
		if (isfinite(table[i].v))
			cr_assert_eq(strtod(rn_buffer_cstr(&out), NULL), table[i].v);
		expect(table[i].text);
	}
}

/* The inverse that report/utf8.h promises. */
static size_t undo(uint8_t *to, struct rn_bytes s)
{
	size_t n = 0;
	for (size_t i = 0; i < s.len;) {
		uint32_t code = 0;
		size_t used = rn_utf8_take(rn_bytes_of(s.p + i, s.len - i), &code);
		if (used == 1 && (code & ~0xffu) == RN_UTF8_RAW && s.len - i >= 3 &&
			s.p[i] == 0xee) { /* the code point itself stands here */
			uint32_t raw = (uint32_t)(s.p[i + 1] & 0x3f) << 6 | (s.p[i + 2] & 0x3f);
			to[n++] = (uint8_t)raw;
			i += 3;
			continue;
		}
		memcpy(to + n, s.p + i, used);
		n += used;
		i += used;
	}
	return n;
}

Test(json_writer, any_bytes_come_back_from_their_text)
{
	uint64_t seed = 0x9e3779b97f4a7c15u;
	static const uint8_t favourites[] = { 0xee, 0xbe, 0xbf, 0x80, 0xc3, 0xf0, 0x9f, 0xed, 'a' };
	for (unsigned round = 0; round < 2000; round++) {
		uint8_t raw[24], text[24 * 4], back[24 * 4];
		for (size_t i = 0; i < sizeof(raw); i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			uint8_t r = (uint8_t)(seed >> 40);
			raw[i] = r & 1 ? favourites[(r >> 1) % sizeof(favourites)] :
				(uint8_t)(seed >> 50);
		}
		size_t n = 0;
		for (size_t i = 0; i < sizeof(raw);) {
			uint32_t code;
			i += rn_utf8_take(rn_bytes_of(raw + i, sizeof(raw) - i), &code);
			n += rn_utf8_put(text + n, code);
		}
		cr_assert_eq(undo(back, rn_bytes_of(text, n)), sizeof(raw));
		cr_assert_arr_eq(back, raw, sizeof(raw));
	}
}
