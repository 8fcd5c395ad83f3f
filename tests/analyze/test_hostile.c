/* SPDX-License-Identifier: MIT */
/* Damaged and senseless traces through everything that answers by tables, in every format: it must
 * end, without an error of ours, and what comes out must be well formed (sanitizers watch the rest). */
#include "analyze/analysis/summary.h"
#include "analyze/command/info.h"
#include "analyze/command/verify.h"
#include "tests/analyze/report_fixture.h"
#include "tests/format/sample.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct rn_test_report r;
static struct sample sample;

static void finish(void)
{
	sample_free(&sample);
	rn_test_report_fini(&r);
}

TestSuite(hostile, .fini = finish);

/* Outside of strings: brackets match, nothing is printed that no terminal should see. */
static bool is_well_formed_json(const char *s)
{
	char open[64];
	size_t depth = 0;
	bool in_string = false;
	for (; *s; s++) {
		if ((unsigned char)*s < 0x20 && *s != '\n')
			return false;
		if (in_string) {
			if (*s == '\\')
				s++;
			else
				in_string = *s != '"';
		} else if (*s == '"') {
			in_string = true;
		} else if (*s == '{' || *s == '[') {
			if (depth == sizeof(open))
				return false;
			open[depth++] = *s;
		} else if (*s == '}' || *s == ']') {
			if (!depth || open[--depth] != (*s == '}' ? '{' : '['))
				return false;
		}
	}
	return !depth && !in_string;
}

static int tell_info(struct rn_reader *reader, struct rn_error *err)
{
	return rn_info_emit(reader, "hostile", r.sink, err);
}

static int tell_verify(struct rn_reader *reader, struct rn_error *err)
{
	enum rn_verdict verdict;
	return rn_verify_emit(reader, "hostile", r.sink, &verdict, err);
}

static int tell_summary(struct rn_reader *reader, struct rn_error *err)
{
	const struct rn_summary_options o = { .total_time = true, .machine = RN_MACHINE_X86_64 };
	const struct rn_question q = { &rn_analysis_summary, &o };
	struct rn_source *source = rn_source_settled(rn_source_trace(reader, NULL));
	int rc = rn_analyses_run(&q, 1, source, r.sink, err);
	rn_source_free(source);
	return rc;
}

static void ask_everything(struct rn_bytes bytes)
{
	static int (*const ask[])(struct rn_reader *, struct rn_error *) = {
		tell_info, tell_verify, tell_summary,
	};
	for (size_t i = 0; i < sizeof(ask) / sizeof(ask[0]); i++) {
		for (size_t k = 0; rn_reports[k]; k++) {
			struct rn_reader *reader;
			struct rn_error err = { 0 };
			if (rn_reader_open_bytes(&reader, bytes, &err)) {
				cr_assert(*err.message, "an error without a message");
				return;
			}
			rn_test_report_begin(&r, rn_reports[k]->name);
			cr_assert_eq(ask[i](reader, &err), 0, "%s", err.message);
			rn_test_report_end(&r);
			rn_reader_close(reader);
			if (!strncmp(rn_reports[k]->name, "json", 4))
				cr_assert(is_well_formed_json(r.text), "%s", r.text);
		}
	}
}

static struct rn_bytes make(bool wild, uint64_t seed)
{
	const struct sample_options o = { .n_threads = 5, .n_regs = RN_REGS_X86_64,
		.stack_bytes = 128, .meta_percent = 30, .wild = wild };
	const struct rn_writer_options w = { .block_events = 40, .block_age_ns = UINT64_MAX };
	sample_free(&sample);
	sample_make(&sample, 100, seed, &o);
	return sample_write(&sample, &w);
}

Test(hostile, numbers_without_sense_are_reported_all_the_same)
{
	for (uint64_t seed = 1; seed <= 5; seed++) {
		struct rn_bytes trace = make(true, seed);
		ask_everything(trace);
		sample_free_bytes(trace);
	}
}

Test(hostile, any_cut_is_survived)
{
	struct rn_bytes trace = make(false, 3);
	uint8_t *copy = malloc(trace.len);
	for (size_t len = 0; len <= trace.len; len += 1 + trace.len / 150) {
		memcpy(copy, trace.p, len);
		ask_everything(rn_bytes_of(copy, len));
	}
	free(copy);
	sample_free_bytes(trace);
}

Test(hostile, flipped_bytes_are_survived)
{
	struct rn_bytes trace = make(false, 4);
	uint8_t *copy = malloc(trace.len);
	struct prng random = { 11 };
	for (unsigned i = 0; i < 200; i++) {
		memcpy(copy, trace.p, trace.len);
		for (uint64_t n = 1 + prng_below(&random, 4); n; n--)
			copy[prng_below(&random, trace.len)] ^= (uint8_t)(1 + prng_below(&random, 255));
		ask_everything(rn_bytes_of(copy, trace.len));
	}
	free(copy);
	sample_free_bytes(trace);
}
