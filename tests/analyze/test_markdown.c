/* SPDX-License-Identifier: MIT */
/* Comments of Markdown: a verdict on top, ten rows in sight, an end to their length, nothing that breaks out. */
#include "tests/analyze/report_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct rn_test_report r;

static void finish(void)
{
	rn_test_report_fini(&r);
}

TestSuite(markdown, .fini = finish);

static const struct rn_column columns[] = {
	{ .name = "calls", .type = RN_T_U64 },
	{ .name = "errors", .type = RN_T_U64, .blank_zero = true },
	{ .name = "path", .title = "file", .type = RN_T_TEXT, .left = true },
};
static const struct rn_table table = { .name = "files", .title = "Files", .columns = columns, .n_columns = 3 };
static const struct rn_table second = { .name = "more", .title = "<More> & more", .columns = columns, .n_columns = 3 };

static void put_row(uint64_t calls, const char *path, bool total)
{
	const struct rn_cell cells[] = { rn_cell_u64(calls), rn_cell_u64(calls / 2), rn_cell_text(path) };
	cr_assert_eq((total ? rn_sink_total : rn_sink_row)(r.sink, cells, NULL), 0);
}

static void put_table(const struct rn_table *t, unsigned rows, const char *path)
{
	cr_assert_eq(rn_sink_begin(r.sink, t, NULL), 0);
	for (unsigned i = 0; i < rows; i++)
		put_row(i, path, false);
	put_row(rows, "total", true);
	cr_assert_eq(rn_sink_end(r.sink, NULL), 0);
}

static void put_about(bool complete, uint64_t lost)
{
	static const struct rn_column about[] = { { .name = "command", .type = RN_T_TEXT },
		{ .name = "complete", .type = RN_T_BOOL }, { .name = "lost_events", .type = RN_T_U64 } };
	static const struct rn_table t = { .name = "provenance", .flags = RN_TABLE_RECORD | RN_TABLE_ABOUT,
		.columns = about, .n_columns = 3 };
	const struct rn_cell cells[] = { rn_cell_text("make *"), rn_cell_bool(complete), rn_cell_u64(lost) };
	cr_assert_eq(rn_sink_begin(r.sink, &t, NULL), 0);
	cr_assert_eq(rn_sink_row(r.sink, cells, NULL), 0);
	cr_assert_eq(rn_sink_end(r.sink, NULL), 0);
}

static unsigned count(const char *word)
{
	unsigned n = 0;
	for (const char *at = r.text; (at = strstr(at, word)); at += strlen(word))
		n++;
	return n;
}

Test(markdown, the_verdict_is_the_first_line)
{
	rn_test_report_begin(&r, "markdown");
	put_table(&table, 3, "a");
	put_about(false, 5);
	rn_test_report_end(&r);
	static const char start[] = "**3 calls, 1 errors** of make \\*; **the trace is not complete**; **5 events lost**\n\n"
		"### Files\n\n| calls | errors | file |\n|---:|---:|---|\n| 0 |  | a |\n";
	cr_assert_eq(strncmp(r.text, start, sizeof(start) - 1), 0, "%s", r.text);
	cr_assert(strstr(r.text, "| **3** | **1** | **total** |\n"));
}

Test(markdown, ten_rows_are_in_sight_and_other_tables_folded)
{
	rn_test_report_begin(&r, "markdown");
	put_table(&table, 100, "a");
	put_table(&second, 2, "b");
	rn_test_report_end(&r);
	const char *fold = strstr(r.text, "<details><summary>90 more rows</summary>\n\n| calls |");
	cr_assert(fold && strstr(r.text, "| 9 | 4 | a |") < fold && strstr(r.text, "| 10 | 5 | a |") > fold);
	cr_assert(strstr(r.text, "**total**") < fold);
	cr_assert(strstr(r.text, "<details><summary>&#60;More&#62; &#38; more: 2 rows</summary>\n\n| calls |"));
	cr_assert_eq(count("<details>"), 2);
	cr_assert_eq(count("</details>"), 2);
}

Test(markdown, it_fits_a_comment_whatever_it_is_given)
{
	char *wide = malloc(100001);
	memset(wide, '*', 100000);
	wide[100000] = 0;
	for (unsigned tables = 1; tables < 40; tables += 19) {
		rn_test_report_begin(&r, "markdown");
		for (unsigned i = 0; i < tables; i++) {
			put_table(i ? &second : &table, 20000, i % 2 ? wide + 99000 : "/usr/lib/x");
			cr_assert_eq(rn_sink_note(r.sink, rn_bytes_str(wide), NULL), 0);
		}
		put_about(true, 0);
		rn_test_report_end(&r);
		cr_assert_lt(r.len, 65000, "%zu bytes", r.len);
		cr_assert_eq(count("<details>"), count("</details>"));
		const char *left = strstr(r.text, " more rows are left out");
		cr_assert(left);
		while (left[-1] >= '0' && left[-1] <= '9')
			left--;
		unsigned shown = count("/usr/lib/x") < 20000 ? count("/usr/lib/x") : 20000;
		if (tables == 1)
			cr_assert_eq(strtoul(left, NULL, 10) + shown, 20000);
	}
	free(wide);
}

Test(markdown, hostile_text_stays_text)
{
	rn_test_report_begin(&r, "markdown");
	put_table(&table, 1, "</details><script>|`x` [a](http://b) ![c](d) @all #1 www.e.f\n| \033[2J _g_ $h$ &lt;");
	rn_test_report_end(&r);
	cr_assert(strstr(r.text, "\\</details\\>\\<script\\>\\|\\`x\\` \\[a\\](http\\://b) !\\[c\\](d) @<!-- -->all \\#1 "
		"www\\.e.f\\\\012\\| \\\\033\\[2J \\_g\\_ \\$h\\$ \\&lt;"), "%s", r.text);
	cr_assert_eq(count("</details>"), 0);
}

Test(markdown, nothing_at_all)
{
	rn_test_report_begin(&r, "markdown");
	rn_test_report_end(&r);
	cr_assert_eq(r.len, 0);
}
