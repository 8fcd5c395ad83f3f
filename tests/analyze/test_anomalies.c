/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/alerts.h"
#include "analyze/analysis/anomalies.h"
#include "analyze/analysis/waiting.h"
#include "tests/analyze/report_fixture.h"
#include "tests/analyze/trace_fixture.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define READ 0
#define WRITE 1
#define NANOSLEEP 35
#define FUTEX 202

static struct rn_test_report r;
static struct fixture f;

static void finish(void)
{
	rn_test_report_fini(&r);
}

TestSuite(anomalies, .fini = finish);
TestSuite(alerts, .fini = finish);

static void ask(const struct rn_analysis *analysis, const void *options, struct rn_reader *reader,
	const char *format)
{
	rn_test_report_ask(&r, analysis, options, reader, format);
}

static void expect(const char *part)
{
	rn_test_report_expect(&r, part);
}

/* n writes of about 10 us, one of 50 ms among them; five reads; sleeps, one of them long. */
static void planted(unsigned n, unsigned slow, unsigned calls_a_block)
{
	uint64_t at = 0;
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	for (unsigned i = 0; i < n; i++) {
		uint64_t dur = i == slow ? 50000000 : 10000 + i * 7919 % 1000;
		fixture_call(&f, 1, at, dur, WRITE, 1, 0);
		fixture_call(&f, 1, at + dur, i == 30 ? 900000000 : 100000 + i % 7, NANOSLEEP, 0, 0);
		at += dur + 1000000000;
		if (calls_a_block && i % calls_a_block == 0)
			fixture_block(&f);
	}
	for (unsigned i = 0; i < 5; i++)
		fixture_call(&f, 1, at + i, i == 4 ? 1000000 : 10, READ, 1, 0);
}

Test(anomalies, the_planted_call_and_no_other_is_found_by_every_method)
{
	for (enum rn_method m = RN_METHOD_LOG_MODIFIED; m <= RN_METHOD_ZSCORE; m++) {
		planted(500, 123, 0);
		ask(&rn_analysis_anomalies, &(struct rn_anomalies_options){ .method = m },
			fixture_open(&f), "csv");
		cr_assert_eq(strncmp(r.text, "time_ns,pid,tid,name,latency_ns,baseline_ns,score,severity,"
			"function\n", 68), 0, "%s", r.text);
		const char *row = strchr(r.text, '\n') + 1;
		cr_assert_not_null(strstr(row, ",write,50000000,"), "%s", r.text);
		cr_assert_not_null(strstr(row, ",High,\n\n"), "%s", r.text);
	}
}

Test(anomalies, what_waits_is_left_out_unless_asked_for)
{
	planted(500, 1000, 0);
	ask(&rn_analysis_anomalies, NULL, fixture_open(&f), "text");
	expect("Post-Hoc Anomaly Detection (threshold: 3.5\317\203): no anomalies detected\n");
	expect("waits: left out");
	planted(500, 1000, 0);
	ask(&rn_analysis_anomalies, &(struct rn_anomalies_options){ .waiting = true },
		fixture_open(&f), "text");
	expect("3.5\317\203): 1 anomaly detected\n");
	expect("nanosleep  900000.00      100.00");
}

Test(anomalies, too_few_values_are_said_not_taken_for_sound)
{
	planted(8, 3, 0);
	ask(&rn_analysis_anomalies, NULL, fixture_open(&f), "text");
	expect("3.5\317\203): too few values to judge any system call\n");
	planted(40, 3, 0);
	ask(&rn_analysis_anomalies, NULL, fixture_open(&f), "json");
	expect("{\"name\": \"read\", \"n\": 5, \"baseline_ns\": 10, \"limit_ns\": null, \"expected\": "
		"null, \"found\": null, \"verdict\": \"too few values to judge\"}");
	fixture_begin(&f);
	ask(&rn_analysis_anomalies, NULL, fixture_open(&f), "text");
	expect("too few values to judge any system call\n");
	expect("No baselines: no system call returned.\n");
}

Test(anomalies, neither_blocks_nor_pipes_change_a_byte)
{
	planted(60, 41, 0);
	ask(&rn_analysis_anomalies, NULL, fixture_open(&f), "json");
	char *whole = strdup(r.text);
	for (unsigned cut = 1; cut < 40; cut += 13) {
		planted(60, 41, cut);
		ask(&rn_analysis_anomalies, NULL, cut % 2 ? fixture_open_pipe(&f) :
			fixture_open(&f), "json");
		cr_assert_str_eq(r.text, whole);
	}
	free(whole);
}

Test(anomalies, more_than_are_kept_are_counted)
{
	const unsigned n = 200000, slow = RN_SLOW_KEPT + 904;
	char text[64];
	fixture_begin(&f);
	for (unsigned i = 0; i < n; i++)
		fixture_call(&f, 1, 10 * i, i % 40 == 0 && i / 40 < slow ? 50000000 + i :
			1000 + i % 10, READ, 1, 0);
	ask(&rn_analysis_anomalies, &(struct rn_anomalies_options){ .method = RN_METHOD_MODIFIED },
		fixture_open(&f), "text");
	snprintf(text, sizeof(text), "%u anomalies detected", slow);
	expect(text);
	expect("note: 904 more anomalies are counted but not listed");
}

Test(anomalies, severities_are_those_of_the_readme)
{
	cr_assert_eq(rn_severity_of(2), RN_SEVERITY_LOW);
	cr_assert_eq(rn_severity_of(3.9), RN_SEVERITY_LOW);
	cr_assert_eq(rn_severity_of(4.1), RN_SEVERITY_MEDIUM);
	cr_assert_eq(rn_severity_of(5), RN_SEVERITY_MEDIUM);
	cr_assert_eq(rn_severity_of(5.1), RN_SEVERITY_HIGH);
	cr_assert_str_eq(rn_severity_name(RN_SEVERITY_HIGH), "High");
}

Test(anomalies, calls_that_wait_are_known_on_every_abi)
{
	cr_assert(rn_call_waits(RN_ABI_X86_64, 7) && rn_call_waits(RN_ABI_X86_64, FUTEX));
	cr_assert(rn_call_waits(RN_ABI_X86_64, 61) && rn_call_waits(RN_ABI_X86_64, 281));
	cr_assert(rn_call_waits(RN_ABI_I386, 162) && rn_call_waits(RN_ABI_AARCH64, 101));
	cr_assert_not(rn_call_waits(RN_ABI_X86_64, READ));
	cr_assert_not(rn_call_waits(RN_ABI_X86_64, WRITE));
	cr_assert_not(rn_call_waits(RN_ABI_X86_64, 100000));
}

static struct rn_alert told[64];
static unsigned n_told;

static int listen(void *arg, const struct rn_alert *a, struct rn_error *err)
{
	(void)arg, (void)err;
	if (n_told < 64)
		told[n_told] = *a;
	n_told++;
	return 0;
}

static const struct rn_alerts_options listening = { .tell = listen };

static void latencies(const uint64_t *dur, unsigned n)
{
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	for (unsigned i = 0; i < n; i++)
		fixture_call(&f, 1, 1000000 * i, dur[i], READ, 1, 0);
	n_told = 0;
}

Test(alerts, a_call_is_judged_before_it_enters_the_window)
{
	uint64_t dur[101];
	for (unsigned i = 0; i < 100; i++)
		dur[i] = i % 2 ? 105 : 95;
	dur[100] = 150;
	latencies(dur, 101);
	ask(&rn_analysis_alerts, &listening, fixture_open(&f), "text");
	cr_assert_eq(n_told, 1);
	cr_assert(fabs(told[0].score - 9.9499) < 1e-4, "%f", told[0].score);
	cr_assert_eq(told[0].severity, RN_SEVERITY_HIGH);
	cr_assert_eq(told[0].mean_ns, 100);
	expect("Total anomalies detected:  1\n");
	expect("High (>5.0\317\203):              1\n");
}

Test(alerts, few_calls_equal_calls_and_fast_calls_are_no_news)
{
	uint64_t dur[200];
	for (unsigned i = 0; i < 200; i++)
		dur[i] = 100000;
	dur[9] = 1;
	latencies(dur, 200);
	ask(&rn_analysis_alerts, &listening, fixture_open(&f), "text");
	cr_assert_eq(n_told, 0);
	expect("Total anomalies detected:  0\n");
	for (unsigned i = 0; i < 5; i++)
		dur[i] = i == 4 ? 1000000000 : 10;
	latencies(dur, 5);
	ask(&rn_analysis_alerts, &listening, fixture_open(&f), "text");
	cr_assert_eq(n_told, 0);
	expect("too few calls of any kind to judge one\n");
}

Test(alerts, a_spike_is_forgotten_when_it_leaves_the_window)
{
	static const struct rn_alerts_options small = { .tell = listen, .window = 10 };
	uint64_t dur[40];
	for (unsigned i = 0; i < 40; i++)
		dur[i] = 100 + i % 3;
	dur[15] = 1000000000000;
	dur[20] = 1000; /* hidden behind the spike */
	dur[35] = 1000; /* news again */
	latencies(dur, 40);
	ask(&rn_analysis_alerts, &small, fixture_open(&f), "csv");
	cr_assert_eq(n_told, 2);
	cr_assert_eq(told[0].ts_ns, 15000000);
	cr_assert_eq(told[1].ts_ns, 35000000);
	cr_assert_gt(told[1].score, 100);
}

Test(alerts, the_same_are_told_of_a_pipe_and_of_blocks_of_any_size)
{
	struct rn_alert first[64];
	unsigned n_first = 0;
	for (unsigned cut = 0; cut < 40; cut += 13) {
		n_told = 0;
		planted(60, 41, cut);
		ask(&rn_analysis_alerts, &listening, cut % 2 ? fixture_open_pipe(&f) :
			fixture_open(&f), "text");
		cr_assert_geq(n_told, 2);
		for (unsigned i = 0; i < n_told; i++)
			told[i].name = (struct rn_bytes){ NULL, 0 };
		if (!cut) {
			memcpy(first, told, sizeof(first));
			n_first = n_told;
		}
		cr_assert_eq(n_told, n_first);
		for (unsigned i = 0; i < n_told; i++)
			cr_assert(told[i].ts_ns == first[i].ts_ns && told[i].score == first[i].score);
	}
}

static int refuse(void *arg, const struct rn_alert *a, struct rn_error *err)
{
	(void)arg, (void)a;
	return rn_fail(err, RN_E_IO, "nobody hears");
}

Test(alerts, whoever_listens_may_end_it)
{
	const struct rn_alerts_options options = { .tell = refuse };
	const struct rn_question question = { &rn_analysis_alerts, &options };
	struct rn_sink sink = { 0 };
	struct rn_error err;
	planted(50, 20, 0);
	struct rn_reader *reader = fixture_open(&f);
	struct rn_source *s = rn_source_settled(rn_source_trace(reader, NULL));
	cr_assert_eq(rn_analyses_run(&question, 1, s, &sink, &err), RN_E_IO);
	rn_source_free(s);
	rn_reader_close(reader);
}
