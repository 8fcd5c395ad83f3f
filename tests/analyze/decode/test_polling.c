/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "bytes.h"
#include "call_fixture.h"

#define X64 RN_ABI_X86_64

static void pollfd(uint8_t *b, unsigned i, int32_t fd, unsigned events, unsigned revents)
{
	put_le(b, 8 * i, 4, (uint32_t)fd);
	put_le(b, 8 * i + 4, 2, events);
	put_le(b, 8 * i + 6, 2, revents);
}

Test(polling, poll_says_what_became_ready)
{
	uint8_t before[24], after[24];
	pollfd(before, 0, 3, 7, 0);
	pollfd(before, 1, 77, 4, 0);
	pollfd(before, 2, -1, 1, 0);
	pollfd(after, 0, 3, 7, 5);
	pollfd(after, 1, 77, 4, 0);
	pollfd(after, 2, -1, 1, 0);
	call_begin(X64, "poll", 0x1000, 3, 10, 0, 0, 0);
	call_memory(0, RN_PHASE_ENTRY, 0x1000, before, 24);
	call_memory(0, RN_PHASE_EXIT, 0x1000, after, 24);
	call_returns(1);
	assert_call("poll([{fd=3, events=POLLIN|POLLPRI|POLLOUT}, {fd=77, events=POLLOUT}, {fd=-1}], "
		"3, 10) = 1 ([{fd=3, revents=POLLIN|POLLOUT}])");
	call_returns(0);
	cr_assert_str_eq(call_result_text(), "0 (Timeout)");
	call_returns(-4);
	cr_assert_str_eq(call_result_text(), "-1 EINTR (Interrupted system call)");
	call_begin(X64, "poll", 0, 0, 1, 0, 0, 0);
	assert_call("poll(NULL, 0, 1) = 0 (Timeout)");
}

Test(polling, ppoll_says_how_much_time_is_left)
{
	uint8_t fds[8], t[16] = { 1 }, left[16] = { 0 }, set[8] = { 2 };
	pollfd(fds, 0, 0, 1, 1);
	put_le(left, 8, 8, 999);
	call_begin(X64, "ppoll", 0x1000, 1, 0x2000, 0x3000, 8, 0);
	call_memory(0, RN_PHASE_ENTRY, 0x1000, fds, 8);
	call_memory(0, RN_PHASE_EXIT, 0x1000, fds, 8);
	call_memory(2, RN_PHASE_ENTRY, 0x2000, t, 16);
	call_memory(2, RN_PHASE_EXIT, 0x2000, left, 16);
	call_memory(3, RN_PHASE_ENTRY, 0x3000, set, 8);
	call_returns(1);
	assert_call("ppoll([{fd=0, events=POLLIN}], 1, {tv_sec=1, tv_nsec=0}, [INT], 8) = "
		"1 ([{fd=0, revents=POLLIN}], left {tv_sec=0, tv_nsec=999})");
}

Test(polling, select_lists_descriptors_and_what_is_left_of_them)
{
	uint8_t in[8] = { 0x08 }, out[8] = { 0x10 }, none[8] = { 0 }, t[16] = { 0 };
	put_le(t, 8, 8, 500000);
	call_begin(X64, "select", 5, 0x1000, 0x2000, 0, 0x3000, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, in, 8);
	call_memory(2, RN_PHASE_ENTRY, 0x2000, out, 8);
	call_memory(4, RN_PHASE_ENTRY, 0x3000, t, 16);
	call_memory(1, RN_PHASE_EXIT, 0x1000, in, 8);
	call_memory(2, RN_PHASE_EXIT, 0x2000, none, 8);
	call_memory(4, RN_PHASE_EXIT, 0x3000, t, 16);
	call_returns(1);
	assert_call("select(5, [3], [4], NULL, {tv_sec=0, tv_usec=500000}) = "
		"1 (in [3], left {tv_sec=0, tv_usec=500000})");
	call_begin(X64, "select", UINT32_MAX, 0x1000, 0, 0, 0, 0);
	call_returns(-22);
	assert_call("select(-1, 0x1000, NULL, NULL, NULL) = -1 EINVAL (Invalid argument)");
}

Test(polling, pselects_last_argument_is_a_pair)
{
	uint8_t in[8] = { 3 }, pair[16], set[8] = { 0, 0, 0, 0, 0x80 };
	put_le(pair, 0, 8, 0x5000);
	put_le(pair, 8, 8, 8);
	call_begin(X64, "pselect6", 2, 0x1000, 0, 0, 0, 0x4000);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, in, 8);
	call_memory(1, RN_PHASE_EXIT, 0x1000, in, 8);
	call_memory(5, RN_PHASE_ENTRY, 0x4000, pair, 16);
	call_memory(5, RN_PHASE_ENTRY, 0x5000, set, 8);
	call_returns(2);
	assert_call("pselect6(2, [0 1], NULL, NULL, NULL, {sigmask=[RT_8], sigsetsize=8}) = "
		"2 (in [0 1])");
}

Test(polling, epoll_events_of_each_layout)
{
	uint8_t ev[16] = { 0 };
	put_le(ev, 0, 4, 0x80000001);
	put_le(ev, 4, 8, 0x123456789abcdef);
	call_begin(X64, "epoll_ctl", 3, 1, 0, 0x1000, 0, 0);
	call_memory(3, RN_PHASE_ENTRY, 0x1000, ev, 12);
	assert_call("epoll_ctl(3, EPOLL_CTL_ADD, 0, {events=EPOLLIN|EPOLLET, "
		"data={u32=2309737967, u64=81985529216486895}}) = 0");
	memset(ev, 0, sizeof(ev));
	put_le(ev, 0, 4, 1);
	put_le(ev, 8, 8, 5);
	call_begin(RN_ABI_AARCH64, "epoll_pwait", 3, 0x1000, 8, UINT32_MAX, 0, 8);
	call_memory(1, RN_PHASE_EXIT, 0x1000, ev, 16);
	call_returns(1);
	assert_call("epoll_pwait(3, [{events=EPOLLIN, data={u32=5, u64=5}}], 8, -1, NULL, 8) = 1");
	call_begin(X64, "epoll_wait", 3, 0x1000, 8, 0, 0, 0);
	assert_call("epoll_wait(3, [], 8, 0) = 0");
}

Test(polling, removal_looks_at_no_event)
{
	uint8_t event[12] = { 1 };
	call_begin(X64, "epoll_ctl", 3, 2, 5, 0x1000, 0, 0);
	call_memory(3, RN_PHASE_ENTRY, 0x1000, event, 12);
	assert_call("epoll_ctl(3, EPOLL_CTL_DEL, 5, 0x1000) = 0");
}

Test(polling, what_is_given_to_epoll_pwait_is_not_looked_at_after_an_error)
{
	uint8_t mask[8] = { 2 };
	call_begin(X64, "epoll_pwait", 3, 0x1000, 1, -1, 0x2000, 8);
	call_memory(4, RN_PHASE_ENTRY, 0x2000, mask, 8);
	assert_call("epoll_pwait(3, [], 1, -1, [INT], 8) = 0");
	call_returns(-4);
	assert_call("epoll_pwait(3, 0x1000, 1, -1, 0x2000, 8) = -1 EINTR (Interrupted system call)");
}

Test(polling, sets_of_which_nothing_is_ready_leave_empty_parentheses)
{
	uint8_t set[8] = { 8 }, none[8] = { 0 };
	call_begin(X64, "select", 5, 0x1000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, set, 8);
	call_memory(1, RN_PHASE_EXIT, 0x1000, none, 8);
	call_returns(1);
	assert_call("select(5, [3], NULL, NULL, NULL) = 1 ()");
}
