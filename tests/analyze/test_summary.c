/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/summary.h"
#include "analyze/model/model.h"
#include "tests/analyze/report_fixture.h"
#include "tests/analyze/trace_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#define READ 0
#define WRITE 1
#define CLOSE 3
#define FUTEX 202
#define EXIT_GROUP 231

static struct rn_test_report r;
static struct fixture f;

static void finish(void)
{
	rn_test_report_fini(&r);
}

TestSuite(summary, .fini = finish);

static void summarize(struct rn_reader *reader, const char *format,
	const struct rn_summary_options *options)
{
	rn_test_report_ask(&r, &rn_analysis_summary, options, reader, format);
}

/* Two reads of 3 ms together (one fails), a write of 1 ms, a close without time, one that never
 * came back, and the end. */
static struct rn_reader *small_trace(void)
{
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_call(&f, 1, 10, 2000000, READ, 5, 0);
	fixture_call(&f, 1, 3000010, 1000000, READ, -11, RN_CALL_ERROR);
	fixture_call(&f, 1, 5000010, 1000999, WRITE, 5, 0);
	fixture_block(&f);
	fixture_call(&f, 1, 7000010, 0, CLOSE, 0, 0);
	fixture_call(&f, 1, 8000010, 77, FUTEX, 0, RN_CALL_UNFINISHED);
	fixture_call(&f, 1, 9000010, 0, EXIT_GROUP, 0, RN_CALL_UNFINISHED);
	return fixture_open(&f);
}

Test(summary, text_is_the_table_of_strace)
{
	summarize(small_trace(), "text", NULL);
	cr_assert_str_eq(r.text,
		"Wall-clock time from entry to return of system calls\n"
		"% time     seconds  usecs/call     calls    errors syscall\n"
		"------ ----------- ----------- --------- --------- ----------------\n"
		" 74.98    0.003000        1500         2         1 read\n"
		" 25.02    0.001001        1000         1           write\n"
		"  0.00    0.000000           0         1           close\n"
		"  0.00    0.000000           0         1           exit_group\n"
		"  0.00    0.000000           0         1           futex\n"
		"------ ----------- ----------- --------- --------- ----------------\n"
		"100.00    0.004001        1000         6         1 total\n"
		"note: 1 call never returned: counted, without time\n");
}

Test(summary, csv_keeps_the_header_that_scripts_know)
{
	summarize(small_trace(), "csv", NULL);
	cr_assert_str_eq(r.text, "syscall,calls,errors\nread,2,1\nwrite,1,0\nclose,1,0\n"
		"exit_group,1,0\nfutex,1,0\n");
	summarize(small_trace(), "csv", &(struct rn_summary_options){ .total_time = true });
	cr_assert_str_eq(r.text, "syscall,calls,errors,total_time\nread,2,1,3000us\n"
		"write,1,0,1000us\nclose,1,0,0us\nexit_group,1,0,0us\nfutex,1,0,0us\n");
}

Test(summary, json_has_everything_in_base_units)
{
	summarize(small_trace(), "json", NULL);
	cr_assert_not_null(strstr(r.text,
		"{\"name\": \"write\", \"abi\": \"x86_64\", \"nr\": 1, \"percent\": "), "%s", r.text);
	cr_assert_not_null(strstr(r.text,
		"\"total_ns\": 1000999, \"usecs_per_call\": 1000, \"calls\": 1, \"errors\": 0, "
		"\"unfinished\": 0, \"mean_ns\": 1000999, \"min_ns\": 1000999, "
		"\"max_ns\": 1000999}"), "%s", r.text);
	cr_assert_not_null(strstr(r.text,
		"\"calls\": 1, \"errors\": 0, \"unfinished\": 1, \"mean_ns\": null, "
		"\"min_ns\": null, \"max_ns\": null}"), "%s", r.text);
	cr_assert_not_null(strstr(r.text, "\"total\": {\"name\": \"total\", \"abi\": null, "
		"\"nr\": null, \"percent\": 100, \"total_ns\": 4000999, "), "%s", r.text);
}

/* The names in the order of the rows, as CSV has them. */
static void expect_order(int sort, const char *names)
{
	char found[256] = "";
	summarize(small_trace(), "csv", &(struct rn_summary_options){ .sort = sort });
	for (char *line = strchr(r.text, '\n') + 1; *line; line = strchr(line, '\n') + 1)
		snprintf(found + strlen(found), sizeof(found) - strlen(found), "%.*s ",
			(int)strcspn(line, ","), line);
	cr_assert_str_eq(found, names);
}

Test(summary, rows_are_sorted_as_asked_and_ties_by_name)
{
	expect_order(RN_SUMMARY_BY_TIME, "read write close exit_group futex ");
	expect_order(RN_SUMMARY_BY_MIN, "write read close exit_group futex ");
	expect_order(RN_SUMMARY_BY_MAX, "read write close exit_group futex ");
	expect_order(RN_SUMMARY_BY_MEAN, "read write close exit_group futex ");
	expect_order(RN_SUMMARY_BY_CALLS, "read close exit_group futex write ");
	expect_order(RN_SUMMARY_BY_ERRORS, "read close exit_group futex write ");
	expect_order(RN_SUMMARY_BY_NAME, "close exit_group futex read write ");
	expect_order(RN_SUMMARY_BY_NUMBER, "read write close futex exit_group ");
}

Test(summary, every_sort_word_names_an_order)
{
	unsigned seen = 0;
	for (const struct rn_word *w = rn_summary_sort_words; w->word; w++) {
		cr_assert(w->value >= 0 && w->value <= RN_SUMMARY_BY_NUMBER);
		seen |= 1u << w->value;
	}
	cr_assert_eq(seen, (2u << RN_SUMMARY_BY_NUMBER) - 1);
}

static void leave_out(uint32_t nr, uint64_t count, uint64_t kept)
{
	struct rn_event ev = { .ts_ns = 9000000, .kind = RN_EV_SAMPLED,
		.SAMPLED = { .count = count, .from_ns = 10, .abi = RN_ABI_X86_64, .nr = nr, .kept = kept } };
	fixture_event(&f, &ev);
}

/* Two of twenty reads are there, none of seven closes; write is told of and whole. The weights come in two
 * parts. */
static void summarize_sampled(const char *format, bool by_number)
{
	struct rn_model *model = rn_model_new(0);
	struct rn_summary_options options = { .total_time = true, .model = model, .by_number = by_number };
	struct rn_error err;
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_call(&f, 1, 10, 2000000, READ, 5, 0);
	leave_out(READ, 11, 1);
	fixture_block(&f);
	fixture_call(&f, 1, 3000010, 1000000, READ, -11, RN_CALL_ERROR);
	fixture_call(&f, 1, 5000010, 1000000, WRITE, 5, 0);
	fixture_call(&f, 1, 7000010, 77, READ, 0, RN_CALL_UNFINISHED);
	leave_out(READ, 7, 1);
	leave_out(WRITE, 0, 1);
	leave_out(CLOSE, 7, 0);
	struct rn_reader *reader = fixture_open(&f);
	cr_assert_eq(rn_model_scan(model, reader, &err), 0);
	summarize(reader, format, &options);
	rn_model_free(model);
}

Test(summary, calls_left_out_are_counted_by_the_weight_of_those_kept)
{
	summarize_sampled("csv", true);
	cr_assert_str_eq(r.text, "syscall,calls,errors,total_time,recorded,weight\n"
		"read,21,10,30000us,3,10\nwrite,1,0,1000us,1,1\nclose,7,0,0us,0,0\n", "%s", r.text);
	summarize_sampled("text", true);
	cr_assert_not_null(strstr(r.text, "~% time    ~seconds  usecs/call     calls   ~errors  recorded   weight"));
	cr_assert_not_null(strstr(r.text, "        29        10         4          total"), "%s", r.text);
	cr_assert_not_null(strstr(r.text, "note: calls were left out while recording: calls are exact"));
}

Test(summary, what_is_selected_by_more_than_numbers_is_estimated)
{
	summarize_sampled("text", false);
	cr_assert_not_null(strstr(r.text, "usecs/call    ~calls   ~errors"), "%s", r.text);
	cr_assert_null(strstr(r.text, "close"));
}

Test(summary, nothing_traced_is_one_line)
{
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	summarize(fixture_open(&f), "text", NULL);
	cr_assert_str_eq(r.text, "No system calls were traced.\n");
	fixture_begin(&f);
	summarize(fixture_open(&f), "csv", NULL);
	cr_assert_str_eq(r.text, "syscall,calls,errors\n");
}

Test(summary, a_call_in_flight_when_the_trace_ends_is_counted_once)
{
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_call(&f, 1, 10, 5, FUTEX, 0, RN_CALL_UNFINISHED | RN_CALL_PENDING);
	fixture_block(&f);
	fixture_call(&f, 1, 10, 5, FUTEX, 0, RN_CALL_UNFINISHED | RN_CALL_PENDING);
	summarize(fixture_open_cut(&f), "csv", NULL);
	cr_assert_str_eq(r.text, "syscall,calls,errors\nfutex,1,0\n");
}

Test(summary, a_preview_that_was_completed_is_not_counted_besides)
{
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_call(&f, 1, 10, 5, FUTEX, 0, RN_CALL_UNFINISHED | RN_CALL_PENDING);
	fixture_block(&f);
	fixture_call(&f, 1, 10, 3000, FUTEX, 0, 0);
	summarize(fixture_open_pipe(&f), "csv",
		&(struct rn_summary_options){ .total_time = true });
	cr_assert_str_eq(r.text, "syscall,calls,errors,total_time\nfutex,1,0,3us\n");
}

Test(summary, unknown_numbers_and_foreign_abis_are_told_apart)
{
	fixture_begin(&f);
	fixture_call(&f, 1, 10, 3000, 5000, 0, 0);
	struct rn_event ev = { .ts_ns = 20, .utid = 1, .kind = RN_EV_CALL,
		.call = { .abi = RN_ABI_I386, .nr = 3, .dur_ns = 1000 } };
	fixture_event(&f, &ev);
	fixture_call(&f, 1, 30, 2000, READ, 0, 0);
	summarize(fixture_open(&f), "csv",
		&(struct rn_summary_options){ .machine = RN_MACHINE_X86_64 });
	cr_assert_str_eq(r.text,
		"syscall,calls,errors\nsyscall_5000,1,0\nread,1,0\nread@i386,1,0\n");
}

/* The same calls, cut into blocks differently, or arriving through a pipe. */
static void make_trace(uint64_t seed, unsigned per_block)
{
	static const uint32_t numbers[] = { READ, WRITE, CLOSE, FUTEX, 9999 };
	fixture_begin(&f);
	for (unsigned i = 0; i < 300; i++) {
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		unsigned pick = (unsigned)(seed >> 33);
		fixture_call(&f, 1 + pick % 3, i * 1000, pick % 977, numbers[pick / 7 % 5], 0,
			pick % 11 == 0 ? RN_CALL_ERROR : pick % 13 == 0 ? RN_CALL_UNFINISHED : 0);
		if (per_block && i % per_block == per_block - 1)
			fixture_block(&f);
	}
}

Test(summary, the_cut_into_blocks_does_not_matter)
{
	static const unsigned cuts[] = { 1, 7, 64, 299 };
	for (uint64_t seed = 1; seed <= 5; seed++) {
		make_trace(seed, 0);
		summarize(fixture_open(&f), "json", NULL);
		char *whole = strdup(r.text);
		for (size_t i = 0; i < sizeof(cuts) / sizeof(cuts[0]); i++) {
			make_trace(seed, cuts[i]);
			summarize(i % 2 ? fixture_open_pipe(&f) : fixture_open(&f), "json", NULL);
			cr_assert_str_eq(r.text, whole);
		}
		free(whole);
	}
}

Test(analyses, are_sorted_unique_and_explained)
{
	for (size_t i = 0; rn_analyses[i]; i++) {
		const struct rn_analysis *a = rn_analyses[i];
		cr_assert(a->help && *a->help);
		cr_assert(a->batch && a->emit);
		if (i)
			cr_assert_lt(strcmp(rn_analyses[i - 1]->name, a->name), 0);
	}
}
