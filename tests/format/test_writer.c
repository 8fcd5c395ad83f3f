/* SPDX-License-Identifier: MIT */
/* When blocks close, what the directory says of them, and what a failing output leaves behind. */
#include "tests/format/sample.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

static const struct sample_options plain = { .n_threads = 3, .meta_percent = 10 };

static struct rn_reader *open_bytes(struct rn_bytes b)
{
	struct rn_reader *r;
	struct rn_error err;
	int rc = rn_reader_open_bytes(&r, b, &err);
	cr_assert_eq(rc, 0, "%s", err.message);
	return r;
}

static struct rn_bytes contents(int fd)
{
	size_t len = (size_t)lseek(fd, 0, SEEK_END);
	uint8_t *p = malloc(len + 1);
	ssize_t got = pread(fd, p, len, 0);
	cr_assert_eq((size_t)got, len);
	return rn_bytes_of(p, len);
}

static struct rn_writer *open_writer(int fd, const struct rn_writer_options *o)
{
	struct rn_header h = sample_header();
	struct rn_writer *w;
	struct rn_error err;
	int rc = rn_writer_open(&w, fd, &h, o, &err);
	cr_assert_eq(rc, 0, "%s", err.message);
	return w;
}

static struct rn_event getpid_call(uint64_t ts_ns)
{
	return (struct rn_event){ .kind = RN_EV_CALL, .utid = 1, .ts_ns = ts_ns,
		.call = { .abi = RN_ABI_X86_64, .nr = 39, .ret = 5, .dur_ns = 10 } };
}

Test(writer, a_block_closes_at_a_count)
{
	struct sample s;
	struct rn_writer_options o = { .block_events = 10, .block_age_ns = UINT64_MAX };
	sample_make(&s, 35, 1, &plain);
	struct rn_bytes b = sample_write(&s, &o);
	struct rn_reader *r = open_bytes(b);
	cr_assert_eq(rn_reader_n_blocks(r), 4u);
	for (size_t i = 0; i < 4; i++) {
		const struct rn_block_info *info = rn_reader_block_info(r, i);
		cr_assert_eq(info->n_calls + info->n_meta, i < 3 ? 10u : 5u);
		cr_assert_eq(info->first_seq, 10 * i);
	}
	rn_reader_close(r);
	sample_free_bytes(b);
	sample_free(&s);
}

Test(writer, a_block_closes_at_a_size)
{
	struct sample s;
	struct rn_writer_options o = { .block_bytes = 5000, .block_age_ns = UINT64_MAX };
	sample_make(&s, 1000, 1, &plain);
	struct rn_bytes b = sample_write(&s, &o);
	struct rn_reader *r = open_bytes(b);
	cr_assert_gt(rn_reader_n_blocks(r), 3u);
	for (size_t i = 0; i < rn_reader_n_blocks(r); i++) {
		const struct rn_block_info *info = rn_reader_block_info(r, i);
		uint32_t raw = 0;
		for (unsigned k = 0; k < RN_SECTIONS; k++)
			raw += info->section[k].raw_bytes;
		cr_assert_lt(raw, 8000u);
	}
	rn_reader_close(r);
	sample_free_bytes(b);
	sample_free(&s);
}

Test(writer, a_block_closes_at_an_age_by_event_or_tick)
{
	int fd = memfd_create("age", MFD_CLOEXEC);
	struct rn_writer_options o = { .block_age_ns = 1000 };
	struct rn_writer *w = open_writer(dup(fd), &o);
	struct rn_event first = getpid_call(100), late = getpid_call(2000);
	cr_assert_eq(rn_writer_deadline_ns(w), UINT64_MAX);
	cr_assert_eq(rn_writer_append(w, &first, NULL), 0);
	cr_assert_eq(rn_writer_deadline_ns(w), 1110u);
	cr_assert_eq(rn_writer_tick(w, 1109, NULL), 0);
	cr_assert_eq(rn_writer_totals(w)->blocks, 0u);
	cr_assert_eq(rn_writer_tick(w, 1110, NULL), 0);
	cr_assert_eq(rn_writer_totals(w)->blocks, 1u);
	cr_assert_eq(rn_writer_tick(w, 999999, NULL), 0);
	cr_assert_eq(rn_writer_totals(w)->blocks, 1u, "an empty block was written");
	cr_assert_eq(rn_writer_append(w, &first, NULL), 0);
	cr_assert_eq(rn_writer_append(w, &late, NULL), 0);
	cr_assert_eq(rn_writer_totals(w)->blocks, 2u);
	rn_writer_abandon(w);
	close(fd);
}

Test(writer, the_directory_tells_what_is_in_the_block)
{
	int fd = memfd_create("directory", MFD_CLOEXEC);
	struct rn_writer *w = open_writer(dup(fd), NULL);
	struct rn_event call = getpid_call(500), other = getpid_call(700);
	other.utid = 300000;
	other.call.nr = 4000000000u;
	other.call.abi = RN_ABI_AARCH64;
	other.call.flags = RN_CALL_ERROR;
	other.call.dur_ns = 99;
	struct rn_event note = { .kind = RN_EV_NOTE, .utid = 7, .ts_ns = 5000 };
	rn_writer_append(w, &call, NULL);
	rn_writer_append(w, &other, NULL);
	rn_writer_append(w, &note, NULL);
	cr_assert_eq(rn_writer_close(w, NULL, NULL), 0);
	struct rn_bytes b = contents(fd);
	struct rn_reader *r = open_bytes(b);
	const struct rn_block_info *i = rn_reader_block_info(r, 0);
	cr_assert_eq(i->n_calls, 2u);
	cr_assert_eq(i->n_meta, 1u);
	cr_assert_eq(i->n_errors, 1u);
	cr_assert_eq(i->first_ns, 500u);
	cr_assert_eq(i->last_ns, 5000u);
	cr_assert_eq(i->max_dur_ns, 99u);
	cr_assert(rn_block_info_has_nr(i, RN_ABI_X86_64, 39));
	cr_assert(rn_block_info_has_nr(i, RN_ABI_AARCH64, 4000000000u));
	cr_assert_not(rn_block_info_has_nr(i, RN_ABI_I386, 39));
	cr_assert_not(rn_block_info_has_nr(i, RN_ABI_X86_64, 40));
	cr_assert(rn_block_info_has_utid(i, 1));
	cr_assert(rn_block_info_has_utid(i, 7));
	cr_assert(rn_block_info_has_utid(i, 300000));
	cr_assert_not(rn_block_info_has_utid(i, 2));
	rn_reader_close(r);
	sample_free_bytes(b);
	close(fd);
}

Test(writer, a_block_names_the_threads_it_speaks_of)
{
	int fd = memfd_create("threads", MFD_CLOEXEC);
	struct rn_writer_options o = { .block_events = 3, .block_age_ns = UINT64_MAX };
	struct rn_writer *w = open_writer(dup(fd), &o);
	struct rn_event task = { .kind = RN_EV_TASK, .utid = 1 };
	task.TASK = (struct rn_ev_TASK){ .how = RN_TASK_COMMAND, .leader = 1, .tid = 50, .pid = 50 };
	struct rn_event thread = { .kind = RN_EV_TASK, .utid = 2 };
	thread.TASK = (struct rn_ev_TASK){ .how = RN_TASK_CLONE, .leader = 1, .tid = 51, .pid = 50 };
	struct rn_event exec = { .kind = RN_EV_EXEC, .utid = 2 };
	exec.EXEC = (struct rn_ev_EXEC){ .tid = 50, .old_tid = 51 };
	struct rn_event gone = { .kind = RN_EV_EXIT, .utid = 2 };
	struct rn_event call = getpid_call(1);
	const struct rn_event *events[] = { &task, &thread, &call, &call, &exec, &gone, &gone, &call,
		&call };
	for (unsigned i = 0; i < 9; i++)
		cr_assert_eq(rn_writer_append(w, events[i], NULL), 0);
	cr_assert_eq(rn_writer_close(w, NULL, NULL), 0);
	struct rn_bytes bytes = contents(fd);
	struct rn_reader *r = open_bytes(bytes);
	struct rn_block *b = rn_block_new();
	const struct rn_thread_ref *t;
	uint32_t n;
	cr_assert_eq(rn_reader_next(r, b, NULL), 0);
	cr_assert_eq(rn_block_threads(b, &t, &n, NULL), 0);
	cr_assert_eq(n, 2u);
	cr_assert(t[1].utid == 2 && t[1].leader == 1 && t[1].tid == 51 && t[1].pid == 50);
	cr_assert_eq(rn_reader_next(r, b, NULL), 0);
	rn_block_threads(b, &t, &n, NULL);
	cr_assert_eq(n, 2u, "the thread is known in the block it ends in");
	cr_assert_eq(t[1].tid, 50u, "exec gave it the process' id");
	cr_assert_eq(rn_reader_next(r, b, NULL), 0);
	rn_block_threads(b, &t, &n, NULL);
	cr_assert_eq(n, 1u, "it is forgotten afterwards");
	rn_block_free(b);
	rn_reader_close(r);
	sample_free_bytes(bytes);
	close(fd);
}

Test(writer, an_event_against_the_contract_is_refused_alone)
{
	int fd = memfd_create("refused", MFD_CLOEXEC);
	struct rn_writer *w = open_writer(dup(fd), NULL);
	struct rn_event good = getpid_call(1), bad = good, strange = { .kind = 99 };
	bad.call.stack_len = 1u << 30;
	bad.call.stack = (const uint8_t *)"";
	struct rn_error err;
	cr_assert_eq(rn_writer_append(w, &good, &err), 0);
	cr_assert_eq(rn_writer_append(w, &bad, &err), RN_E_ARG);
	cr_assert_eq(rn_writer_append(w, &strange, &err), RN_E_ARG);
	cr_assert_eq(rn_writer_append(w, &good, &err), 0);
	struct rn_writer_totals totals;
	cr_assert_eq(rn_writer_close(w, &totals, &err), 0);
	cr_assert_eq(totals.events, 2u);
	struct rn_bytes b = contents(fd);
	struct rn_reader *r = open_bytes(b);
	cr_assert_eq(rn_reader_block_info(r, 0)->n_calls, 2u);
	rn_reader_close(r);
	sample_free_bytes(b);
	close(fd);
}

Test(writer, a_full_device_is_told_when_opening)
{
	struct rn_header h = sample_header();
	struct rn_writer *w;
	struct rn_error err;
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		cr_skip_test("no /dev/full");
	cr_assert_eq(rn_writer_open(&w, fd, &h, NULL, &err), RN_E_NO_SPACE);
	cr_assert_null(w);
	cr_assert_neq(strstr(err.message, "No space left"), NULL);
}

/* A limit on the file's size stands in for a full disk: it too strikes in the middle of a write. */
static uint32_t n_told(const struct rn_event *ev, uint32_t n)
{
	uint32_t calls = 0;
	for (uint32_t i = 0; i < n; i++)
		calls += ev[i].kind == RN_EV_CALL && !(ev[i].call.flags & RN_CALL_PENDING);
	return calls;
}

/* Calls in the trace and those that its last words say are missing; ended: the last event is an END. */
static uint64_t accounted(struct rn_reader *r, bool *ended)
{
	struct rn_block *b = rn_block_new();
	const struct rn_core *core;
	struct rn_event ev;
	uint64_t n = 0;
	*ended = false;
	for (size_t i = 0; i < rn_reader_n_blocks(r); i++) {
		cr_assert_eq(rn_reader_load(r, i, b, NULL), 0);
		cr_assert_eq(rn_block_core(b, &core, NULL), 0);
		for (uint32_t k = 0; k < core->n; k++)
			n += !(core->flags[k] & RN_CALL_PENDING);
		for (uint32_t j = 0; rn_block_meta(b, j, &ev, NULL, NULL) == 0; j++) {
			n += ev.kind == RN_EV_LOST && ev.LOST.cause == RN_LOST_DISK ? ev.LOST.count : 0;
			*ended = ev.kind == RN_EV_END && ev.END.reason == RN_END_OUTPUT;
		}
	}
	rn_block_free(b);
	return n;
}

Test(writer, a_full_disk_leaves_whole_blocks_and_last_words)
{
	signal(SIGXFSZ, SIG_IGN);
	struct sample s;
	sample_make(&s, 400, 1, &plain);
	for (rlim_t limit = 500; limit < 12000; limit += 777) {
		char path[] = "/tmp/rn_writer_XXXXXX";
		int fd = mkstemp(path);
		unlink(path);
		struct rn_writer_options o = { .block_events = 50, .block_age_ns = UINT64_MAX };
		struct rlimit was, is;
		getrlimit(RLIMIT_FSIZE, &was);
		is = was;
		is.rlim_cur = limit;
		setrlimit(RLIMIT_FSIZE, &is);
		struct rn_writer *w = open_writer(dup(fd), &o);
		struct rn_error err;
		int rc = 0;
		uint32_t i = 0;
		while (i < s.n && !(rc = rn_writer_append(w, &s.event[i], &err)))
			i++;
		if (rc) {
			cr_assert_eq(rc, RN_E_NO_SPACE);
			cr_assert_eq(rn_writer_append(w, &s.event[0], &err), RN_E_NO_SPACE);
			cr_assert_eq(rn_writer_flush(w, &err), RN_E_NO_SPACE);
		}
		uint64_t blocks = rn_writer_totals(w)->blocks;
		uint64_t calls = n_told(s.event, i) + (rc ? n_told(&s.event[i], 1) + n_told(s.event, 1) : 0);
		rn_writer_close(w, NULL, &err);
		setrlimit(RLIMIT_FSIZE, &was);
		struct rn_bytes b = contents(fd);
		struct rn_reader *r = open_bytes(b);
		bool ended;
		uint64_t known = accounted(r, &ended);
		cr_assert(ended || !rc || !blocks, "no last words at %llu", (unsigned long long)limit);
		if (ended || !rc)
			cr_assert_eq(known, calls, "%llu, not %llu calls", (unsigned long long)known, (unsigned long long)calls);
		cr_assert_leq(rn_reader_n_blocks(r), blocks + 1);
		cr_assert_eq(rn_reader_n_damage(r), 0, "%s", rn_reader_damage(r, 0)->text);
		rn_reader_close(r);
		sample_free_bytes(b);
		close(fd);
	}
	sample_free(&s);
}

Test(writer, a_reader_that_goes_away_is_told)
{
	signal(SIGPIPE, SIG_IGN);
	int fds[2];
	cr_assert_eq(pipe(fds), 0);
	struct rn_writer *w = open_writer(fds[1], NULL);
	struct rn_event call = getpid_call(1);
	struct rn_error err;
	close(fds[0]);
	cr_assert_eq(rn_writer_append(w, &call, &err), 0);
	cr_assert_eq(rn_writer_flush(w, &err), RN_E_PIPE);
	cr_assert_eq(rn_writer_append(w, &call, &err), RN_E_PIPE);
	cr_assert_eq(rn_writer_close(w, NULL, &err), RN_E_PIPE);
}

static void check_modules(struct rn_reader *r)
{
	struct rn_block *b = rn_block_new();
	struct rn_module_image m;
	struct rn_error err;
	while (rn_reader_next(r, b, &err) == 0)
		;
	cr_assert_eq(rn_reader_n_modules(r), 2u);
	cr_assert_eq(rn_reader_module(r, 0, &m, &err), 0);
	cr_assert(rn_bytes_equal(m.name, rn_bytes_str("[vdso]")));
	cr_assert(rn_bytes_equal(m.image, rn_bytes_str("\x7f" "ELF and so on")));
	cr_assert_eq(rn_reader_module(r, 1, &m, &err), 0);
	cr_assert(rn_bytes_equal(m.build_id, rn_bytes_str("id")));
	cr_assert_eq(m.image.len, 0u);
	cr_assert_eq(rn_reader_module(r, 2, &m, &err), RN_E_ARG);
	cr_assert(rn_reader_complete(r));
	rn_block_free(b);
	rn_reader_close(r);
}

Test(writer, module_images_come_back_from_file_and_pipe)
{
	int fd = memfd_create("modules", MFD_CLOEXEC), fds[2];
	struct rn_writer *w = open_writer(dup(fd), NULL);
	struct rn_module_image vdso = { .name = rn_bytes_str("[vdso]"),
		.image = rn_bytes_str("\x7f" "ELF and so on") };
	struct rn_module_image empty = { .name = rn_bytes_str("/bin/x"),
		.build_id = rn_bytes_str("id") };
	struct rn_event call = getpid_call(1);
	cr_assert_eq(rn_writer_module(w, &vdso, NULL), 0);
	cr_assert_eq(rn_writer_append(w, &call, NULL), 0);
	cr_assert_eq(rn_writer_module(w, &empty, NULL), 0);
	cr_assert_eq(rn_writer_close(w, NULL, NULL), 0);
	struct rn_bytes b = contents(fd);
	check_modules(open_bytes(b));
	cr_assert_eq(pipe(fds), 0);
	ssize_t put = write(fds[1], b.p, b.len);
	cr_assert_eq((size_t)put, b.len);
	close(fds[1]);
	struct rn_reader *r;
	cr_assert_eq(rn_reader_open_fd(&r, fds[0], "pipe", NULL), 0);
	check_modules(r);
	sample_free_bytes(b);
	close(fd);
}

/* More blocks than one chunk of the index lists: the chunks name each other. */
Test(writer, a_long_trace_has_its_index_in_chunks)
{
	int fd = memfd_create("chunks", MFD_CLOEXEC);
	struct rn_writer_options o = { .block_events = 1, .block_age_ns = UINT64_MAX };
	struct rn_writer *w = open_writer(dup(fd), &o);
	enum { N = 8000 };
	for (uint64_t i = 0; i < N; i++) {
		struct rn_event call = getpid_call(i * 100);
		cr_assert_eq(rn_writer_append(w, &call, NULL), 0);
	}
	cr_assert_eq(rn_writer_close(w, NULL, NULL), 0);
	struct rn_bytes b = contents(fd);
	cr_assert_gt(b.len, 512u * 1024);
	struct rn_reader *r = open_bytes(b);
	cr_assert_eq(rn_reader_n_blocks(r), (size_t)N);
	cr_assert_eq(rn_reader_n_damage(r), 0u);
	cr_assert(rn_reader_complete(r));
	struct rn_block *block = rn_block_new();
	cr_assert_eq(rn_reader_load(r, N - 1, block, NULL), 0);
	cr_assert_eq(rn_block_info(block)->first_ns, (N - 1) * 100u);
	rn_reader_close(r);
	/* without its end it is walked, and the chunks in the middle are stepped over */
	struct rn_bytes cut = rn_bytes_of(b.p, b.len - 1);
	r = open_bytes(cut);
	cr_assert_eq(rn_reader_n_blocks(r), (size_t)N);
	cr_assert_not(rn_reader_complete(r));
	rn_reader_close(r);
	rn_block_free(block);
	sample_free_bytes(b);
	close(fd);
}

/* As when a disk is full: there is room for the end of the recording, and none for the index behind it. */
Test(writer, a_trace_that_tells_its_end_is_complete_without_its_index)
{
	int fd = memfd_create("ended", MFD_CLOEXEC);
	struct rn_writer_options o = { .block_events = 4, .block_age_ns = UINT64_MAX };
	struct rn_writer *w = open_writer(dup(fd), &o);
	struct rn_event end = { .kind = RN_EV_END, .ts_ns = 800, .END = { .reason = RN_END_OUTPUT } };
	for (uint64_t i = 0; i < 7; i++) {
		struct rn_event call = getpid_call(i * 100);
		cr_assert_eq(rn_writer_append(w, &call, NULL), 0);
	}
	cr_assert_eq(rn_writer_append(w, &end, NULL), 0);
	cr_assert_eq(rn_writer_close(w, NULL, NULL), 0);
	struct rn_bytes b = contents(fd);
	struct rn_reader *r = open_bytes(b);
	cr_assert_eq(rn_reader_n_blocks(r), 2u);
	uint64_t end_of[2];
	for (size_t i = 0; i < 2; i++)
		end_of[i] = rn_reader_block_info(r, i)->offset + rn_reader_block_info(r, i)->disk_bytes;
	rn_reader_close(r);
	for (size_t i = 0; i < 2; i++) {
		r = open_bytes(rn_bytes_of(b.p, end_of[i]));
		cr_assert_eq(rn_reader_complete(r), i == 1);
		rn_reader_close(r);
		int fds[2];
		struct rn_block *block = rn_block_new();
		cr_assert_eq(pipe(fds), 0);
		cr_assert_eq(write(fds[1], b.p, end_of[i]), (ssize_t)end_of[i]);
		close(fds[1]);
		cr_assert_eq(rn_reader_open_fd(&r, fds[0], "pipe", NULL), 0);
		while (rn_reader_next(r, block, NULL) == 0)
			;
		cr_assert_eq(rn_reader_complete(r), i == 1);
		rn_reader_close(r);
		rn_block_free(block);
	}
	sample_free_bytes(b);
	close(fd);
}
