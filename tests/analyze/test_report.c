/* SPDX-License-Identifier: MIT */
#include "tests/analyze/report_fixture.h"

#include <criterion/criterion.h>

#include <errno.h>

static struct rn_test_report r;

static void finish(void)
{
	rn_test_report_fini(&r);
}

TestSuite(report, .fini = finish);

static const struct rn_column columns[] = {
	{ .name = "total_ns", .title = "seconds", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
	  .decimals = 6, .min_width = 11, .doc = "time spent" },
	{ .name = "delta", .type = RN_T_I64, .unit = RN_U_BYTES },
	{ .name = "share", .type = RN_T_REAL, .decimals = 2, .hide = RN_HIDE_CSV },
	{ .name = "errors", .type = RN_T_U64, .min_width = 8, .blank_zero = true },
	{ .name = "hidden", .type = RN_T_BOOL, .hide = RN_HIDE_TEXT },
	{ .name = "who", .type = RN_T_TEXT, .left = true, .min_width = 6, .hide = RN_HIDE_JSON },
};

static const struct rn_table table = {
	.name = "sample", .title = "A sample", .flags = RN_TABLE_RULED, .columns = columns,
	.n_columns = 6,
};

static int put_row(uint64_t ns, int64_t delta, double share, uint64_t errors, bool hidden,
	struct rn_bytes who, bool is_total)
{
	struct rn_cell cells[] = {
		rn_cell_u64(ns), rn_cell_i64(delta), rn_cell_real(share), rn_cell_u64(errors),
		rn_cell_bool(hidden), rn_cell_bytes(who),
	};
	return is_total ? rn_sink_total(r.sink, cells, NULL) : rn_sink_row(r.sink, cells, NULL);
}

static void put_sample(void)
{
	cr_assert_eq(rn_sink_begin(r.sink, &table, NULL), 0);
	cr_assert_eq(put_row(1500, -3, 33.333333, 0, true, rn_bytes_str("a,b"), false), 0);
	cr_assert_eq(put_row(UINT64_MAX, INT64_MIN, 66.666666, 2, false,
		rn_bytes_str("say \"hi\"\n"), false), 0);
	cr_assert_eq(put_row(7000000499, 0, 100, 2, false, rn_bytes_str("total"), true), 0);
	cr_assert_eq(rn_sink_end(r.sink, NULL), 0);
	cr_assert_eq(rn_sink_note(r.sink, rn_bytes_str("one\nline"), NULL), 0);
}

Test(report, text_aligns_rules_and_rounds)
{
	rn_test_report_begin(&r, "text");
	put_sample();
	rn_test_report_end(&r);
	cr_assert_str_eq(r.text,
		"A sample\n"
		"           seconds                delta  share   errors who\n"
		"------------------ -------------------- ------ -------- ------------\n"
		"          0.000002                   -3  33.33          a,b\n"
		"18446744073.709552 -9223372036854775808  66.67        2 say \"hi\"\\012\n"
		"------------------ -------------------- ------ -------- ------------\n"
		"          7.000000                    0 100.00        2 total\n"
		"note: one\\012line\n");
}

Test(report, a_long_last_column_has_a_short_rule_and_text_of_a_listing_keeps_its_escapes)
{
	static const struct rn_column two[] = {
		{ .name = "path", .type = RN_T_TEXT, .left = true },
		{ .name = "call", .type = RN_T_TEXT, .left = true, .listed = true },
	};
	static const struct rn_table calls = {
		.name = "calls", .flags = RN_TABLE_RULED, .columns = two, .n_columns = 2,
	};
	rn_test_report_begin(&r, "text");
	cr_assert_eq(rn_sink_begin(r.sink, &calls, NULL), 0);
	const struct rn_cell cells[] = { rn_cell_text("a\\b\x1b"),
		rn_cell_text("write(1, \"a line that is longer than its rule\\n\", 5) = \x1b") };
	cr_assert_eq(rn_sink_row(r.sink, cells, NULL), 0);
	cr_assert_eq(rn_sink_end(r.sink, NULL), 0);
	rn_test_report_end(&r);
	cr_assert_str_eq(r.text,
		"path     call\n"
		"-------- ----------------------------------------\n"
		"a\\\\b\\033 write(1, \"a line that is longer than its rule\\n\", 5) = \\033\n");
}

Test(report, csv_has_base_units_and_quotes_what_needs_it)
{
	rn_test_report_begin(&r, "csv");
	put_sample();
	rn_test_report_end(&r);
	cr_assert_str_eq(r.text,
		"total_ns,delta,errors,hidden,who\n"
		"1500,-3,0,true,\"a,b\"\n"
		"18446744073709551615,-9223372036854775808,2,false,\"say \"\"hi\"\"\n\"\n");
}

Test(report, json_is_one_document_of_tables_and_notes)
{
	rn_test_report_begin(&r, "json");
	put_sample();
	rn_test_report_end(&r);
	cr_assert_str_eq(r.text,
		"{\n"
		"  \"version\": \"" RN_VERSION "\",\n"
		"  \"format\": \"renacer-report-v1\",\n"
		"  \"tables\": {\n"
		"    \"sample\": {\n"
		"      \"title\": \"A sample\",\n"
		"      \"columns\": [\n"
		"        {\"name\": \"total_ns\", \"type\": \"integer\", \"unit\": \"ns\", "
		"\"doc\": \"time spent\"},\n"
		"        {\"name\": \"delta\", \"type\": \"integer\", \"unit\": \"bytes\"},\n"
		"        {\"name\": \"share\", \"type\": \"real\"},\n"
		"        {\"name\": \"errors\", \"type\": \"integer\"},\n"
		"        {\"name\": \"hidden\", \"type\": \"boolean\"}\n"
		"      ],\n"
		"      \"rows\": [\n"
		"        {\"total_ns\": 1500, \"delta\": -3, \"share\": 33.333333, "
		"\"errors\": 0, \"hidden\": true},\n"
		"        {\"total_ns\": 18446744073709551615, \"delta\": -9223372036854775808, "
		"\"share\": 66.666666, \"errors\": 2, \"hidden\": false}\n"
		"      ],\n"
		"      \"total\": {\"total_ns\": 7000000499, \"delta\": 0, \"share\": 100, "
		"\"errors\": 2, \"hidden\": false}\n"
		"    }\n"
		"  },\n"
		"  \"notes\": [\n"
		"    \"one\\nline\"\n"
		"  ]\n"
		"}\n");
}

Test(report, jsonl_has_an_object_a_line)
{
	rn_test_report_begin(&r, "jsonl");
	put_sample();
	rn_test_report_end(&r);
	cr_assert_str_eq(r.text,
		"{\"table\": \"sample\", \"total_ns\": 1500, \"delta\": -3, \"share\": 33.333333, "
		"\"errors\": 0, \"hidden\": true}\n"
		"{\"table\": \"sample\", \"total_ns\": 18446744073709551615, "
		"\"delta\": -9223372036854775808, \"share\": 66.666666, \"errors\": 2, "
		"\"hidden\": false}\n"
		"{\"table\": \"sample\", \"total\": true, \"total_ns\": 7000000499, \"delta\": 0, "
		"\"share\": 100, \"errors\": 2, \"hidden\": false}\n"
		"{\"note\": \"one\\nline\"}\n");
}

static const struct rn_column facts[] = {
	{ .name = "command", .type = RN_T_TEXT },
	{ .name = "duration_ns", .title = "duration", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
	  .decimals = 3 },
	{ .name = "file_bytes", .title = "size", .type = RN_T_U64, .unit = RN_U_BYTES },
	{ .name = "complete", .type = RN_T_BOOL },
	{ .name = "unknown", .type = RN_T_TEXT },
};
static const struct rn_table record = {
	.name = "trace", .flags = RN_TABLE_RECORD, .columns = facts, .n_columns = 5,
};

static void put_record(const char *format)
{
	struct rn_cell cells[] = { rn_cell_text("=ls -l\033[2J"), rn_cell_u64(1234567890),
		rn_cell_u64(4096), rn_cell_bool(true), rn_cell_null() };
	rn_test_report_begin(&r, format);
	rn_sink_begin(r.sink, &record, NULL);
	rn_sink_row(r.sink, cells, NULL);
	rn_sink_end(r.sink, NULL);
	rn_test_report_end(&r);
}

Test(report, a_record_has_a_line_for_each_fact)
{
	put_record("text");
	cr_assert_str_eq(r.text,
		"command:   =ls -l\\033[2J\n"
		"duration:  1.235 s\n"
		"size:      4096 bytes\n"
		"complete:  yes\n");
	put_record("csv");
	cr_assert_str_eq(r.text,
		"name,value\n"
		"command,\"=ls -l\xee\xbc\x9b[2J\"\n"
		"duration_ns,1234567890\n"
		"file_bytes,4096\n"
		"complete,true\n"
		"unknown,\n");
	put_record("json");
	cr_assert_not_null(strstr(r.text, "\"trace\": {\n      \"command\": \"=ls -l\\u001b[2J\","));
	cr_assert_not_null(strstr(r.text, "\"unknown\": null\n    }\n  },\n  \"notes\": []\n}\n"));
}

Test(report, tables_are_set_apart_and_an_empty_one_says_so)
{
	struct rn_table empty = table;
	empty.empty = "There is nothing.";
	rn_test_report_begin(&r, "text");
	rn_sink_begin(r.sink, &empty, NULL);
	put_row(0, 0, 0, 0, false, rn_bytes_str("total"), true);
	rn_sink_end(r.sink, NULL);
	rn_sink_begin(r.sink, &empty, NULL);
	rn_sink_end(r.sink, NULL);
	rn_test_report_end(&r);
	cr_assert_str_eq(r.text, "There is nothing.\n\nThere is nothing.\n");
	rn_test_report_begin(&r, "csv");
	for (unsigned i = 0; i < 2; i++) {
		rn_sink_begin(r.sink, &empty, NULL);
		rn_sink_end(r.sink, NULL);
	}
	rn_test_report_end(&r);
	cr_assert_str_eq(r.text, "total_ns,delta,errors,hidden,who\n\n"
		"total_ns,delta,errors,hidden,who\n");
}

Test(report, what_is_about_the_report_itself_is_for_machines)
{
	static const struct rn_table about = { .name = "provenance",
		.flags = RN_TABLE_RECORD | RN_TABLE_ABOUT, .columns = facts, .n_columns = 1 };
	struct rn_cell cells[] = { rn_cell_text("ls") };
	static const char *const expected[][2] = {
		{ "text", "" },
		{ "csv", "" },
		{ "jsonl", "{\"table\": \"provenance\", \"command\": \"ls\"}\n" },
		{ "json", "{\n  \"version\": \"" RN_VERSION "\",\n"
			"  \"format\": \"renacer-report-v1\",\n  \"tables\": {},\n"
			"  \"provenance\": {\n    \"command\": \"ls\"\n  },\n  \"notes\": []\n}\n" },
	};
	for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++) {
		rn_test_report_begin(&r, expected[i][0]);
		rn_sink_begin(r.sink, &about, NULL);
		rn_sink_row(r.sink, cells, NULL);
		rn_sink_end(r.sink, NULL);
		rn_test_report_end(&r);
		cr_assert_str_eq(r.text, expected[i][1]);
	}
}

Test(report, every_writer_ends_a_document_in_which_nothing_happened)
{
	for (size_t i = 0; rn_reports[i]; i++) {
		rn_test_report_begin(&r, rn_reports[i]->name);
		rn_test_report_end(&r);
	}
	rn_test_report_begin(&r, "json");
	rn_test_report_end(&r);
	cr_assert_not_null(strstr(r.text, "\"tables\": {},\n  \"notes\": []"));
}

Test(report, any_bytes_pass_through_every_writer)
{
	char all[256];
	for (size_t i = 0; i < sizeof(all); i++)
		all[i] = (char)i;
	for (size_t i = 0; rn_reports[i]; i++) {
		rn_test_report_begin(&r, rn_reports[i]->name);
		rn_sink_begin(r.sink, &record, NULL);
		struct rn_cell cells[] = { rn_cell_bytes(rn_bytes_of(all, sizeof(all))),
			rn_cell_null(), rn_cell_null(), rn_cell_null(), rn_cell_null() };
		rn_sink_row(r.sink, cells, NULL);
		rn_sink_end(r.sink, NULL);
		rn_test_report_end(&r);
		cr_assert_eq(strlen(r.text), r.len, "%s wrote a NUL", rn_reports[i]->name);
		for (size_t k = 0; k < r.len; k++) {
			char c = r.text[k];
			bool in_csv = !strcmp(rn_reports[i]->name, "csv") &&
				(c == '\r' || c == '\t');
			cr_assert(c == '\n' || in_csv || ((unsigned char)c >= 0x20 && c != 0x7f) ||
				!strcmp(rn_reports[i]->name, "csv"),
				"%s wrote byte %d", rn_reports[i]->name, c);
		}
	}
}

Test(report, a_stream_that_takes_nothing_is_an_error_with_its_reason)
{
	FILE *full = fopen("/dev/full", "w");
	cr_assert_not_null(full);
	for (size_t i = 0; rn_reports[i]; i++) {
		struct rn_error err = { 0 };
		struct rn_sink *sink;
		cr_assert_eq(rn_reports[i]->begin(&sink, full, &err), 0);
		rn_sink_begin(sink, &record, &err);
		struct rn_cell cells[] = { rn_cell_text("x"), rn_cell_null(), rn_cell_null(),
			rn_cell_null(), rn_cell_null() };
		rn_sink_row(sink, cells, &err);
		rn_sink_end(sink, &err);
		cr_assert_eq(rn_reports[i]->end(sink, &err), RN_E_NO_SPACE, "%s",
			rn_reports[i]->name);
		cr_assert_not_null(strstr(err.message, "No space left"));
	}
	fclose(full);
}

Test(report, writers_are_found_by_name_and_explained)
{
	for (size_t i = 0; rn_reports[i]; i++) {
		cr_assert_eq(rn_report_find(rn_reports[i]->name), rn_reports[i]);
		cr_assert(rn_reports[i]->help && *rn_reports[i]->help);
		cr_assert(rn_reports[i]->suffix && *rn_reports[i]->suffix);
		if (i)
			cr_assert_lt(strcmp(rn_reports[i - 1]->name, rn_reports[i]->name), 0);
	}
	cr_assert_null(rn_report_find("xml"));
}
