/* SPDX-License-Identifier: MIT */
/* Events written and read back are the same events; the same events are the same bytes. */
#include "tests/format/sample.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <unistd.h>

static const struct sample_options shapes[] = {
	{ .n_threads = 1 },
	{ .n_threads = 1, .n_regs = 27, .meta_percent = 5 },
	{ .n_threads = 3, .n_regs = 27, .stack_bytes = 1024, .meta_percent = 10 },
	{ .n_threads = 300, .n_regs = 34, .stack_bytes = 512, .meta_percent = 30 },
	{ .n_threads = 4, .n_regs = 27, .stack_bytes = 2048, .meta_percent = 20, .wild = true },
	{ .n_threads = 2, .meta_percent = 100 },
};

static void expect_events(struct rn_reader *r, const struct sample *s)
{
	struct rn_block *b = rn_block_new();
	struct rn_error err;
	uint32_t i = 0;
	int rc;
	while ((rc = rn_reader_next(r, b, &err)) == 0) {
		struct rn_event ev;
		cr_assert_eq(rn_block_info(b)->first_seq, i);
		for (uint32_t k = 0; (rc = rn_block_event(b, k, RN_WANT_ALL, &ev, &err)) == 0; k++) {
			cr_assert_lt(i, s->n);
			cr_assert_eq(ev.seq, i);
			const char *d = event_difference(&s->event[i], &ev);
			cr_assert_null(d, "event %u: %s", i, d);
			i++;
		}
		cr_assert_eq(rc, RN_END);
	}
	cr_assert_eq(rc, RN_END, "%s", err.message);
	cr_assert_eq(i, s->n);
	cr_assert_eq(rn_reader_n_damage(r), 0, "%s", rn_reader_damage(r, 0)->text);
	cr_assert(rn_reader_complete(r));
	rn_block_free(b);
}

/* Through a pipe, written by a child. */
static void expect_by_pipe(struct rn_bytes bytes, const struct sample *s)
{
	int fds[2];
	cr_assert_eq(pipe(fds), 0);
	pid_t pid = fork();
	if (pid == 0) {
		close(fds[0]);
		size_t done = 0;
		while (done < bytes.len) {
			ssize_t n = write(fds[1], bytes.p + done, bytes.len - done);
			if (n < 0)
				_exit(1);
			done += (size_t)n;
		}
		_exit(0);
	}
	close(fds[1]);
	struct rn_reader *r;
	struct rn_error err;
	int rc = rn_reader_open_fd(&r, fds[0], "pipe", &err);
	cr_assert_eq(rc, 0, "%s", err.message);
	cr_assert(!rn_reader_seekable(r));
	expect_events(r, s);
	rn_reader_close(r);
}

static void expect_all_ways(struct rn_bytes bytes, const struct sample *s)
{
	struct rn_reader *r;
	struct rn_error err;
	int rc = rn_reader_open_bytes(&r, bytes, &err);
	cr_assert_eq(rc, 0, "%s", err.message);
	expect_events(r, s);
	rn_reader_close(r);
	expect_by_pipe(bytes, s);
}

Test(round_trip, events_come_back_as_they_were)
{
	for (size_t i = 0; i < sizeof(shapes) / sizeof(shapes[0]); i++)
		for (uint64_t seed = 1; seed <= 3; seed++) {
			struct sample s;
			struct rn_writer_options o = { .block_bytes = 40000,
				.block_age_ns = UINT64_MAX };
			sample_make(&s, 700, seed, &shapes[i]);
			struct rn_bytes once = sample_write(&s, &o), twice = sample_write(&s, &o);
			cr_assert(rn_bytes_equal(once, twice), "not deterministic");
			expect_all_ways(once, &s);
			sample_free_bytes(once);
			sample_free_bytes(twice);
			sample_free(&s);
		}
}

Test(round_trip, an_empty_trace_is_a_trace)
{
	struct sample s;
	sample_make(&s, 0, 1, &shapes[0]);
	struct rn_bytes b = sample_write(&s, NULL);
	expect_all_ways(b, &s);
	sample_free_bytes(b);
	sample_free(&s);
}

Test(round_trip, the_header_comes_back)
{
	struct sample s;
	sample_make(&s, 3, 1, &shapes[0]);
	struct rn_bytes b = sample_write(&s, NULL);
	struct rn_reader *r;
	struct rn_error err;
	cr_assert_eq(rn_reader_open_bytes(&r, b, &err), 0);
	const struct rn_header *h = rn_reader_header(r);
	struct rn_header want = sample_header();
	cr_assert_eq(h->version_major, RN_FORMAT_VERSION_MAJOR);
	cr_assert_arr_eq(h->uuid, want.uuid, 16);
	cr_assert_eq(h->machine, want.machine);
	cr_assert_eq(h->start_realtime_ns, want.start_realtime_ns);
	cr_assert(rn_bytes_equal(h->command_argv, want.command_argv));
	cr_assert_eq(h->hostname.len, 0);
	rn_reader_close(r);
	sample_free_bytes(b);
	sample_free(&s);
}
