/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/latency.h"
#include "analyze/analysis/summary.h"
#include "tests/analyze/report_fixture.h"
#include "tests/analyze/trace_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define READ 0
#define WRITE 1
#define FUTEX 202

static struct rn_test_report r;
static struct fixture f;
static const uint64_t data_a[] = { 12, 15, 11, 14, 13, 250, 16, 12, 18, 900 };

static void finish(void)
{
	rn_test_report_fini(&r);
}

TestSuite(latency, .fini = finish);

static void ask(struct rn_reader *reader, const char *format,
	const struct rn_latency_options *options)
{
	rn_test_report_ask(&r, &rn_analysis_latency, options, reader, format);
}

/* Ten reads of known times, a write, a write that failed, and a futex that never returned. */
static void make_trace(unsigned calls_a_block)
{
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_task(&f, 0, 2, 2, 1, 101, 101);
	for (unsigned i = 0; i < 10; i++) {
		fixture_call(&f, 1, 1000 * i, data_a[i], READ, 5, 0);
		if (calls_a_block && i % calls_a_block == 0)
			fixture_block(&f);
	}
	fixture_call(&f, 2, 20000, 1000, WRITE, 5, 0);
	fixture_call(&f, 2, 30000, 3000, WRITE, -32, RN_CALL_ERROR);
	fixture_call(&f, 1, 40000, 77, FUTEX, 0, RN_CALL_UNFINISHED);
}

static void expect(const char *part)
{
	rn_test_report_expect(&r, part);
}

Test(latency, the_published_numbers_come_out)
{
	make_trace(0);
	ask(fixture_open(&f), "json", NULL);
	expect("{\"name\": \"read\", \"calls\": 10, \"errors\": 0, \"unfinished\": 0, \"n\": 10, "
		"\"total_ns\": 1261, \"mean_ns\": 126.1, \"sd_ns\": 281.87209");
	expect("\"min_ns\": 11, \"p50_ns\": 14.5, \"p75_ns\": 17.5, \"p90_ns\": 315, "
		"\"p95_ns\": 607.5, \"p99_ns\": 841.5, \"max_ns\": 900, "
		"\"too_few_for\": \"P75 P90 P95 P99\"}");
	expect("{\"name\": \"write\", \"calls\": 2, \"errors\": 1, \"unfinished\": 0, \"n\": 2, "
		"\"total_ns\": 4000, \"mean_ns\": 2000, \"sd_ns\": 1414.21356237309");
}

Test(latency, a_call_that_never_returned_has_no_latency)
{
	make_trace(0);
	ask(fixture_open(&f), "json", NULL);
	expect("{\"name\": \"futex\", \"calls\": 1, \"errors\": 0, \"unfinished\": 1, \"n\": 0, "
		"\"total_ns\": 0, \"mean_ns\": null, \"sd_ns\": null, \"min_ns\": null, "
		"\"p50_ns\": null");
}

Test(latency, an_error_is_counted_whether_or_not_it_returned)
{
	make_trace(0);
	fixture_call(&f, 1, 50000, 77, FUTEX, -4, RN_CALL_UNFINISHED | RN_CALL_ERROR);
	ask(fixture_open(&f), "json", NULL);
	expect("{\"name\": \"futex\", \"calls\": 2, \"errors\": 1, \"unfinished\": 2, \"n\": 0");
}

Test(latency, text_is_in_microseconds_and_says_what_the_numbers_are)
{
	static const struct rn_latency_options options = { .percentiles = { 2, { { 50, "50" },
		{ 99.9, "99.9" } } } };
	make_trace(0);
	ask(fixture_open(&f), "text", &options);
	cr_assert_str_eq(r.text,
		"Latency Percentiles (microseconds)\n"
		"Syscall Calls Errors Total Mean Std Dev  Min Median (P50) P99.9  Max Too few for\n"
		"------- ----- ------ ----- ---- ------- ---- ------------ ----- ---- -----------\n"
		"write       2      1  4.00 2.00    1.41 1.00         2.00  3.00 3.00 P50 P99.9\n"
		"read       10         1.26 0.13    0.28 0.01         0.01  0.89 0.90 P99.9\n"
		"futex       1         0.00\n"
		"note: latency is wall-clock time from entry to return, over the n calls that returned. "
		"Mean: total / n; Std Dev: of a sample (n - 1); percentiles: R-7 over all n values, "
		"exact\n"
		"note: too few for: so few calls that these percentiles say little (P90 takes 29, P95 "
		"59, P99 299)\n");
}

Test(latency, rows_are_sorted_as_asked)
{
	make_trace(0);
	ask(fixture_open(&f), "csv", &(struct rn_latency_options){ .sort = RN_SUMMARY_BY_CALLS });
	cr_assert_eq(strncmp(strchr(r.text, '\n') + 1, "read,", 5), 0, "%s", r.text);
	ask((make_trace(0), fixture_open(&f)), "csv",
		&(struct rn_latency_options){ .sort = RN_SUMMARY_BY_NAME });
	cr_assert_eq(strncmp(strchr(r.text, '\n') + 1, "futex,", 6), 0, "%s", r.text);
}

Test(latency, calls_are_grouped_by_error_and_by_process)
{
	make_trace(0);
	ask(fixture_open(&f), "csv", &(struct rn_latency_options){ .by = RN_BY_ERRNO });
	expect("\nEPIPE,1,1,0,1,3000,");
	expect("\n(no error),11,0,0,11,");
	expect("\n(unfinished),1,0,1,0,0,");
	make_trace(0);
	struct rn_reader *reader = fixture_open(&f);
	struct rn_model *m = rn_model_new(0);
	struct rn_error err;
	cr_assert_eq(rn_model_scan(m, reader, &err), 0);
	ask(reader, "csv", &(struct rn_latency_options){ .by = RN_BY_PID, .facts = { .model = m } });
	expect("pid,calls,");
	expect("\n100,11,0,1,10,1261,");
	expect("\n101,2,1,0,2,4000,");
	rn_model_free(m);
}

Test(latency, histograms_count_every_value_once)
{
	make_trace(0);
	ask(fixture_open(&f), "csv",
		&(struct rn_latency_options){ .no_table = true, .histogram = true });
	cr_assert_str_eq(r.text, "name,from_ns,to_ns,calls,percent,cumulative_percent\n"
		"write,512,1023,1,50,50\nwrite,1024,2047,0,0,50\nwrite,2048,4095,1,50,100\n"
		"read,8,15,6,60,60\nread,16,31,2,20,80\nread,32,63,0,0,80\nread,64,127,0,0,80\n"
		"read,128,255,1,10,90\nread,256,511,0,0,90\nread,512,1023,1,10,100\n");
}

Test(latency, neither_blocks_nor_pipes_nor_budgets_change_a_byte)
{
	static const struct rn_latency_options options = { .histogram = true, .budget_bytes = 1 };
	make_trace(0);
	ask(fixture_open(&f), "json", &(struct rn_latency_options){ .histogram = true });
	char *whole = strdup(r.text);
	for (unsigned cut = 1; cut < 5; cut++) {
		make_trace(cut);
		ask(cut % 2 ? fixture_open_pipe(&f) : fixture_open(&f), "json", &options);
		cr_assert_str_eq(r.text, whole);
	}
	free(whole);
}

Test(latency, nothing_traced_is_said)
{
	fixture_begin(&f);
	ask(fixture_open(&f), "text", NULL);
	cr_assert_str_eq(r.text, "No latencies: no system calls were traced.\n");
}

Test(latency, wrong_percentiles_are_refused_with_the_word)
{
	static const char *const wrong[] = { "", "50,", "101", "-1", "x", "50,50.0", "nan", "1e1", "0x5",
		"50;60", "99.99999999999999999" };
	struct rn_percentiles p;
	struct rn_error err;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(*wrong); i++)
		cr_assert_eq(rn_percentiles_read(&p, wrong[i], &err), RN_E_USAGE, "%s", wrong[i]);
	cr_assert_eq(rn_percentiles_read(&p, "0,99.9,100", &err), 0);
	cr_assert_eq(p.n, 3);
	cr_assert_str_eq(p.of[1].word, "99.9");
}
