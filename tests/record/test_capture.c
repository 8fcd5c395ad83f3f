/* SPDX-License-Identifier: MIT */
/* The walkers on this very process' memory: what a call's arguments point to is what is captured. */
#include "record/capture/capture.h"
#include "tests/record/guarded.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static struct rn_capturer *capturer;
static struct rn_capture capture;

static void set_up(void)
{
	capturer = calloc(1, sizeof(*capturer));
	capturer->string_bytes = 32;
	capturer->piece_bytes = RN_CAPTURE_WHOLE_BYTES;
	cr_assert_eq(rn_capture_init(&capture), 0);
}

static void tear_down(void)
{
	rn_capture_fini(&capture);
	free(capturer);
}

TestSuite(capture, .init = set_up, .fini = tear_down);

static struct rn_capture_call call_of(const char *name, const uint64_t args[6])
{
	int32_t nr = rn_syscall_number(RN_ABI_X86_64, rn_bytes_str(name));
	cr_assert_geq(nr, 0, "no call %s", name);
	return (struct rn_capture_call){
		.desc = rn_syscall(RN_ABI_X86_64, (uint32_t)nr), .abi = RN_ABI_X86_64, .args = args,
	};
}

static void at_entry(const char *name, const uint64_t args[6])
{
	const struct rn_capture_call call = call_of(name, args);
	rn_capture_clear(&capture);
	cr_assert_eq(rn_capture_entry(capturer, &capture, getpid(), &call, NULL), 0);
}

static void at_exit_of(const char *name, const uint64_t args[6], int64_t ret)
{
	struct rn_capture_call call = call_of(name, args);
	call.ret = ret;
	call.error = ret < 0;
	cr_assert_eq(rn_capture_exit(capturer, &capture, getpid(), &call), 0);
}

static const struct rn_span *span(enum rn_span_phase phase, const void *at)
{
	return rn_capture_find(&capture, phase, (uintptr_t)at, 0);
}

#define P(p) ((uint64_t)(uintptr_t)(p))

Test(capture, a_path_with_its_nul)
{
	const uint64_t args[6] = { 0, P("/etc/passwd"), 0 };
	at_entry("openat", args);
	cr_assert_eq(capture.n_spans, 1);
	const struct rn_span *s = &capture.spans[0];
	cr_assert_eq(s->arg, 1);
	cr_assert(s->string && !s->fault);
	cr_assert_eq(s->len, 12);
	cr_assert_eq(s->wanted, 12);
	cr_assert_str_eq((const char *)s->bytes, "/etc/passwd");
}

Test(capture, strings_of_all_lengths_up_to_the_end_of_readable_memory)
{
	for (uint32_t len = 1; len < 5000; len += len < 600 ? 1 : 97) {
		char *text = malloc(len);
		memset(text, 'p', len - 1);
		text[len - 1] = '\0';
		const uint64_t args[6] = { P(guarded_copy(text, len)) };
		at_entry("unlink", args);
		const struct rn_span *s = &capture.spans[0];
		if (len <= RN_PATH_MAX) {
			cr_assert_eq(s->len, len);
			cr_assert_eq(s->wanted, len);
			cr_assert_arr_eq(s->bytes, text, len);
		} else {
			cr_assert_eq(s->len, RN_PATH_MAX);
			cr_assert_gt(s->wanted, s->len);
		}
		cr_assert(!s->fault, "length %u", len);
		free(text);
		munmap((void *)(uintptr_t)((args[0] + len) - (len / PAGE + 1) * PAGE),
			(len / PAGE + 2) * PAGE);
	}
}

Test(capture, a_string_that_runs_into_unreadable_memory_is_a_fault)
{
	static const uint32_t lens[] = { 1, 100, 255, 256, 257, 300, 4000 };
	for (size_t i = 0; i < sizeof(lens) / sizeof(lens[0]); i++) {
		uint8_t *end = guarded_end(1);
		memset(end - lens[i], 'y', lens[i]);
		const uint64_t args[6] = { P(end - lens[i]) };
		at_entry("unlink", args);
		const struct rn_span *s = &capture.spans[0];
		cr_assert(s->fault, "length %u", lens[i]);
		cr_assert_eq(s->len, lens[i]);
		cr_assert_gt(s->wanted, s->len);
		cr_assert_eq(s->bytes[lens[i] - 1], 'y');
	}
}

Test(capture, an_unreadable_pointer_is_recorded_as_a_fault)
{
	const uint64_t args[6] = { P(guarded_end(1)) };
	at_entry("unlink", args);
	cr_assert_eq(capture.n_spans, 1);
	cr_assert_eq(capture.spans[0].len, 0);
	cr_assert(capture.spans[0].fault);
}

Test(capture, null_has_nothing_behind_it)
{
	const uint64_t args[6] = { 0, 0, 0, 0, 0, 0 };
	at_entry("unlink", args);
	at_entry("execve", args);
	at_entry("writev", args);
	at_entry("sendmsg", args);
	cr_assert_eq(capture.n_spans, 0);
}

Test(capture, a_written_buffer_is_cut_at_the_limit)
{
	char text[100];
	memset(text, 'w', sizeof(text));
	const uint64_t args[6] = { 1, P(text), sizeof(text) };
	at_entry("write", args);
	cr_assert_eq(capture.spans[0].len, 32);
	cr_assert_eq(capture.spans[0].wanted, 100);
	cr_assert(!capture.spans[0].fault);
}

Test(capture, a_read_buffer_has_as_many_bytes_as_the_result_says)
{
	char text[16] = "0123456789";
	const uint64_t args[6] = { 0, P(text), sizeof(text) };
	at_entry("read", args);
	cr_assert_eq(capture.n_spans, 0);
	at_exit_of("read", args, 5);
	cr_assert_eq(capture.n_spans, 1);
	cr_assert_eq(capture.spans[0].phase, RN_PHASE_EXIT);
	cr_assert_eq(capture.spans[0].len, 5);
	at_entry("read", args);
	at_exit_of("read", args, -14);
	cr_assert_eq(capture.n_spans, 0, "nothing was read");
}

Test(capture, counts_beyond_all_bounds_stay_within_the_budget)
{
	static char text[64];
	static const char *const names[] = { "write", "writev", "sendmmsg", "poll", "setsockopt",
		"sched_setaffinity", "bpf", "mbind", "semop", "select" };
	static const uint64_t counts[] = { UINT64_MAX, INT64_MAX, UINT32_MAX, 0x80000000u, 1u << 30 };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (size_t k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
			uint64_t args[6];
			for (int a = 0; a < 6; a++)
				args[a] = a % 2 ? counts[k] : P(text);
			at_entry(names[i], args);
			for (int a = 0; a < 6; a++)
				args[a] = a % 2 ? P(text) : counts[k];
			at_entry(names[i], args);
			cr_assert_leq(capture.n_bytes, RN_CAPTURE_BYTES);
			cr_assert_leq(capture.n_spans, RN_CAPTURE_SPANS);
		}
	}
}

/* Any call with any words as arguments: whatever they point to, spans stay within the buffer. */
Test(capture, every_call_survives_senseless_arguments)
{
	static uint8_t memory[8192];
	static const uint64_t seeds[] = { 1, 0x9e3779b97f4a7c15u, 424242 };
	for (size_t s = 0; s < sizeof(seeds) / sizeof(seeds[0]); s++) {
		uint64_t x = seeds[s];
		for (size_t i = 0; i < sizeof(memory); i++) {
			x = x * 6364136223846793005u + 1442695040888963407u;
			memory[i] = (uint8_t)(x >> 56);
		}
		for (size_t i = 0; i + 8 <= sizeof(memory); i += 24) /* pointers that lead on */
			memcpy(memory + i, &(uint64_t){ P(memory + (x >> 33) % 4096) }, 8);
		for (uint32_t nr = 0; nr < rn_syscall_limit(RN_ABI_X86_64); nr++) {
			uint64_t args[6];
			for (int a = 0; a < 6; a++) {
				x = x * 6364136223846793005u + 1442695040888963407u;
				args[a] = x >> 62 ? P(memory + (x >> 40) % 4096) : x >> (x & 63);
			}
			struct rn_capture_call call = {
				.desc = rn_syscall(RN_ABI_X86_64, nr), .abi = RN_ABI_X86_64,
				.args = args, .sp = P(memory),
			};
			rn_capture_clear(&capture);
			rn_capture_entry(capturer, &capture, getpid(), &call, NULL);
			call.ret = (int64_t)(x % 5000);
			rn_capture_exit(capturer, &capture, getpid(), &call);
			for (uint32_t k = 0; k < capture.n_spans; k++) {
				const struct rn_span *sp = &capture.spans[k];
				cr_assert_leq(sp->len, sp->wanted, "call %u", nr);
				cr_assert(sp->bytes >= capture.bytes && sp->bytes + sp->len <=
					capture.bytes + RN_CAPTURE_BYTES, "call %u", nr);
				cr_assert_lt(sp->arg, 6);
			}
		}
	}
}

Test(capture, vectors_are_followed_to_their_buffers)
{
	char a[] = "first", b[] = "second piece";
	struct iovec v[3] = { { a, 5 }, { b, 12 }, { (void *)16, 4 } };
	const uint64_t args[6] = { 1, P(v), 3 };
	at_entry("writev", args);
	cr_assert_eq(span(RN_PHASE_ENTRY, v)->len, sizeof(v));
	cr_assert_eq(span(RN_PHASE_ENTRY, a)->len, 5);
	cr_assert_eq(span(RN_PHASE_ENTRY, b)->len, 12);
	cr_assert(span(RN_PHASE_ENTRY, (void *)16)->fault);
}

Test(capture, a_filled_vector_has_payload_up_to_the_result)
{
	char a[8] = "aaaaaaaa", b[8] = "bbbbbbbb", c[8] = "cccccccc";
	struct iovec v[3] = { { a, 8 }, { b, 8 }, { c, 8 } };
	const uint64_t args[6] = { 0, P(v), 3 };
	at_exit_of("readv", args, 11);
	cr_assert_eq(span(RN_PHASE_EXIT, a)->len, 8);
	cr_assert_eq(span(RN_PHASE_EXIT, b)->len, 3);
	cr_assert_null(span(RN_PHASE_EXIT, c));
	rn_capture_clear(&capture);
	at_exit_of("readv", args, -14);
	cr_assert_not_null(span(RN_PHASE_EXIT, v), "the headers say where it was to go");
	cr_assert_null(span(RN_PHASE_EXIT, a));
}

Test(capture, messages_with_name_vector_and_control)
{
	char name[] = "namename", text[] = "message text";
	char control[32] = { 1 };
	struct iovec v = { text, 12 };
	struct msghdr m = { .msg_name = name, .msg_namelen = 8, .msg_iov = &v, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof(control) };
	const uint64_t args[6] = { 3, P(&m), 0 };
	at_entry("sendmsg", args);
	cr_assert_eq(span(RN_PHASE_ENTRY, &m)->len, sizeof(m));
	cr_assert_eq(span(RN_PHASE_ENTRY, name)->len, 8);
	cr_assert_eq(span(RN_PHASE_ENTRY, text)->len, 12);
	cr_assert_eq(span(RN_PHASE_ENTRY, control)->len, sizeof(control));
	at_entry("recvmsg", args);
	at_exit_of("recvmsg", args, 4);
	cr_assert_eq(span(RN_PHASE_EXIT, text)->len, 4);
	cr_assert_eq(span(RN_PHASE_EXIT, control)->len, sizeof(control));
}

Test(capture, several_messages)
{
	char text[2][8] = { "one", "three" };
	struct iovec v[2] = { { text[0], 3 }, { text[1], 5 } };
	struct mmsghdr m[2] = {
		{ .msg_hdr = { .msg_iov = &v[0], .msg_iovlen = 1 }, .msg_len = 3 },
		{ .msg_hdr = { .msg_iov = &v[1], .msg_iovlen = 1 }, .msg_len = 2 },
	};
	const uint64_t args[6] = { 3, P(m), 2 };
	at_entry("sendmmsg", args);
	cr_assert_eq(span(RN_PHASE_ENTRY, text[0])->len, 3);
	cr_assert_eq(span(RN_PHASE_ENTRY, text[1])->len, 5);
	rn_capture_clear(&capture);
	at_exit_of("recvmmsg", args, 2);
	cr_assert_eq(span(RN_PHASE_EXIT, text[1])->len, 2, "as much as the message had");
}

Test(capture, clone3_with_the_ids_behind_its_structure)
{
	uint32_t pidfd = 0, parent_tid = 0, set_tid[2] = { 41, 42 };
	const uint64_t clone_args[11] = { 0x1000 | 0x100000, P(&pidfd), 0, P(&parent_tid), 17, 0, 0, 0,
		P(set_tid), 2, 0 };
	const uint64_t args[6] = { P(clone_args), sizeof(clone_args) };
	at_entry("clone3", args);
	cr_assert_eq(span(RN_PHASE_ENTRY, clone_args)->len, sizeof(clone_args));
	cr_assert_eq(span(RN_PHASE_ENTRY, set_tid)->len, sizeof(set_tid));
	cr_assert_null(span(RN_PHASE_ENTRY, &parent_tid));
	pidfd = 3;
	parent_tid = 1234;
	at_exit_of("clone3", args, 1234);
	cr_assert_arr_eq(span(RN_PHASE_EXIT, &pidfd)->bytes, &pidfd, sizeof(pidfd));
	cr_assert_arr_eq(span(RN_PHASE_EXIT, &parent_tid)->bytes, &parent_tid, sizeof(parent_tid));
}

Test(capture, all_strings_of_argv_but_only_the_pointers_of_the_environment)
{
	enum { N = 300 };
	static char words[N][16];
	static char *argv[N + 1], *envp[N + 1];
	for (int i = 0; i < N; i++) {
		snprintf(words[i], sizeof(words[i]), "word%d", i);
		argv[i] = envp[i] = words[i];
	}
	const uint64_t args[6] = { P("/bin/true"), P(argv), P(envp) };
	at_entry("execve", args);
	unsigned strings = 0;
	uint64_t argv_bytes = 0, envp_bytes = 0;
	for (uint32_t i = 0; i < capture.n_spans; i++) {
		const struct rn_span *s = &capture.spans[i];
		strings += s->arg == 1 && s->string;
		argv_bytes += s->arg == 1 && !s->string ? s->len : 0;
		envp_bytes += s->arg == 2 ? s->len : 0;
		cr_assert(s->arg != 2 || !s->string);
	}
	cr_assert_eq(strings, N);
	cr_assert_eq(argv_bytes, (N + 1) * 8, "with the NULL at the end");
	cr_assert_eq(envp_bytes, (N + 1) * 8);
}

Test(capture, a_socket_address_is_cut_to_the_length_at_exit)
{
	struct { uint16_t family; char path[30]; } address = { AF_UNIX, "/tmp/x" };
	uint32_t len = sizeof(address);
	const uint64_t args[6] = { 3, P(&address), P(&len) };
	at_entry("accept", args);
	len = 9;
	at_exit_of("accept", args, 5);
	cr_assert_eq(span(RN_PHASE_EXIT, &address)->len, 9);
	len = sizeof(address);
	at_entry("accept", args);
	len = 1000; /* longer than the room there was */
	at_exit_of("accept", args, 5);
	cr_assert_eq(span(RN_PHASE_EXIT, &address)->len, sizeof(address));
}

Test(capture, a_used_up_budget_is_told)
{
	enum { N = 1024, EACH = 600 };
	static char bytes[N * EACH];
	static struct iovec v[N];
	capturer->string_bytes = EACH;
	for (int i = 0; i < N; i++)
		v[i] = (struct iovec){ bytes + i * EACH, EACH };
	const uint64_t args[6] = { 1, P(v), N };
	at_entry("writev", args);
	cr_assert(capture.truncated);
	cr_assert_leq(capture.n_bytes, RN_CAPTURE_BYTES);
	cr_assert_gt(capture.n_spans, 300);
}

Test(capture, ioctls_by_the_size_in_their_number_and_old_ones_by_the_list)
{
	char buf[64] = { 0 };
	const uint64_t write_16[6] = { 3, 0x40100000u | 'T' << 8 | 99, P(buf) };
	at_entry("ioctl", write_16);
	cr_assert_eq(capture.spans[0].len, 16);
	at_exit_of("ioctl", write_16, 0);
	cr_assert_eq(capture.n_spans, 1, "the kernel does not write");
	const uint64_t winsize[6] = { 3, 0x5413, P(buf) };
	at_entry("ioctl", winsize);
	cr_assert_eq(capture.n_spans, 0);
	at_exit_of("ioctl", winsize, 0);
	cr_assert_eq(capture.spans[0].len, 8);
}

Test(capture, the_stack_comes_in_the_same_batch)
{
	uint8_t stack[256], into[256];
	memset(stack, 's', sizeof(stack));
	const uint64_t args[6] = { P("/etc") };
	const struct rn_capture_call call = call_of("rmdir", args);
	struct rn_range r = { .addr = P(stack), .into = into, .wanted = sizeof(stack) };
	uint64_t before = capturer->memory.n_calls;
	rn_capture_entry(capturer, &capture, getpid(), &call, &r);
	cr_assert_eq(r.got, sizeof(stack));
	cr_assert_arr_eq(into, stack, sizeof(stack));
	cr_assert_str_eq((const char *)capture.spans[0].bytes, "/etc");
	cr_assert_eq(capturer->memory.n_calls, before + 1);
}
