/* SPDX-License-Identifier: MIT */
/* A trace of which calls were left out, each of those kept standing for three, must tell what a trace with every
 * such call three times tells. */
#include "analyze/analysis/asked.h"
#include "analyze/analysis/hpu_report.h"
#include "analyze/analysis/latency.h"
#include "analyze/weights/estimates.h"
#include "analyze/weights/weights.h"
#include "tests/analyze/report_fixture.h"
#include "tests/analyze/trace_fixture.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define READ 0
#define WRITE 1
#define ACCESS 21

static struct rn_test_report r;
static struct fixture f;

static void finish(void)
{
	rn_test_report_fini(&r);
}

TestSuite(weights, .fini = finish);

static void sampled(uint32_t nr, uint64_t kept, uint64_t left_out)
{
	struct rn_event ev = { .ts_ns = 9000000, .kind = RN_EV_SAMPLED, .SAMPLED = { .count = left_out,
		.from_ns = 10, .abi = RN_ABI_X86_64, .nr = nr, .kept = kept } };
	fixture_event(&f, &ev);
}

static void call(uint32_t utid, uint64_t ts_ns, uint64_t dur_ns, uint32_t nr, int64_t fd, int64_t ret)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = utid, .kind = RN_EV_CALL };
	ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .nr = nr, .ret = ret, .dur_ns = dur_ns,
		.flags = ret < 0 ? RN_CALL_ERROR : 0, .args = { (uint64_t)fd } };
	fixture_event(&f, &ev);
}

/* Reads, of which each counts `times` times: written so often, or standing for so many. Writes and the rest once. */
static void make_trace(unsigned times, bool by_weight)
{
	unsigned written = by_weight ? 1 : times, n = 37;
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_task(&f, 0, 2, 2, 1, 101, 101);
	fixture_fd(&f, 5, 1, 3, "/a");
	fixture_fd(&f, 5, 2, 3, "/b");
	for (unsigned i = 0; i < n; i++)
		for (unsigned k = 0; k < written; k++)
			call(1 + i % 2, 1000 * i + 10, 17 + i * i * 13 % 1000, READ, 3, i % 5 ? 100 + (int64_t)i : -11);
	fixture_block(&f);
	for (unsigned i = 0; i < 23; i++)
		call(1, 100000 + 1000 * i, 30 + i * 29 % 500, WRITE, 3, 64);
	fixture_call(&f, 2, 200000, 77, READ, 0, RN_CALL_UNFINISHED);
	if (by_weight)
		sampled(READ, n, n * (times - 1));
}

static void ask(const struct rn_analysis *analysis, void *(*options)(const struct rn_model *m), const char *format)
{
	struct rn_error err;
	struct rn_reader *reader = fixture_open(&f);
	struct rn_model *model = rn_model_new(RN_ASKED_MODEL);
	cr_assert_eq(rn_model_scan(model, reader, &err), 0);
	const struct rn_question question = { analysis, options(model) };
	struct rn_source *source = rn_source_weights(rn_source_settled(rn_source_trace(reader, NULL)),
		rn_model_sampling(model));
	rn_test_report_begin(&r, format);
	cr_assert_eq(rn_analyses_run(&question, 1, source, r.sink, &err), 0, "%s", err.message);
	rn_test_report_end(&r);
	rn_source_free(source);
	rn_model_free(model);
	rn_reader_close(reader);
}

static void *asked(const struct rn_model *m)
{
	static struct rn_asked o;
	o = (struct rn_asked){ m, RN_MACHINE_X86_64, { 0 }, 0, true, NULL };
	return &o;
}

static enum rn_by by;
static void *latency(const struct rn_model *m)
{
	static struct rn_latency_options o;
	o = (struct rn_latency_options){ .by = by, .histogram = true, .facts = { .machine = RN_MACHINE_X86_64, .model = m },
		.percentiles = { 5, { { 0, "0" }, { 33.3, "33.3" }, { 50, "50" }, { 99, "99" }, { 100, "100" } } } };
	return &o;
}

static void *hpu(const struct rn_model *m)
{
	static struct rn_hpu_options o;
	o = (struct rn_hpu_options){ .choice = RN_HPU_SCALAR, .cpu_only = true,
		.facts = { .machine = RN_MACHINE_X86_64, .model = m } };
	return &o;
}

/* What is told of too few values is told of those recorded, and notes of what was left out: they must differ. */
static char *without_remarks(const char *text)
{
	char *copy = strdup(text), *at = strstr(copy, "\"notes\"");
	if (at)
		*at = 0;
	while ((at = strstr(copy, "\"too_few_for\"")))
		memmove(at, at + strcspn(at, "}"), strlen(at + strcspn(at, "}")) + 1);
	return copy;
}

static void compare(const struct rn_analysis *analysis, void *(*options)(const struct rn_model *m), const char *what)
{
	for (unsigned times = 1; times <= 4; times += 3) {
		make_trace(times, false);
		ask(analysis, options, "json");
		char *repeated = without_remarks(r.text);
		make_trace(times, true);
		ask(analysis, options, "json");
		char *weighed = without_remarks(r.text);
		cr_expect_str_eq(weighed, repeated, "%s, %u times", what, times);
		free(repeated);
		free(weighed);
	}
}

Test(weights, a_call_of_weight_w_counts_as_w_calls)
{
	static const struct {
		const struct rn_analysis *analysis;
		const char *what;
	} cases[] = { { &rn_analysis_files, "files" }, { &rn_analysis_errors, "errors" },
		{ &rn_analysis_processes, "processes" } };
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		compare(cases[i].analysis, asked, cases[i].what);
	static const enum rn_by bys[] = { RN_BY_NAME, RN_BY_PID, RN_BY_ERRNO };
	for (size_t i = 0; i < sizeof(bys) / sizeof(*bys); i++) {
		by = bys[i];
		compare(&rn_analysis_latency, latency, rn_by_column(by));
	}
}

/* 37 reads of weight 4, and the one that never returned. */
Test(weights, hotspots_count_calls_by_weight)
{
	make_trace(4, true);
	ask(&rn_analysis_hpu, hpu, "json");
	cr_expect_not_null(strstr(r.text, "\"calls\": 149"), "%s", r.text);
}

/* Ten values of weight 7/3 beside three of weight 1: sums are the nearest whole numbers. */
Test(weights, fractions_add_up_to_whole_calls)
{
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	for (unsigned i = 0; i < 9; i++)
		call(1, 100 * i + 10, 10 * (i + 1), READ, 3, i == 4 ? -11 : 5);
	for (unsigned i = 0; i < 3; i++)
		call(1, 1000 + 100 * i, 1000 + i, ACCESS, 0, -2);
	sampled(READ, 9, 12);
	by = RN_BY_PID;
	ask(&rn_analysis_latency, latency, "json");
	/* 21 + 3 calls; 450 * 7/3 + 3003 ns; the median is the mean of values 12 and 13 of 24: both 50 (0..11.67 weigh
	 * 10..50, then 60 up to 14). */
	cr_expect_not_null(strstr(r.text, "\"calls\": 24, \"errors\": 5, \"unfinished\": 0, \"n\": 24, \"total_ns\": 4053"),
		"%s", r.text);
	cr_expect_not_null(strstr(r.text, "\"p50_ns\": 55"), "%s", r.text);
	cr_expect_not_null(strstr(r.text, "\"p100_ns\": 1002"), "%s", r.text);
}

Test(weights, what_is_carried_on_makes_sums_right)
{
	uint64_t carry = RN_WEIGHED_CARRY, sum = 0;
	struct rn_sampled s = { 1, 0, 1000, 8877 };
	struct rn_sampling all = { &s, 1, 1 };
	struct rn_weights *w = malloc(sizeof(*w));
	cr_assert(rn_weights_init(w, &all));
	uint64_t weight = rn_weight_of(w, RN_ABI_X86_64, 0, 0);
	cr_expect_eq(rn_weight_of(w, RN_ABI_X86_64, 0, RN_CALL_UNFINISHED), RN_WEIGHT_ONE);
	cr_expect_eq(rn_weight_of(w, 77, 0, 0), RN_WEIGHT_ONE);
	cr_expect_eq(rn_weight_of(w, RN_ABI_X86_64, 4000000, 0), RN_WEIGHT_ONE);
	cr_expect_eq(rn_weight_of(NULL, RN_ABI_X86_64, 0, 0), RN_WEIGHT_ONE);
	for (unsigned i = 0; i < 1000; i++) {
		uint64_t one = rn_weighed_spread(&carry, 1, weight);
		cr_assert(one == 9 || one == 10);
		sum += one;
	}
	cr_expect_eq(sum, 9877);
	s.left_out = 0;
	cr_expect_not(rn_weights_init(w, &all));
	free(w);
}

/* ---- marks ---- */

static void write_marked(const char *format, const char *rules)
{
	static const struct rn_column columns[] = { { .name = "calls", .type = RN_T_U64, .weighs = true },
		{ .name = "name", .type = RN_T_TEXT, .left = true } };
	static const struct rn_table sums = { .name = "sums", .columns = columns, .n_columns = 2 };
	static const struct rn_table names = { .name = "names", .columns = columns + 1, .n_columns = 1 };
	const struct rn_cell cells[] = { rn_cell_u64(7), rn_cell_text("x") };
	const struct rn_header h = { .sampling = rn_bytes_str(rules) };
	struct rn_estimates *e;
	struct rn_sink *marked;
	rn_test_report_begin(&r, format);
	cr_assert_eq(rn_estimates_new(&e, &h, r.sink, &marked, NULL), 0);
	rn_sink_begin(marked, &sums, NULL);
	rn_sink_row(marked, cells, NULL);
	rn_sink_end(marked, NULL);
	rn_sink_begin(marked, &names, NULL);
	rn_sink_row(marked, cells + 1, NULL);
	rn_sink_end(marked, NULL);
	rn_estimates_note(e, NULL);
	rn_estimates_free(e);
	rn_test_report_end(&r);
}

Test(weights, estimates_are_marked_for_people_and_for_programs)
{
	write_marked("text", "sample read=1/9");
	cr_expect_not_null(strstr(r.text, "~calls name\n"), "%s", r.text);
	cr_expect_not_null(strstr(r.text, "note: calls were left out while recording (sample read=1/9)"), "%s", r.text);
	write_marked("csv", "sample read=1/9");
	cr_expect_not_null(strstr(r.text, "calls,name,estimated\n7,x,sample read=1/9\n"), "%s", r.text);
	write_marked("json", "sample read=1/9");
	cr_expect_not_null(strstr(r.text, "\"estimated\": \"sample read=1/9\""), "%s", r.text);
	write_marked("text", "");
	cr_expect_null(strstr(r.text, "~"), "%s", r.text);
	cr_expect_null(strstr(r.text, "note"), "%s", r.text);
}
