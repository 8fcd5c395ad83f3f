/* SPDX-License-Identifier: MIT */
#include "analyze/report/html/assets.h"
#include "analyze/report/html/pack.h"
#include "analyze/report/html/text.h"
#include "tests/analyze/report_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <zlib.h>

static void check_text(void (*put)(struct rn_buffer *, struct rn_bytes), const char *in, size_t len,
	const char *out)
{
	struct rn_buffer b = RN_BUFFER_INIT;
	put(&b, rn_bytes_of(in, len));
	cr_assert_str_eq(rn_buffer_cstr(&b), out);
	rn_buffer_fini(&b);
}
#define CHECK(put, in, out) check_text(put, in, sizeof(in) - 1, out)

Test(html, text_is_never_markup)
{
	CHECK(rn_html_text, "</script><img src=x onerror='f(\"&\")'>",
		"&lt;/script&gt;&lt;img src=x onerror=&#39;f(&quot;&amp;&quot;)&#39;&gt;");
	CHECK(rn_html_text, "a\0b\n\x1b\x7f", "a\\000b\\012\\033\\177");
	CHECK(rn_html_text, "\xe2\x80\xae" "evil\xc2\x85", "\\342\\200\\256evil\\302\\205");
	CHECK(rn_html_text, "\xff\xc3(\xf0\x9f\x98\x80", "\\377\\303(\xf0\x9f\x98\x80");
	CHECK(rn_html_plain, "<b>&\n\xff", "<b>&\\012\\377");
	CHECK(rn_html_json, "{\"a\": \"</script>&\"}", "{\"a\": \"\\u003c/script\\u003e\\u0026\"}");
}

Test(html, base64_is_that_of_the_rfc)
{
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" },
		{ "foo", "Zm9v" }, { "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" }, { "foobar", "Zm9vYmFy" } };
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
		check_text(rn_put_base64, pairs[i][0], strlen(pairs[i][0]), pairs[i][1]);
}

static size_t from_base64(uint8_t *out, const uint8_t *in, size_t n)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t bits = 0;
	size_t len = 0;
	unsigned have = 0;
	for (size_t i = 0; i < n && in[i] != '='; i++) {
		const char *at = memchr(digits, in[i], 64);
		cr_assert_not_null(at);
		bits = bits << 6 | (uint32_t)(at - digits);
		have += 6;
		if (have >= 8)
			out[len++] = (uint8_t)(bits >> (have -= 8));
	}
	return len;
}

static void check_pack(size_t n, unsigned step)
{
	struct rn_buffer raw = RN_BUFFER_INIT, out = RN_BUFFER_INIT;
	for (size_t i = 0, x = 1; i < n; i++, x = x * 6364136223846793005u + 1)
		rn_put_u8(&raw, (uint8_t)(step ? i / step : x >> 56));
	cr_assert_eq(rn_html_pack(&out, rn_buffer_bytes(&raw), NULL), 0);
	uint8_t *packed = malloc(out.len + 1), *back = malloc(n + 1);
	uLongf len = n + 1;
	size_t n_packed = from_base64(packed, out.p, out.len);
	cr_assert_eq(uncompress(back, &len, packed, n_packed), Z_OK);
	cr_assert_eq(len, n);
	cr_assert_eq(n ? memcmp(back, raw.p, n) : 0, 0);
	free(packed);
	free(back);
	rn_buffer_fini(&raw);
	rn_buffer_fini(&out);
}

Test(html, what_was_packed_comes_back)
{
	check_pack(0, 1);
	check_pack(1, 1);
	check_pack(100000, 7);
	check_pack(196607, 0);  /* random: as long packed as raw, around a chunk */
	check_pack(1000000, 0);
}

Test(html, no_asset_ends_its_own_element)
{
	static const struct rn_html_asset *const assets[] = { &rn_html_script, &rn_html_style };
	for (size_t i = 0; i < 2; i++) {
		cr_assert_gt(assets[i]->len, 100);
		cr_assert_null(memmem(assets[i]->text, assets[i]->len, "</", 2));
		cr_assert_null(memmem(assets[i]->text, assets[i]->len, "<!--", 4));
	}
}

Test(html, a_page_has_a_head_a_verdict_and_a_section_a_table)
{
	static const struct rn_column columns[] = {
		{ .name = "name", .type = RN_T_TEXT, .left = true },
		{ .name = "total_ns", .title = "seconds", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
			.decimals = 6 },
		{ .name = "calls", .type = RN_T_U64 }, { .name = "errors", .type = RN_T_U64, .blank_zero = true },
	};
	static const struct rn_table summary = { .name = "summary", .title = "Wall-clock", .columns = columns,
		.n_columns = 4 };
	static const struct rn_column facts[] = { { .name = "command", .type = RN_T_TEXT },
		{ .name = "lost_events", .title = "Lost events", .type = RN_T_U64 } };
	static const struct rn_table about = { .name = "provenance", .flags = RN_TABLE_RECORD | RN_TABLE_ABOUT,
		.columns = facts, .n_columns = 2 };
	const struct rn_cell row[] = { rn_cell_text("<read>"), rn_cell_u64(1500), rn_cell_u64(1234567),
		rn_cell_u64(0) };
	const struct rn_cell fact[] = { rn_cell_text("cat </title>"), rn_cell_u64(2) };
	struct rn_test_report r = { NULL, NULL, NULL, NULL, 0 };
	rn_test_report_begin(&r, "html");
	cr_assert_eq(rn_sink_begin(r.sink, &summary, NULL), 0);
	cr_assert_eq(rn_sink_row(r.sink, row, NULL), 0);
	cr_assert_eq(rn_sink_total(r.sink, row, NULL), 0);
	cr_assert_eq(rn_sink_end(r.sink, NULL), 0);
	cr_assert_eq(rn_sink_begin(r.sink, &about, NULL), 0);
	cr_assert_eq(rn_sink_row(r.sink, fact, NULL), 0);
	cr_assert_eq(rn_sink_end(r.sink, NULL), 0);
	rn_test_report_end(&r);
	static const char *const wanted[] = {
		"<!DOCTYPE html>", "<title>Renacer Trace Report: cat &lt;/title&gt;</title>",
		"<h2>Statistics Summary</h2>", "1,234,567 system calls</strong>, none of which failed.",
		"<code>&lt;read&gt;</code>", "2 events were lost", "<td>&lt;read&gt;</td>",
		"<td class=\"n\" data-v=\"1500\">0.000002</td><td class=\"n\">1234567</td>",
		"<td class=\"n\" data-v=\"0\"></td>", "default-src 'none'; script-src 'sha256-", "</html>\n",
	};
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		cr_expect_not_null(strstr(r.text, wanted[i]), "no %s", wanted[i]);
	cr_expect_null(strstr(r.text, "<read>"));
	rn_test_report_fini(&r);
}
