/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "bytes.h"
#include "call_fixture.h"

#define X64 RN_ABI_X86_64

static const char *mask_text(uint64_t bits)
{
	uint8_t set[8];
	put_le(set, 0, 8, bits);
	call_begin(X64, "rt_sigprocmask", 0, 0x1000, 0, 8, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, set, 8);
	return call_arg_text(1);
}

Test(signals, sets_are_listed_or_inverted)
{
	cr_assert_str_eq(mask_text(0), "[]");
	cr_assert_str_eq(mask_text(0x4002), "[INT TERM]");
	cr_assert_str_eq(mask_text(UINT64_C(3) << 31), "[RTMIN RT_1]");
	cr_assert_str_eq(mask_text(~(UINT64_C(3) << 31)), "~[RTMIN RT_1]");
	cr_assert_str_eq(mask_text(UINT64_MAX), "~[]");
	cr_assert_str_eq(mask_text(UINT64_C(1) << 63), "[RT_32]");
}

Test(signals, a_set_of_a_wrong_size_is_an_address)
{
	uint8_t set[16] = { 2 };
	call_begin(X64, "rt_sigprocmask", 2, 0x1000, 0, 16, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, set, sizeof(set));
	call_returns(-22);
	assert_call("rt_sigprocmask(SIG_SETMASK, 0x1000, NULL, 16) = -1 EINVAL (Invalid argument)");
}

Test(signals, actions_show_a_restorer_only_where_there_is_one)
{
	uint8_t now[32] = { 0 }, old[32] = { 0 };
	put_le(now, 8, 8, 0x14000000);
	put_le(now, 16, 8, 0x7fb94750e050);
	put_le(old, 0, 8, 1);
	put_le(old, 24, 8, 1 << 10);
	call_begin(X64, "rt_sigaction", 17, 0x1000, 0x2000, 8, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, now, 32);
	call_memory(2, RN_PHASE_EXIT, 0x2000, old, 32);
	assert_call("rt_sigaction(SIGCHLD, {sa_handler=SIG_DFL, sa_mask=[], "
		"sa_flags=SA_RESTORER|SA_RESTART, sa_restorer=0x7fb94750e050}, "
		"{sa_handler=SIG_IGN, sa_mask=[SEGV], sa_flags=0}, 8) = 0");
}

Test(signals, thirty_two_bit_actions_are_shorter)
{
	uint8_t now[20] = { 0 };
	put_le(now, 0, 4, 0x8048000);
	put_le(now, 4, 4, 0x10000000);
	put_le(now, 12, 8, 2);
	call_begin(RN_ABI_I386, "rt_sigaction", 10, 0x1000, 0, 8, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, now, 20);
	assert_call("rt_sigaction(SIGUSR1, {sa_handler=0x8048000, sa_mask=[INT], "
		"sa_flags=SA_RESTART}, NULL, 8) = 0");
}

Test(signals, the_mask_of_a_return_from_a_handler)
{
	uint8_t set[8] = { 0, 0x40 };
	call_begin(X64, "rt_sigreturn", 0x77, 0, 0, 0, 0, 0);
	call_memory(0, RN_PHASE_ENTRY, 0x7ffe00000128, set, 8);
	call_returns(27162);
	assert_call("rt_sigreturn({mask=[TERM]}) = 27162");
}

Test(signals, timers_and_stacks)
{
	uint8_t ev[64] = { 0 }, id[4] = { 0 }, stack[24] = { 0 };
	put_le(ev, 0, 8, 5);
	put_le(ev, 8, 4, 37);
	call_begin(X64, "timer_create", 1, 0x1000, 0x2000, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, ev, 64);
	call_memory(2, RN_PHASE_EXIT, 0x2000, id, 4);
	assert_call("timer_create(CLOCK_MONOTONIC, {sigev_value={sival_int=5, sival_ptr=0x5}, "
		"sigev_signo=SIGRT_5, sigev_notify=SIGEV_SIGNAL}, [0]) = 0");
	put_le(stack, 0, 8, 0x5566059c52a0);
	put_le(stack, 8, 4, 2);
	put_le(stack, 16, 8, 65536);
	call_begin(X64, "sigaltstack", 0x1000, 0, 0, 0, 0, 0);
	call_memory(0, RN_PHASE_ENTRY, 0x1000, stack, 24);
	assert_call("sigaltstack({ss_sp=0x5566059c52a0, ss_flags=SS_DISABLE, ss_size=65536}, NULL) = 0");
}

static const char *signal_text(int32_t signo, int32_t code, const uint8_t *rest, size_t len)
{
	static struct rn_buffer out = RN_BUFFER_INIT;
	uint8_t info[128] = { 0 };
	struct rn_event ev = { .kind = RN_EV_SIGNAL };
	put_le(info, 0, 4, (uint32_t)signo);
	put_le(info, 8, 4, (uint32_t)code);
	if (len)
		memcpy(info + 16, rest, len);
	ev.SIGNAL.signo = (uint64_t)signo;
	ev.SIGNAL.info = rn_bytes_of(info, sizeof(info));
	rn_buffer_clear(&out);
	rn_decode_signal(&out, &ev, NULL);
	return rn_buffer_cstr(&out);
}

Test(signals, information_by_signal_and_code)
{
	uint8_t r[64] = { 0 };
	put_le(r, 0, 4, 13681);
	cr_assert_str_eq(signal_text(13, 0, r, 32),
		"SIGPIPE {si_signo=SIGPIPE, si_code=SI_USER, si_pid=13681, si_uid=0}");
	put_le(r, 8, 4, 13);
	cr_assert_str_eq(signal_text(17, 2, r, 40), "SIGCHLD {si_signo=SIGCHLD, si_code=CLD_KILLED, "
		"si_pid=13681, si_uid=0, si_status=SIGPIPE, si_utime=0, si_stime=0}");
	put_le(r, 16, 8, 2);
	put_le(r, 24, 8, 105);
	cr_assert_str_eq(signal_text(17, 1, r, 40), "SIGCHLD {si_signo=SIGCHLD, si_code=CLD_EXITED, "
		"si_pid=13681, si_uid=0, si_status=13, si_utime=2 /* 0.02 s */, "
		"si_stime=105 /* 1.05 s */}");
	put_le(r, 8, 8, 7);
	cr_assert_str_eq(signal_text(35, -1, r, 32), "SIGRT_3 {si_signo=SIGRT_3, si_code=SI_QUEUE, "
		"si_pid=13681, si_uid=0, si_int=7, si_ptr=0x7}");
	memset(r, 0, sizeof(r));
	put_le(r, 0, 8, 0x10);
	cr_assert_str_eq(signal_text(11, 1, r, 8),
		"SIGSEGV {si_signo=SIGSEGV, si_code=SEGV_MAPERR, si_addr=0x10}");
	cr_assert_str_eq(signal_text(11, 0x80, NULL, 0),
		"SIGSEGV {si_signo=SIGSEGV, si_code=SI_KERNEL, si_addr=NULL}");
	cr_assert_str_eq(signal_text(14, 0x80, NULL, 0), "SIGALRM {si_signo=SIGALRM, si_code=SI_KERNEL}");
	put_le(r, 8, 4, 39);
	put_le(r, 12, 4, 0xc000003e);
	cr_assert_str_eq(signal_text(31, 1, r, 16), "SIGSYS {si_signo=SIGSYS, si_code=SYS_SECCOMP, "
		"si_call_addr=0x10, si_syscall=__NR_getpid, si_arch=AUDIT_ARCH_X86_64}");
}

Test(signals, stops_and_signals_without_information)
{
	struct rn_buffer out = RN_BUFFER_INIT;
	struct rn_event ev = { .kind = RN_EV_SIGNAL };
	ev.SIGNAL.signo = 19;
	ev.SIGNAL.stop = 1;
	rn_decode_signal(&out, &ev, NULL);
	cr_assert_str_eq(rn_buffer_cstr(&out), "stopped by SIGSTOP");
	rn_buffer_clear(&out);
	ev.SIGNAL.stop = 0;
	ev.SIGNAL.signo = 99;
	rn_decode_signal(&out, &ev, NULL);
	cr_assert_str_eq(rn_buffer_cstr(&out), "SIG_99");
	rn_buffer_fini(&out);
}

static const char *exit_text(uint64_t status)
{
	static struct rn_buffer out = RN_BUFFER_INIT;
	rn_buffer_clear(&out);
	rn_decode_exit(&out, status);
	return rn_buffer_cstr(&out);
}

Test(signals, ends_of_threads)
{
	cr_assert_str_eq(exit_text(0x300), "exited with 3");
	cr_assert_str_eq(exit_text(0), "exited with 0");
	cr_assert_str_eq(exit_text(9), "killed by SIGKILL");
	cr_assert_str_eq(exit_text(0x8b), "killed by SIGSEGV (core dumped)");
}

Test(signals, waited_for_signals_are_results)
{
	call_begin(X64, "rt_sigtimedwait", 0, 0, 0, 8, 0, 0);
	call_returns(40);
	cr_assert_str_eq(call_result_text(), "40 (SIGRT_8)");
}
