/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/ml.h"
#include "tests/analyze/report_fixture.h"
#include "tests/analyze/trace_fixture.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define READ 0
#define WRITE 1
#define CLOSE 3
#define FSYNC 74
#define NANOSLEEP 35

static struct rn_test_report r;
static struct fixture f;

static void finish(void)
{
	rn_test_report_fini(&r);
}

TestSuite(ml, .fini = finish);

static void ask(const struct rn_ml_options *options, struct rn_reader *reader, const char *format)
{
	rn_test_report_ask(&r, &rn_analysis_ml, options, reader, format);
}

static void expect(const char *part)
{
	rn_test_report_expect(&r, part);
}

/* Four kinds of calls at 1 us, 1.1 us, 100 us and 10 ms; one write of 50 ms among n; a long sleep. */
static void make_trace(unsigned n, unsigned calls_a_block)
{
	static const uint32_t nr[] = { READ, CLOSE, WRITE, FSYNC };
	static const uint64_t usual[] = { 1000, 1100, 100000, 10000000 };
	uint64_t at = 0;
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	for (unsigned i = 0; i < n; i++) {
		unsigned k = i % 16 == 15 ? 3 : i % 3;
		uint64_t dur = usual[k] + usual[k] / 1000 * (i * 7919 % 100);
		if (i == 32)
			dur = 50000000; /* a write */
		fixture_call(&f, 1, at, dur, nr[k], 0, 0);
		at += dur + 1000;
		if (calls_a_block && i % calls_a_block == 0)
			fixture_block(&f);
	}
	fixture_call(&f, 1, at, 7000000000, NANOSLEEP, 0, 0);
}

Test(ml, system_calls_of_like_latency_are_together_and_clusters_named_by_their_centre)
{
	make_trace(1000, 0);
	ask(NULL, fixture_open(&f), "text");
	expect("=== ML Anomaly Detection Report ===\n");
	expect("Clusters:             3\n");
	expect("read close\n");
	expect("about 7 s ");
	expect(" nanosleep\n");
}

Test(ml, the_planted_call_and_no_other_is_found_by_each_method)
{
	for (enum rn_ml_method m = RN_ML_KMEANS; m <= RN_ML_IFOREST; m++) {
		make_trace(1000, 0);
		ask(&(struct rn_ml_options){ .method = m }, fixture_open(&f), "json");
		expect("\"total_anomalies\": 1,");
		expect("\"anomalies\": [\n      {\"syscall\": \"write\", \"avg_time_us\": ");
		expect("\"latency_ns\": 50000000, ");
	}
}

Test(ml, json_is_an_object_beside_the_tables)
{
	make_trace(100, 0);
	ask(NULL, fixture_open(&f), "json");
	expect("\"tables\": {},\n  \"ml_analysis\": {\n    \"method\": \"kmeans\",\n");
	expect("    \"clusters\": 3,\n");
	expect("    \"silhouette_score\": 0.");
	expect("    \"anomalies\": [");
}

Test(ml, clusters_are_capped_at_the_distinct_system_calls_and_that_is_said)
{
	make_trace(100, 0);
	ask(&(struct rn_ml_options){ .clusters = 9 }, fixture_open(&f), "text");
	expect("Clusters:             5\n");
	expect("5 clusters instead of 9: there are no more distinct system calls\n");
}

Test(ml, too_little_is_said_to_be_too_little)
{
	fixture_begin(&f);
	ask(&(struct rn_ml_options){ .compare = true }, fixture_open(&f), "text");
	expect("insufficient data: at least two system calls that differ are needed, there are 0\n");
	expect("No ML anomalies detected.\n");
	fixture_begin(&f);
	for (unsigned i = 0; i < 20; i++)
		fixture_call(&f, 1, 10 * i, 1000, READ, 0, 0);
	ask(NULL, fixture_open(&f), "json");
	expect("\"clusters\": 0,");
	expect("\"silhouette_score\": null,");
}

Test(ml, the_comparison_counts_what_both_and_each_alone_found)
{
	make_trace(1000, 0);
	ask(&(struct rn_ml_options){ .compare = true, .z_method = RN_METHOD_ZSCORE },
		fixture_open(&f), "json");
	expect("\"comparison\": [\n      {\"name\": \"write\", \"judged\": 313, \"both\": 1, "
		"\"only_ml\": 0, \"only_z\": 0, \"kappa\": 1}\n    ]");
	expect("\"agreement\": {\n      \"calls\": 1000,\n");
	expect("\"kappa\": 1\n");
}

Test(ml, kappa_is_cohens)
{
	cr_assert(fabs(rn_kappa(20, 5, 10, 15) - 0.4) < 1e-12);
	cr_assert(fabs(rn_kappa(10, 0, 0, 90) - 1) < 1e-12);
	cr_assert_lt(rn_kappa(0, 5, 5, 90), 0);
	cr_assert(isnan(rn_kappa(0, 0, 0, 100)));
	cr_assert(isnan(rn_kappa(0, 0, 0, 0)));
}

Test(ml, neither_blocks_nor_pipes_change_a_byte)
{
	make_trace(60, 0);
	ask(&(struct rn_ml_options){ .compare = true }, fixture_open(&f), "json");
	char *whole = strdup(r.text);
	for (unsigned cut = 1; cut < 60; cut += 11) {
		make_trace(60, cut);
		ask(&(struct rn_ml_options){ .compare = true }, cut % 2 ? fixture_open_pipe(&f) :
			fixture_open(&f), "json");
		cr_assert_str_eq(r.text, whole);
	}
	free(whole);
}

Test(ml, a_long_trace_is_sampled_and_that_is_said)
{
	const unsigned n = 3 * RN_ML_SAMPLE;
	char text[64];
	fixture_begin(&f);
	for (unsigned i = 0; i < n; i++)
		fixture_call(&f, 1, 10 * i, i == 77777 ? 900000000 : 1000 + i % 100, i % 2, 0, 0);
	ask(NULL, fixture_open(&f), "json");
	snprintf(text, sizeof(text), "\"event_calls\": %u,", n);
	expect(text);
	snprintf(text, sizeof(text), "\"event_samples\": %zu,", RN_ML_SAMPLE * 3 / 4);
	expect(text);
	expect("\"latency_ns\": 900000000, ");
}
