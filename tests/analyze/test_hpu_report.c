/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/bins.h"
#include "analyze/analysis/hpu_report.h"
#include "tests/analyze/report_fixture.h"
#include "tests/analyze/trace_fixture.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#define READ 0
#define WRITE 1
#define OPEN 2
#define CLOSE 3
#define GETPID 39

static struct rn_test_report r;
static struct fixture f;
static const struct rn_hpu_options plain = { .choice = RN_HPU_SIMD };

static void finish(void)
{
	rn_test_report_fini(&r);
}

TestSuite(hpu_report, .fini = finish);

static void ask(const struct rn_hpu_options *options, struct rn_reader *reader, const char *format)
{
	rn_test_report_ask(&r, &rn_analysis_hpu, options, reader, format);
}

static void expect(const char *part)
{
	rn_test_report_expect(&r, part);
}

/* A loop of open, write, close whose pace changes; a second phase of getpid; reads all along. */
static void phases(unsigned calls_a_block)
{
	uint64_t at = 1000000;
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	for (unsigned i = 0; i < 400; i++) {
		unsigned loops = i < 200 ? 1 + i % 7 : 0;
		for (unsigned k = 0; k < loops; k++) {
			fixture_call(&f, 1, at + k * 30, 10, OPEN, 3, 0);
			fixture_call(&f, 1, at + k * 30 + 10, 10, WRITE, 3, 0);
			fixture_call(&f, 1, at + k * 30 + 20, 10, CLOSE, 3, 0);
		}
		for (unsigned k = 0; i >= 200 && k < 5; k++)
			fixture_call(&f, 1, at + k * 10, 500000, GETPID, 3, 0);
		fixture_call(&f, 1, at, 100, READ, 3, 0);
		at += 1 << 20;
		if (calls_a_block && i % calls_a_block == 0)
			fixture_block(&f);
	}
}

Test(hpu_report, a_loop_goes_together_and_another_phase_does_not)
{
	phases(0);
	ask(&plain, fixture_open(&f), "json");
	expect("{\"a\": \"close\", \"b\": \"write\", \"pearson\": 1, \"spearman\": 1, \"p_adjusted\": 0, "
		"\"significant\": true}");
	const char *pair = strstr(r.text, "{\"a\": \"getpid\", \"b\": \"write\", \"pearson\": ");
	cr_assert_not_null(pair);
	cr_assert_lt(atof(strstr(pair, "pearson") + 10), -0.5, "%.80s", pair);
}

Test(hpu_report, what_never_varies_has_no_correlation)
{
	fixture_begin(&f);
	for (unsigned i = 0; i < 64; i++) {
		fixture_call(&f, 1, (uint64_t)i << 20, 10, READ, 0, 0);
		fixture_call(&f, 1, ((uint64_t)i << 20) + 5, 10, WRITE, 0, 0);
		if (i % 3 == 0)
			fixture_call(&f, 1, ((uint64_t)i << 20) + 9, 10, WRITE, 0, 0);
	}
	ask(&plain, fixture_open(&f), "csv");
	const char *matrix = strstr(r.text, "name,write,read\n");
	cr_assert_not_null(matrix, "%s", r.text);
	cr_assert(strstr(matrix, "\nread,,\n"), "%s", matrix);
}

Test(hpu_report, hotspots_are_named_with_their_share)
{
	phases(0);
	ask(&plain, fixture_open(&f), "text");
	expect("=== HPU Analysis Report ===\nHPU Backend:");
	expect("Hotspots (at least a tenth of all time)\n");
	expect("getpid   99.");
	expect("--- Correlation Matrix ---\n");
	expect("--- K-means Clustering ---");
}

Test(hpu_report, tiny_traces_are_handled)
{
	fixture_begin(&f);
	ask(&plain, fixture_open(&f), "text");
	expect("too few calls over too short a time to correlate any\n");
	expect("No system call fills five bins of time.\n");
	expect("Too few distinct system calls to cluster.\n");
	expect("No hotspots.\n");
	fixture_begin(&f);
	fixture_call(&f, 1, 5, 10, READ, 0, 0);
	ask(&plain, fixture_open(&f), "text");
	expect("read    100.00     1    0.01\n");
}

Test(hpu_report, who_computes_and_how_the_trace_is_cut_change_no_byte)
{
	char *whole = NULL;
	for (unsigned i = 0; i < 6; i++) {
		const struct rn_hpu_options options = { .choice = RN_HPU_SCALAR + i % 3 };
		phases(i ? 13 * i : 0);
		ask(&options, fixture_open(&f), "json");
		char *choice = strstr(r.text, "request (");
		cr_assert_not_null(choice);
		memmove(choice, strchr(choice, ')'), strlen(strchr(choice, ')')) + 1);
		if (!whole)
			whole = strdup(r.text);
		cr_assert_str_eq(r.text, whole);
	}
	free(whole);
}

static unsigned n_told;

static void listen(void *arg, const struct rn_hpu *h, double actual_ns)
{
	(void)arg;
	n_told++;
	cr_assert(h->started && h->n_offers && actual_ns > 0);
}

Test(hpu_report, costs_are_told_and_reported_only_when_asked_for)
{
	struct rn_hpu_options options = { .cpu_only = true, .tell = listen };
	phases(0);
	ask(&options, fixture_open(&f), "json");
	cr_assert_eq(n_told, 1);
	cr_assert_null(strstr(r.text, "hpu_costs"));
	expect("\"backend\": \"CPU\"");
	expect("\"choice\": \"--hpu-cpu-only\"");
	options.costs = true;
	phases(0);
	ask(&options, fixture_open(&f), "json");
	expect("\"hpu_costs\"");
	expect("not looked for: --hpu-cpu-only");
}

Test(bins, joining_keeps_sums_and_order_does_not_matter)
{
	struct rn_bins a = { 0 }, b = { 0 };
	struct rn_error err;
	uint64_t at[500], sum = 0;
	size_t first_a, first_b;
	for (uint64_t i = 0; i < 500; i++)
		at[i] = i * i * i * 7919;
	for (int i = 0; i < 500; i++) {
		cr_assert_eq(rn_bins_add(&a, 0, at[i], (uint64_t)i, &err), 0);
		cr_assert_eq(rn_bins_add(&b, 0, at[499 - i], (uint64_t)(499 - i), &err), 0);
	}
	size_t n = rn_bins_settle(&a, 100, &first_a);
	cr_assert(n > 50 && n <= 100);
	cr_assert_eq(rn_bins_settle(&b, 100, &first_b), n);
	cr_assert(first_a == first_b && a.shift == b.shift);
	for (size_t i = 0; i < RN_BINS; i++) {
		cr_assert_eq(a.row[0][i], b.row[0][i]);
		sum += a.row[0][i];
	}
	cr_assert_eq(sum, 499 * 500 / 2);
	cr_assert_eq(rn_bins_add(&a, 3, UINT64_MAX, 1, &err), 0);
	cr_assert_eq(a.n, 4);
	rn_bins_fini(&a);
	rn_bins_fini(&b);
	cr_assert_eq(rn_bins_settle(&a, 100, &first_a), 0);
}
