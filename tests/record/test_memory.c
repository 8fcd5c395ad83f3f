/* SPDX-License-Identifier: MIT */
#include "record/memory.h"
#include "shared/error.h"
#include "tests/record/guarded.h"

#include <criterion/criterion.h>
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
