/* SPDX-License-Identifier: MIT */
/* The view of --top: keys, order, what is drawn in how much room; the last lines of an output. */
#include "analyze/top/view.h"

#include <criterion/criterion.h>
#include <math.h>

static struct rn_top_view view;
static struct rn_top_row rows[3];
static struct rn_top_snapshot shot;
static struct rn_last_lines output;
static struct rn_buffer out;

static void begin(void)
{
	rn_top_view_init(&view);
	rows[0] = (struct rn_top_row){ rn_bytes_str("read"), 10, 0, 5000, 900, 3, 400, 800, 890 };
	rows[1] = (struct rn_top_row){ rn_bytes_str("exit_group"), 1, 0, 0, 0, 0, NAN, NAN, NAN };
	rows[2] = (struct rn_top_row){ rn_bytes_str("openat"), 20, 7, 4000, 2000000, 1, 100, 200, 1500000 };
	shot = (struct rn_top_snapshot){ .row = rows, .n = 3, .now_ns = 1234567890 };
	shot.total = (struct rn_top_row){ rn_bytes_str("total"), 31, 7, 9000, 2000000, 4, NAN, NAN, NAN };
}

static void finish(void)
{
	rn_buffer_fini(&out);
}

TestSuite(top, .init = begin, .fini = finish);

static void keys(const char *text)
{
	for (; *text; text++)
		cr_assert_eq(rn_top_view_key(&view, (uint8_t)*text), RN_TOP_NOTHING);
}

/* The names shown, in order. */
static void expect_order(const char *wanted)
{
	struct rn_buffer names = RN_BUFFER_INIT;
	uint32_t n = rn_top_view_order(&view, &shot);
	for (uint32_t i = 0; i < n; i++)
		rn_put_format(&names, "%s%.*s", i ? " " : "", (int)rows[i].name.len, (const char *)rows[i].name.p);
	cr_assert_str_eq(rn_buffer_cstr(&names), wanted);
	rn_buffer_fini(&names);
}

Test(top, keys_sort_and_the_same_key_turns_round)
{
	static const struct { const char *keys, *order; } cases[] = { { "", "read openat exit_group" },
		{ "c", "openat read exit_group" }, { "c", "exit_group read openat" }, { "r", "read openat exit_group" },
		{ "e", "openat exit_group read" }, { "5", "read openat exit_group" }, { "9", "openat read exit_group" },
		{ "m", "openat read exit_group" }, { "n", "exit_group openat read" }, { "n", "read openat exit_group" } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		keys(cases[i].keys);
		expect_order(cases[i].order);
	}
}

Test(top, a_filter_is_a_part_of_the_name_or_a_glob)
{
	keys("/ea");
	expect_order("read");
	keys("\x7f\x7f*at");
	expect_order("openat");
	keys("\r");
	cr_assert_not(view.typing);
}

Test(top, q_and_control_c_end_it_but_not_in_a_filter)
{
	cr_assert_eq(rn_top_view_key(&view, 'q'), RN_TOP_QUIT);
	cr_assert_eq(rn_top_view_key(&view, 3), RN_TOP_QUIT);
	cr_assert_eq(rn_top_view_key(&view, 26), RN_TOP_SUSPEND);
	keys("/q");
	cr_assert_str_eq(view.filter, "q");
	keys("\033"); /* nothing follows */
	rn_top_view_key_pause(&view);
	cr_assert_str_eq(view.filter, "");
	cr_assert_not(view.typing);
}

Test(top, arrows_scroll_and_unknown_sequences_do_nothing)
{
	keys("\033[B\033[B\033OB\033[A");
	cr_assert_eq(view.scroll, 2);
	keys("\033[5~\033[1;5C\033[200~\033x");
	cr_assert_eq(view.scroll, 0);
	cr_assert_eq(view.sequence_len, 0);
	keys("\033[12345678"); /* too long to be one */
	keys("p");
	cr_assert(view.paused);
}

static unsigned lines_of(unsigned width, unsigned height)
{
	unsigned lines = 1, column = 0;
	rn_buffer_clear(&out);
	rn_top_view_draw(&view, &shot, &output, width, height, false, &out);
	for (size_t i = 0; i < out.len; i++) {
		column = out.p[i] == '\n' ? 0 : column + ((out.p[i] & 0xc0) != 0x80);
		lines += out.p[i] == '\n';
		cr_assert_leq(column, width);
		cr_assert(out.p[i] >= ' ' || out.p[i] == '\n');
	}
	return lines;
}

Test(top, a_screen_has_as_many_lines_as_there_are)
{
	view.has_output = true;
	view.subject = "\033]0;x\007 \xff";
	shot.n_slow = 1;
	shot.slow[0] = (struct rn_top_slow){ .dur_ns = 2000000, .tid = 7, .text = "openat(\"\033[2J\n\xc3\xa9\")" };
	rn_last_lines_add(&output, rn_bytes_str("\033[31mred\nu\xcc\x88 \xe2\x80\xae"));
	for (unsigned height = 1; height < 60; height += height < 30 ? 1 : 7)
		for (unsigned width = 1; width < 140; width += 23)
			cr_assert_eq(lines_of(width, height), height);
	keys("h");
	cr_assert_eq(lines_of(80, 24), 24);
	cr_assert_eq(lines_of(80, 5), 5);
}

Test(top, a_line_tells_the_first_three)
{
	rn_top_view_line(&view, &shot, &out);
	cr_assert(strstr(rn_buffer_cstr(&out), "1.2 s: 31 calls, 4/s, 7 errors; read 10 calls, 55.6 % of the time, P99"));
}

static void expect_line(uint64_t i, const char *text)
{
	struct rn_bytes line = rn_last_line(&output, i);
	cr_assert(rn_bytes_equal(line, rn_bytes_str(text)), "%.*s", (int)line.len, (const char *)line.p);
}

Test(top, the_last_lines_of_an_output)
{
	rn_last_lines_add(&output, rn_bytes_str("one\r\n\ntw"));
	expect_line(0, "tw");
	rn_last_lines_add(&output, rn_bytes_str("o\r50 %\r100 %"));
	expect_line(0, "100 %");
	expect_line(1, "");
	expect_line(2, "one");
	expect_line(3, "");
	for (int i = 0; i < 1000; i++)
		rn_last_lines_add(&output, rn_bytes_str("\nmore"));
	expect_line(0, "more");
	expect_line(RN_LAST_LINES - 1, "more");
	expect_line(RN_LAST_LINES, "");
	for (int i = 0; i < 1000; i++)
		rn_last_lines_add(&output, rn_bytes_str("x"));
	cr_assert_eq(rn_last_line(&output, 0).len, RN_LAST_LINE_BYTES);
}
