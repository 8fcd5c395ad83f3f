/* SPDX-License-Identifier: MIT */
#include "analyze/model/model.h"
#include "analyze/source/source.h"
#include "trace_fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PREVIEW (RN_CALL_PENDING | RN_CALL_UNFINISHED)

static struct fixture f;

/* Entry times of all that a source yields, the last batch behind a bar. */
static const char *times_of(struct rn_source *s)
{
	static char out[4096];
	struct rn_error err = { 0 };
	struct rn_batch b;
	size_t n = 0;
	int rc;
	cr_assert_not_null(s);
	rn_batch_init(&b);
	out[0] = 0;
	while ((rc = rn_source_next(s, &b, &err)) == 0) {
		for (uint32_t i = 0; i < b.n_selected; i++)
			n += (size_t)snprintf(out + n, sizeof(out) - n, "%llu ",
				(unsigned long long)b.core->ts_ns[b.selected[i]]);
		for (uint32_t i = 0; i < b.n_unfinished; i++)
			n += (size_t)snprintf(out + n, sizeof(out) - n, "|%llu ",
				(unsigned long long)b.unfinished[i].ts_ns);
	}
	cr_assert_eq(rc, RN_END, "%s", err.message);
	rn_batch_fini(&b);
	rn_source_free(s);
	return out;
}

static void two_processes(void)
{
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_call(&f, 1, 10, 1, 39, 100, 0);
	fixture_call(&f, 1, 20, 1, 0, 5, 0);
	fixture_block(&f);
	fixture_task(&f, 30, 2, 2, 1, 200, 200);
	fixture_task(&f, 31, 3, 2, 2, 201, 200);
	fixture_call(&f, 2, 40, 1, 0, 5, 0);
	fixture_call(&f, 3, 50, 1, 39, 200, 0);
	fixture_block(&f);
	fixture_call(&f, 1, 60, 1, 39, 100, 0);
}

Test(source, a_trace_yields_every_call_in_file_order)
{
	two_processes();
	struct rn_reader *r = fixture_open(&f);
	cr_expect_str_eq(times_of(rn_source_trace(r, NULL)), "10 20 40 50 60 ");
	rn_reader_close(r);
}

Test(source, blocks_can_be_loaded_out_of_order)
{
	two_processes();
	struct rn_reader *r = fixture_open(&f);
	struct rn_source *s = rn_source_trace(r, NULL);
	struct rn_batch b;
	rn_batch_init(&b);
	cr_assert_eq(rn_source_load(s, 2, &b, NULL), 0);
	cr_assert_eq(b.n_selected, 1);
	cr_expect_eq(b.core->ts_ns[0], 60);
	cr_assert_eq(rn_source_load(s, 0, &b, NULL), 0);
	cr_assert_eq(b.n_selected, 2);
	cr_expect_eq(b.core->ts_ns[0], 10);
	rn_batch_fini(&b);
	rn_source_free(s);
	rn_reader_close(r);
}

static void expect_pid(struct rn_reader *r, bool pipe, uint64_t pid, const char *times)
{
	struct rn_model *m = rn_model_new(0);
	if (!pipe)
		cr_assert_eq(rn_model_scan(m, r, NULL), 0);
	struct rn_source *s = rn_source_trace(r, pipe ? m : NULL);
	cr_expect_str_eq(times_of(rn_source_pids(s, m, &pid, 1)), times);
	rn_model_free(m);
	rn_reader_close(r);
}

Test(source, a_pid_selects_all_threads_of_the_process)
{
	two_processes();
	expect_pid(fixture_open(&f), false, 200, "40 50 ");
}

Test(source, a_tid_selects_its_thread)
{
	two_processes();
	expect_pid(fixture_open(&f), false, 201, "50 ");
}

Test(source, a_pid_is_known_in_time_when_the_trace_comes_through_a_pipe)
{
	two_processes();
	expect_pid(fixture_open_pipe(&f), true, 200, "40 50 ");
}

Test(source, an_unknown_pid_selects_nothing)
{
	two_processes();
	expect_pid(fixture_open(&f), false, 300, "");
}

static void previews(void)
{
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	fixture_task(&f, 1, 2, 1, 1, 101, 100);
	fixture_task(&f, 2, 3, 1, 1, 102, 100);
	fixture_call(&f, 3, 5, 0, 0, 0, PREVIEW);
	fixture_call(&f, 1, 10, 0, 0, 0, PREVIEW);
	fixture_call(&f, 2, 20, 0, 0, 0, PREVIEW);
	fixture_block(&f);
	fixture_call(&f, 1, 10, 90, 0, 4, 0);
	fixture_call(&f, 1, 110, 5, 0, 4, 0);
	fixture_call(&f, 3, 120, 0, 0, 0, PREVIEW);
	fixture_block(&f);
	fixture_call(&f, 1, 130, 5, 0, 4, 0);
}

Test(source, a_preview_gives_way_to_the_call_it_announced)
{
	previews();
	struct rn_reader *r = fixture_open(&f);
	cr_expect_str_eq(times_of(rn_source_settled(rn_source_trace(r, NULL))),
		"10 110 130 |20 |120 ");
	rn_reader_close(r);
}

Test(source, settling_needs_no_second_look)
{
	previews();
	struct rn_reader *r = fixture_open_pipe(&f);
	cr_expect_str_eq(times_of(rn_source_settled(rn_source_trace(r, NULL))),
		"10 110 130 |20 |120 ");
	rn_reader_close(r);
}

Test(source, nothing_unfinished_means_no_last_batch)
{
	two_processes();
	struct rn_reader *r = fixture_open(&f);
	struct rn_source *s = rn_source_settled(rn_source_trace(r, NULL));
	struct rn_batch b;
	unsigned n = 0;
	rn_batch_init(&b);
	while (rn_source_next(s, &b, NULL) == 0) {
		cr_expect_not_null(b.block);
		n++;
	}
	cr_expect_eq(n, 3);
	rn_batch_fini(&b);
	rn_source_free(s);
	rn_reader_close(r);
}

/* Many previews whose memory is rewritten on the way; the few that stay open must be whole. */
Test(source, what_a_kept_preview_borrowed_stays_whole)
{
	static uint8_t text[3000];
	memset(text, 'x', sizeof(text));
	struct rn_span span = { .addr = 0x1000, .wanted = sizeof(text), .len = sizeof(text),
		.bytes = text };
	fixture_begin(&f);
	for (uint32_t i = 0; i < 2000; i++) {
		uint32_t utid = i < 3 ? i + 1 : 10;
		struct rn_event ev = { .ts_ns = 10 * (i + 1), .utid = utid, .kind = RN_EV_CALL };
		ev.call = (struct rn_call){ .abi = RN_ABI_X86_64, .flags = PREVIEW, .n_spans = 1,
			.spans = &span };
		text[0] = (uint8_t)('a' + utid);
		fixture_event(&f, &ev);
	}
	struct rn_reader *r = fixture_open(&f);
	struct rn_source *s = rn_source_settled(rn_source_trace(r, NULL));
	struct rn_batch b;
	rn_batch_init(&b);
	while (rn_source_next(s, &b, NULL) == 0 && b.block)
		cr_expect_eq(b.n_selected, 0);
	cr_assert_eq(b.n_unfinished, 4);
	for (uint32_t i = 0; i < 4; i++) {
		const struct rn_event *ev = &b.unfinished[i];
		cr_assert_eq(ev->call.n_spans, 1);
		cr_assert_eq(ev->call.spans[0].len, sizeof(text));
		cr_expect_eq(ev->call.spans[0].bytes[0], 'a' + ev->utid);
		cr_expect_eq(ev->call.spans[0].bytes[2999], 'x');
	}
	rn_batch_fini(&b);
	rn_source_free(s);
	rn_reader_close(r);
}

#define MANY 40

static void many_blocks(void)
{
	fixture_begin(&f);
	fixture_task(&f, 0, 1, 1, 0, 100, 100);
	for (uint32_t i = 0; i < MANY; i++) {
		for (uint32_t k = 0; k < 5; k++)
			fixture_call(&f, 1, 10 + i * 10 + k, 1, i % 3 ? 39 : 0, 100, 0);
		fixture_block(&f);
	}
}

static struct rn_source *ahead(struct rn_reader *r, unsigned wants)
{
	struct rn_source *s = rn_source_settled(rn_source_trace(r, NULL));
	cr_assert_not_null(s);
	s->wants = wants;
	rn_source_skip(s);
	return s;
}

Test(source, blocks_read_ahead_come_in_file_order)
{
	many_blocks();
	struct rn_reader *r = fixture_open(&f);
	char expected[4096];
	snprintf(expected, sizeof(expected), "%s", times_of(rn_source_trace(r, NULL)));
	cr_expect_str_eq(times_of(ahead(r, 0)), expected);
	cr_expect_str_eq(times_of(ahead(r, RN_WANT(ARGS))), expected);
	rn_reader_close(r);
}

/* Flips a byte of the core of every seventh block but the first; how many. */
static unsigned damage(const struct rn_reader *r, int fd)
{
	unsigned n = 0;
	for (size_t i = 7; i < rn_reader_n_blocks(r); i += 7, n++) {
		const struct rn_block_info *info = rn_reader_block_info(r, i);
		uint64_t directory = info->disk_bytes;
		uint8_t byte;
		for (unsigned k = 0; k < RN_SECTIONS; k++)
			directory -= info->section[k].disk_bytes;
		off_t at = (off_t)(info->offset + directory + info->section[RN_SECTION_CORE].at + 2);
		cr_assert_eq(pread(fd, &byte, 1, at), 1);
		byte ^= 0x55;
		cr_assert_eq(pwrite(fd, &byte, 1, at), 1);
	}
	return n;
}

Test(source, damage_is_of_blocks_that_were_handed_out)
{
	many_blocks();
	int fd = dup(f.fd);
	struct rn_reader *r = fixture_open(&f);
	unsigned n = damage(r, fd);
	struct rn_source *s = ahead(r, RN_WANT(ARGS));
	struct rn_batch b;
	rn_batch_init(&b);
	for (unsigned i = 0; i < 7; i++)
		cr_assert_eq(rn_source_next(s, &b, NULL), 0);
	cr_expect_eq(rn_reader_n_damage(r), 0);
	while (rn_source_next(s, &b, NULL) == 0)
		;
	cr_expect_eq(rn_reader_n_damage(r), n);
	rn_batch_fini(&b);
	rn_source_free(s);
	rn_reader_close(r);
	close(fd);
}

Test(source, one_may_stop_while_blocks_are_read_ahead)
{
	many_blocks();
	struct rn_reader *r = fixture_open(&f);
	for (unsigned turn = 0; turn < 20; turn++) {
		struct rn_source *s = ahead(r, 0);
		struct rn_batch b;
		rn_batch_init(&b);
		for (unsigned i = 0; i <= turn; i++)
			cr_assert_eq(rn_source_next(s, &b, NULL), 0);
		rn_source_free(s);
		cr_expect_eq(b.core->ts_ns[b.selected[0]], 10 + turn * 10);
		rn_batch_fini(&b);
	}
	rn_reader_close(r);
}
