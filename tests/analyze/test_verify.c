/* SPDX-License-Identifier: MIT */
#include "analyze/command/verify.h"
#include "tests/analyze/report_fixture.h"
#include "tests/format/sample.h"

#include <criterion/criterion.h>
#include <stdlib.h>

static struct rn_test_report r;
static struct sample sample;
static struct rn_bytes trace;

static void start(void)
{
	const struct sample_options o = { .n_threads = 3, .n_regs = RN_REGS_X86_64,
		.stack_bytes = 256, .meta_percent = 10 };
	const struct rn_writer_options w = { .block_events = 100, .block_age_ns = UINT64_MAX };
	sample_make(&sample, 450, 7, &o);
	trace = sample_write(&sample, &w);
}

static void finish(void)
{
	sample_free_bytes(trace);
	sample_free(&sample);
	rn_test_report_fini(&r);
}

TestSuite(verify, .init = start, .fini = finish);

static enum rn_verdict verify(struct rn_bytes bytes, const char *format)
{
	enum rn_verdict verdict;
	struct rn_reader *reader;
	struct rn_error err;
	cr_assert_eq(rn_reader_open_bytes(&reader, bytes, &err), 0, "%s", err.message);
	rn_test_report_begin(&r, format);
	cr_assert_eq(rn_verify_emit(reader, "a.rnt", r.sink, &verdict, &err), 0, "%s",
		err.message);
	rn_test_report_end(&r);
	rn_reader_close(reader);
	return verdict;
}

/* The number behind "key": in the JSON. */
static uint64_t fact(const char *key)
{
	char quoted[64];
	snprintf(quoted, sizeof(quoted), "\"%s\": ", key);
	const char *at = strstr(r.text, quoted);
	cr_assert_not_null(at, "no %s in %s", key, r.text);
	return strtoull(at + strlen(quoted), NULL, 10);
}

static uint64_t count_sample(bool calls)
{
	uint64_t n = 0;
	for (uint32_t i = 0; i < sample.n; i++)
		n += (sample.event[i].kind == RN_EV_CALL) == calls;
	return n;
}

Test(verify, a_whole_trace_is_whole_and_all_of_it_counted)
{
	uint64_t spans = 0, stacks = 0, regs = 0;
	for (uint32_t i = 0; i < sample.n; i++) {
		const struct rn_call *c = &sample.event[i].call;
		if (sample.event[i].kind != RN_EV_CALL)
			continue;
		spans += c->n_spans;
		stacks += c->stack_len != 0;
		regs += c->n_regs != 0;
	}
	cr_assert_eq(verify(trace, "json"), RN_VERDICT_WHOLE);
	cr_assert_eq(fact("calls"), count_sample(true));
	cr_assert_eq(fact("events"), count_sample(false));
	cr_assert_eq(fact("spans"), spans);
	cr_assert_eq(fact("stacks"), stacks);
	cr_assert_eq(fact("registers"), regs);
	cr_assert_eq(fact("blocks"), 5);
	cr_assert_eq(fact("damages"), 0);
	cr_assert_not_null(strstr(r.text, "\"verdict\": \"whole\""));
	cr_assert_eq(verify(trace, "text"), RN_VERDICT_WHOLE);
	cr_assert_not_null(strstr(r.text, "whole: 5 blocks, "));
	cr_assert_not_null(strstr(r.text, "No damage."));
}

/* Offsets of the blocks and of one of their sections, from an undamaged reading. */
static void locate(uint64_t *block, uint64_t *end, size_t i)
{
	struct rn_reader *reader;
	cr_assert_eq(rn_reader_open_bytes(&reader, trace, NULL), 0);
	const struct rn_block_info *info = rn_reader_block_info(reader, i);
	*block = info->offset;
	*end = info->offset + info->disk_bytes;
	rn_reader_close(reader);
}

static struct rn_bytes copy(size_t len)
{
	uint8_t *p = malloc(len ? len : 1);
	memcpy(p, trace.p, len);
	return rn_bytes_of(p, len);
}

Test(verify, damage_is_told_with_its_place_and_the_rest_is_saved)
{
	uint64_t block, end;
	locate(&block, &end, 2);
	struct rn_bytes bad = copy(trace.len);
	((uint8_t *)bad.p)[end - 10] ^= 0x55; /* the last section of block 2 */
	cr_assert_eq(verify(bad, "json"), RN_VERDICT_DAMAGED);
	cr_assert_geq(fact("damages"), 1);
	uint64_t offset = fact("offset");
	cr_assert(offset >= block && offset < end, "%llu is not in block 2",
		(unsigned long long)offset);
	cr_assert_not_null(strstr(r.text, "block 2, section "));
	cr_assert_geq(fact("blocks"), 4);
	free((void *)bad.p);
}

Test(verify, a_trace_cut_behind_a_block_is_cut_short_not_damaged_in_its_blocks)
{
	uint64_t block, end;
	locate(&block, &end, 3);
	struct rn_bytes cut = copy(end);
	enum rn_verdict v = verify(cut, "json");
	cr_assert_neq(v, RN_VERDICT_WHOLE);
	cr_assert_eq(fact("blocks"), 4);
	cr_assert_not_null(strstr(r.text, "\"complete\": false"));
	free((void *)cut.p);
}

/* Also one that zstd would not notice: the directory has a checksum of the bytes as they are. */
Test(verify, no_flipped_bit_passes_for_whole)
{
	uint64_t seed = 99;
	for (size_t at = 0; at < trace.len; at += 1 + trace.len / 500) {
		struct rn_bytes bad = copy(trace.len);
		seed = seed * 6364136223846793005u + 1442695040888963407u;
		((uint8_t *)bad.p)[at] ^= (uint8_t)(1 << (seed >> 60 & 7));
		struct rn_reader *reader;
		if (rn_reader_open_bytes(&reader, bad, NULL) == 0) {
			rn_reader_close(reader);
			cr_assert_neq(verify(bad, "text"), RN_VERDICT_WHOLE, "byte %zu", at);
		}
		free((void *)bad.p);
	}
}

Test(verify, no_cut_passes_for_whole)
{
	for (size_t len = 0; len < trace.len; len += 1 + trace.len / 300) {
		struct rn_bytes cut = copy(len);
		struct rn_reader *reader;
		if (rn_reader_open_bytes(&reader, cut, NULL) == 0) {
			rn_reader_close(reader);
			cr_assert_neq(verify(cut, "text"), RN_VERDICT_WHOLE, "%zu bytes", len);
		}
		free((void *)cut.p);
	}
}
