/* SPDX-License-Identifier: MIT */
/* The queue and the thread behind it: nothing lost, nothing changed, no waiting for ever. */
#include "tests/format/sample.h"

#include "format/pipeline.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct sample_options shape = {
	.n_threads = 3, .n_regs = 27, .stack_bytes = 4096, .meta_percent = 10
};

static struct rn_pipeline *start(int fd, size_t ring_bytes)
{
	struct rn_header h = sample_header();
	struct rn_writer_options o = { .block_bytes = 1 << 20, .block_age_ns = UINT64_MAX };
	struct rn_writer *w;
	struct rn_pipeline *p;
	struct rn_error err;
	int rc = rn_writer_open(&w, dup(fd), &h, &o, &err);
	cr_assert_eq(rc, 0);
	struct rn_pipeline_options po = { .ring_bytes = ring_bytes };
	rc = rn_pipeline_start(&p, w, &po, &err);
	cr_assert_eq(rc, 0, "%s", err.message);
	return p;
}

static struct rn_bytes contents(int fd)
{
	size_t len = (size_t)lseek(fd, 0, SEEK_END);
	uint8_t *p = malloc(len + 1);
	ssize_t got = pread(fd, p, len, 0);
	cr_assert_eq((size_t)got, len);
	return rn_bytes_of(p, len);
}

Test(pipeline, gives_the_same_file_as_the_writer_alone)
{
	static const size_t rings[] = { 64 * 1024, 2 << 20 };
	struct sample s;
	sample_make(&s, 2000, 7, &shape);
	struct rn_writer_options o = { .block_bytes = 1 << 20, .block_age_ns = UINT64_MAX };
	struct rn_bytes want = sample_write(&s, &o);
	for (unsigned i = 0; i < 2; i++) {
		int fd = memfd_create("pipeline", MFD_CLOEXEC);
		struct rn_pipeline *p = start(fd, rings[i]);
		for (uint32_t k = 0; k < s.n; k++)
			cr_assert_eq(rn_pipeline_push(p, &s.event[k]), 0);
		struct rn_writer_totals totals;
		struct rn_error err;
		int rc = rn_pipeline_stop(p, true, &totals, &err);
		cr_assert_eq(rc, 0, "%s", err.message);
		cr_assert_eq(totals.events, s.n);
		struct rn_bytes got = contents(fd);
		cr_assert_eq(totals.file_bytes, got.len);
		cr_assert(rn_bytes_equal(got, want));
		sample_free_bytes(got);
		close(fd);
	}
	sample_free_bytes(want);
	sample_free(&s);
}

Test(pipeline, an_event_larger_than_a_quarter_of_the_ring_is_cut_and_marked)
{
	enum { BIG = 40000 };
	static uint8_t memory[BIG];
	struct rn_span spans[2] = {
		{ .addr = 1, .wanted = 9000, .len = 9000, .arg = 0, .bytes = memory },
		{ .addr = 2, .wanted = BIG, .len = BIG, .arg = 1, .bytes = memory },
	};
	struct rn_event ev = { .kind = RN_EV_CALL, .utid = 1, .ts_ns = 5,
		.call = { .abi = 1, .nr = 1, .n_spans = 2, .spans = spans, .stack = memory,
			.stack_len = 8000, .stack_wanted = 8000, .stack_addr = 64 } };
	int fd = memfd_create("pipeline", MFD_CLOEXEC);
	struct rn_pipeline *p = start(fd, 64 * 1024);
	cr_assert_eq(rn_pipeline_push(p, &ev), 0);
	struct rn_error err;
	cr_assert_eq(rn_pipeline_stop(p, true, NULL, &err), 0);
	struct rn_bytes b = contents(fd);
	struct rn_reader *r;
	struct rn_block *block = rn_block_new();
	cr_assert_eq(rn_reader_open_bytes(&r, b, &err), 0);
	cr_assert_eq(rn_reader_next(r, block, &err), 0);
	cr_assert_eq(rn_block_event(block, 0, RN_WANT_ALL, &ev, &err), 0);
	cr_assert(ev.call.flags & RN_CALL_TRUNCATED);
	cr_assert_eq(ev.call.stack_len, 0u, "the stack goes first");
	cr_assert_eq(ev.call.n_spans, 2u);
	cr_assert_eq(ev.call.spans[0].len, 9000u);
	cr_assert_gt(ev.call.spans[1].len, 5000u);
	cr_assert_lt(ev.call.spans[1].len, 16384u - 9000u);
	cr_assert_eq(ev.call.spans[1].wanted, (uint32_t)BIG);
	rn_block_free(block);
	rn_reader_close(r);
	sample_free_bytes(b);
	close(fd);
}

/* Reads a trace from fd; 0 when it has exactly the events of s. */
static int read_and_compare(int fd, const struct sample *s)
{
	struct rn_reader *r;
	struct rn_block *b = rn_block_new();
	struct rn_event ev;
	uint32_t i = 0;
	if (rn_reader_open_fd(&r, fd, "pipe", NULL))
		return 1;
	while (rn_reader_next(r, b, NULL) == 0)
		for (uint32_t k = 0; rn_block_event(b, k, RN_WANT_ALL, &ev, NULL) == 0; k++, i++)
			if (i >= s->n || event_difference(&s->event[i], &ev))
				return 2;
	int rc = i == s->n && rn_reader_complete(r) ? 0 : 3;
	rn_block_free(b);
	rn_reader_close(r);
	return rc;
}

/* The ring is small and the reader slower than the producer, which has to wait: nothing is lost.
 * The reader is the child, because a sanitizer allows no thread in a forked one. */
Test(pipeline, a_slow_reader_slows_the_producer_and_loses_nothing)
{
	struct sample s;
	sample_make(&s, 3000, 7, &shape);
	int fds[2];
	cr_assert_eq(pipe(fds), 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(fds[1]);
		_exit(read_and_compare(fds[0], &s));
	}
	close(fds[0]);
	struct rn_pipeline *p = start(fds[1], 64 * 1024);
	close(fds[1]);
	for (uint32_t k = 0; k < s.n; k++)
		cr_assert_eq(rn_pipeline_push(p, &s.event[k]), 0);
	cr_assert_eq(rn_pipeline_stop(p, true, NULL, NULL), 0);
	int st = -1;
	waitpid(pid, &st, 0);
	cr_assert_eq(st, 0);
	sample_free(&s);
}

/* Nothing follows the one event, and nobody flushes: it must come by itself. */
Test(pipeline, a_quiet_trace_reaches_its_reader, .timeout = 20)
{
	int fds[2];
	cr_assert_eq(pipe(fds), 0);
	struct rn_header h = sample_header();
	struct rn_writer *w;
	struct rn_pipeline *p;
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	struct rn_pipeline_options po = {
		.start_monotonic_ns = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec
	};
	cr_assert_eq(rn_writer_open(&w, fds[1], &h, NULL, NULL), 0);
	cr_assert_eq(rn_pipeline_start(&p, w, &po, NULL), 0);
	struct rn_reader *r;
	struct rn_block *b = rn_block_new();
	struct rn_error err;
	cr_assert_eq(rn_reader_open_fd(&r, fds[0], "pipe", &err), 0);
	for (uint32_t i = 0; i < 3; i++) {
		struct rn_event ev = { .kind = RN_EV_CALL, .utid = 1, .ts_ns = 100 + i };
		cr_assert_eq(rn_pipeline_push(p, &ev), 0);
		int rc = rn_reader_next(r, b, &err); /* waits for it */
		cr_assert_eq(rc, 0);
		cr_assert_eq(rn_block_info(b)->first_ns, 100 + i);
	}
	cr_assert_eq(rn_pipeline_stop(p, true, NULL, NULL), 0);
	cr_assert_eq(rn_reader_next(r, b, &err), RN_END);
	rn_block_free(b);
	rn_reader_close(r);
}

Test(pipeline, a_reader_that_goes_away_ends_the_pushing, .timeout = 20)
{
	int fds[2];
	struct sample s;
	sample_make(&s, 500, 7, &shape);
	cr_assert_eq(pipe(fds), 0);
	struct rn_pipeline *p = start(fds[1], 64 * 1024);
	close(fds[1]);
	close(fds[0]);
	int rc = 0;
	while (!rc) /* the writer's error comes back once a block was written */
		for (uint32_t k = 0; k < s.n && !rc; k++)
			rc = rn_pipeline_push(p, &s.event[k]);
	cr_assert_eq(rc, RN_E_PIPE);
	cr_assert_eq(rn_pipeline_error(p), RN_E_PIPE);
	struct rn_error err;
	cr_assert_eq(rn_pipeline_stop(p, true, NULL, &err), RN_E_PIPE);
	cr_assert_neq(strstr(err.message, "Broken pipe"), NULL, "%s", err.message);
	sample_free(&s);
}

Test(pipeline, without_closing_the_trace_has_all_blocks_and_no_tail)
{
	struct sample s;
	sample_make(&s, 300, 7, &shape);
	int fd = memfd_create("pipeline", MFD_CLOEXEC);
	struct rn_pipeline *p = start(fd, 0);
	struct rn_module_image m = { .name = rn_bytes_str("[vdso]"), .image = rn_bytes_str("ELF") };
	cr_assert_eq(rn_pipeline_module(p, &m), 0);
	for (uint32_t k = 0; k < s.n; k++)
		while (rn_pipeline_push_within(p, &s.event[k], 0, 0) == RN_E_LIMIT)
			;
	cr_assert_eq(rn_pipeline_stop(p, false, NULL, NULL), 0);
	struct rn_bytes b = contents(fd);
	struct rn_reader *r;
	cr_assert_eq(rn_reader_open_bytes(&r, b, NULL), 0);
	cr_assert_not(rn_reader_complete(r));
	cr_assert_eq(rn_reader_n_damage(r), 0u);
	cr_assert_eq(rn_reader_n_modules(r), 1u);
	uint64_t n = 0;
	for (size_t i = 0; i < rn_reader_n_blocks(r); i++) {
		const struct rn_block_info *info = rn_reader_block_info(r, i);
		n += info->n_calls + info->n_meta;
	}
	cr_assert_eq(n, s.n);
	rn_reader_close(r);
	sample_free_bytes(b);
	sample_free(&s);
	close(fd);
}
