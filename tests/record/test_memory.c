/* SPDX-License-Identifier: MIT */
#include "record/capture/memory.h"
#include "shared/error.h"
#include "tests/record/guarded.h"

#include <criterion/criterion.h>
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static struct rn_range range(const void *at, uint32_t wanted, uint8_t *into)
{
	return (struct rn_range){ .addr = (uintptr_t)at, .into = into, .wanted = wanted };
}

Test(memory, one_call_reads_many_ranges)
{
	struct rn_memory m = { 0 };
	uint8_t a[4], b[6];
	struct rn_range r[2] = { range("abcd", 4, a), range("012345", 6, b) };
	cr_assert_eq(rn_memory_read(&m, getpid(), r, 2), 0);
	cr_assert_arr_eq(a, "abcd", 4);
	cr_assert_arr_eq(b, "012345", 6);
	cr_assert(!r[0].fault && !r[1].fault);
	cr_assert_eq(m.n_calls, 1);
}

Test(memory, what_lies_before_a_fault_is_kept_and_what_follows_it_is_read)
{
	struct rn_memory m = { 0 };
	uint8_t *end = guarded_end(2), a[3 * PAGE], b[4], c[4];
	memset(end - 2 * PAGE, 'x', 2 * PAGE);
	struct rn_range r[3] = { range(end - PAGE - 5, 3 * PAGE, a), range(end, 4, b),
		range("tail", 4, c) };
	cr_assert_eq(rn_memory_read(&m, getpid(), r, 3), 0);
	cr_assert_eq(r[0].got, PAGE + 5);
	cr_assert(r[0].fault);
	cr_assert_eq(a[PAGE + 4], 'x');
	cr_assert_eq(r[1].got, 0);
	cr_assert(r[1].fault);
	cr_assert_eq(r[2].got, 4);
	cr_assert(!r[2].fault);
	cr_assert_arr_eq(c, "tail", 4);
}

Test(memory, addresses_that_nobody_has_fault)
{
	struct rn_memory m = { 0 };
	uint8_t a[3][16];
	struct rn_range r[3] = {
		{ .addr = 0, .into = a[0], .wanted = 16 },
		{ .addr = UINT64_MAX - 3, .into = a[1], .wanted = 16 },
		{ .addr = 0xffff800000000000u, .into = a[2], .wanted = 16 },
	};
	cr_assert_eq(rn_memory_read(&m, getpid(), r, 3), 0);
	for (int i = 0; i < 3; i++)
		cr_assert(r[i].fault && r[i].got == 0, "range %d", i);
}

Test(memory, as_many_ranges_as_a_batch_holds)
{
	static struct rn_range r[RN_MEMORY_BATCH];
	static uint8_t from[RN_MEMORY_BATCH], to[RN_MEMORY_BATCH];
	struct rn_memory m = { 0 };
	for (unsigned i = 0; i < RN_MEMORY_BATCH; i++) {
		from[i] = (uint8_t)(i * 7);
		r[i] = range(&from[i], 1, &to[i]);
	}
	cr_assert_eq(rn_memory_read(&m, getpid(), r, RN_MEMORY_BATCH), 0);
	cr_assert_arr_eq(to, from, sizeof(to));
}

Test(memory, a_process_that_is_gone_is_told)
{
	struct rn_memory m = { 0 };
	uint8_t a[4];
	struct rn_range r = range("abcd", 4, a);
	pid_t pid = fork();
	if (pid == 0)
		_exit(0);
	waitpid(pid, NULL, 0);
	cr_assert_eq(rn_memory_read(&m, pid, &r, 1), RN_E_GONE);
}

/* Where process_vm_readv is forbidden, words are read one by one; the answer is the same. */
Test(memory, word_by_word_the_same_is_read)
{
	struct rn_memory fast = { 0 }, slow = { .method = RN_MEMORY_PEEK };
	uint8_t *end = guarded_end(1), a[3][64], b[3][64];
	for (int i = 0; i < 64; i++)
		end[i - 64] = (uint8_t)(i * 3);
	munmap(end, PAGE); /* a debugger may look at what is only protected */
	pid_t pid = fork();
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) == 0)
			raise(SIGSTOP);
		_exit(0);
	}
	int status;
	cr_assert_eq(waitpid(pid, &status, 0), pid);
	if (!WIFSTOPPED(status))
		cr_skip_test("needs permission to ptrace");
	struct rn_range f[3] = { range(end - 61, 50, a[0]), range(end - 5, 9, a[1]), range(end, 8, a[2]) };
	struct rn_range s[3] = { range(end - 61, 50, b[0]), range(end - 5, 9, b[1]), range(end, 8, b[2]) };
	cr_assert_eq(rn_memory_read(&fast, pid, f, 3), 0);
	cr_assert_eq(rn_memory_read(&slow, pid, s, 3), 0);
	for (int i = 0; i < 3; i++) {
		cr_assert_eq(s[i].got, f[i].got, "range %d", i);
		cr_assert_eq(s[i].fault, f[i].fault, "range %d", i);
		cr_assert_arr_eq(b[i], a[i], f[i].got);
	}
	cr_assert_eq(s[1].got, 5);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
