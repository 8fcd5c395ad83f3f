/* SPDX-License-Identifier: MIT */
#include <criterion/criterion.h>

#include "bytes.h"
#include "call_fixture.h"

#define X64 RN_ABI_X86_64

static void argv_of(unsigned n)
{
	uint8_t vector[64 * 8] = { 0 };
	call_begin(X64, "execve", 0x1000, 0x2000, 0x3000, 0, 0, 0);
	call_string(0, 0x1000, "/usr/bin/ls");
	for (unsigned i = 0; i < n; i++) {
		put_le(vector, 8 * i, 8, 0x10000 + 16 * i);
		call_string(1, 0x10000 + 16 * i, i ? "-l" : "ls");
	}
	call_memory(1, RN_PHASE_ENTRY, 0x2000, vector, 8 * n + 8);
}

static void envp_of(unsigned n, bool terminated)
{
	uint8_t vector[64 * 8];
	memset(vector, 0x11, sizeof(vector));
	put_le(vector, 8 * n, 8, 0);
	call_memory(2, RN_PHASE_ENTRY, 0x3000, vector, 8 * n + (terminated ? 8 : 0));
}

Test(processes, execve_lists_arguments_and_counts_the_environment)
{
	argv_of(2);
	envp_of(41, true);
	assert_call("execve(\"/usr/bin/ls\", [\"ls\", \"-l\"], 0x3000 /* 41 vars */) = 0");
	argv_of(1);
	envp_of(1, true);
	assert_call("execve(\"/usr/bin/ls\", [\"ls\"], 0x3000 /* 1 var */) = 0");
	argv_of(0);
	envp_of(3, false);
	assert_call("execve(\"/usr/bin/ls\", [], 0x3000 /* 3 vars, unterminated */) = 0");
}

Test(processes, many_arguments_are_cut_unless_verbose)
{
	argv_of(40);
	envp_of(0, true);
	cr_assert_str_eq(strrchr(call_arg_text(1), 'l'), "l\", ...]");
	call_style.verbose = true;
	cr_assert_str_eq(strrchr(call_arg_text(1), 'l'), "l\"]");
}

Test(processes, vectors_that_cannot_be_read)
{
	call_begin(X64, "execve", 0x1000, 0, 0x3000, 0, 0, 0);
	call_returns(-14);
	assert_call("execve(0x1000, NULL, 0x3000) = -1 EFAULT (Bad address)");
}

Test(processes, clone_names_its_arguments_in_an_order_of_its_own)
{
	call_begin(X64, "clone", 0x1200011, 0, 0, 0x7fb9474cfa10, 0, 0);
	call_returns(13681);
	assert_call("clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, "
		"child_tidptr=0x7fb9474cfa10) = 13681");
	cr_assert_str_eq(call_arg_text(1), "child_stack=NULL");
	uint8_t tid[4] = { 5 };
	call_begin(X64, "clone", 0x3d0f00, 0x7f00, 0x100, 0x200, 0x300, 0);
	call_memory(2, RN_PHASE_EXIT, 0x100, tid, 4);
	call_returns(5);
	assert_call("clone(child_stack=0x7f00, flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|"
		"CLONE_THREAD|CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID, "
		"parent_tid=[5], tls=0x300, child_tidptr=0x200) = 5");
	call_begin(RN_ABI_AARCH64, "clone", 0x1280000, 0, 0, 0x300, 0x200, 0);
	call_returns(5);
	assert_call("clone(child_stack=NULL, flags=CLONE_SETTLS|CLONE_CHILD_CLEARTID|"
		"CLONE_CHILD_SETTID, tls=0x300, child_tidptr=0x200) = 5");
}

Test(processes, clone3_shows_what_was_given_and_what_came_back)
{
	uint8_t a[88] = { 0 }, tid[4];
	put_le(a, 0, 8, 0x3d0f00);
	put_le(a, 16, 8, 0x7f1e9694c990);
	put_le(a, 24, 8, 0x7f1e9694c990);
	put_le(a, 40, 8, 0x7f1e9614c000);
	put_le(a, 48, 8, 0x7fff80);
	put_le(a, 56, 8, 0x7f1e9694c6c0);
	put_le(tid, 0, 4, 13778);
	call_begin(X64, "clone3", 0x1000, 88, 0, 0, 0, 0);
	call_memory(0, RN_PHASE_ENTRY, 0x1000, a, 88);
	call_memory(0, RN_PHASE_EXIT, 0x7f1e9694c990, tid, 4);
	call_returns(13778);
	assert_call("clone3({flags=CLONE_VM|CLONE_FS|CLONE_FILES|CLONE_SIGHAND|CLONE_THREAD|"
		"CLONE_SYSVSEM|CLONE_SETTLS|CLONE_PARENT_SETTID|CLONE_CHILD_CLEARTID, "
		"child_tid=0x7f1e9694c990, parent_tid=0x7f1e9694c990, exit_signal=0, "
		"stack=0x7f1e9614c000, stack_size=0x7fff80, tls=0x7f1e9694c6c0} => "
		"{parent_tid=[13778]}, 88) = 13778");
}

static const char *status_text(uint32_t status)
{
	uint8_t s[4];
	put_le(s, 0, 4, status);
	call_begin(X64, "wait4", UINT32_MAX, 0x1000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, s, 4);
	call_returns(7);
	return call_arg_text(1);
}

Test(processes, wait_statuses)
{
	cr_assert_str_eq(status_text(0), "[{WIFEXITED(s) && WEXITSTATUS(s) == 0}]");
	cr_assert_str_eq(status_text(0x400), "[{WIFEXITED(s) && WEXITSTATUS(s) == 4}]");
	cr_assert_str_eq(status_text(11), "[{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV}]");
	cr_assert_str_eq(status_text(0x8b),
		"[{WIFSIGNALED(s) && WTERMSIG(s) == SIGSEGV && WCOREDUMP(s)}]");
	cr_assert_str_eq(status_text(0x137f), "[{WIFSTOPPED(s) && WSTOPSIG(s) == SIGSTOP}]");
	cr_assert_str_eq(status_text(0xffff), "[{WIFCONTINUED(s)}]");
}

Test(processes, a_wait_that_found_nobody_wrote_nothing)
{
	uint8_t s[4] = { 0 };
	call_begin(X64, "wait4", UINT32_MAX, 0x1000, 1, 0x2000, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, s, 4);
	assert_call("wait4(-1, 0x1000, WNOHANG, 0x2000) = 0");
}

Test(processes, limits)
{
	uint8_t l[16];
	put_le(l, 0, 8, 8192 * 1024);
	put_le(l, 8, 8, UINT64_MAX);
	call_begin(X64, "prlimit64", 0, 3, 0, 0x1000, 0, 0);
	call_memory(3, RN_PHASE_EXIT, 0x1000, l, 16);
	assert_call("prlimit64(0, RLIMIT_STACK, NULL, "
		"{rlim_cur=8192*1024, rlim_max=RLIM64_INFINITY}) = 0");
	put_le(l, 0, 8, 1024);
	put_le(l, 8, 8, 20001);
	call_begin(X64, "setrlimit", 7, 0x1000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, l, 16);
	assert_call("setrlimit(RLIMIT_NOFILE, {rlim_cur=1024, rlim_max=20001}) = 0");
}

Test(processes, usage_in_short_and_whole)
{
	uint8_t u[144] = { 0 };
	put_le(u, 8, 8, 25474);
	put_le(u, 32, 8, 8272);
	call_begin(X64, "getrusage", 0, 0x1000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, u, 144);
	assert_call("getrusage(RUSAGE_SELF, {ru_utime={tv_sec=0, tv_usec=25474}, "
		"ru_stime={tv_sec=0, tv_usec=0}, ...}) = 0");
	call_style.verbose = true;
	cr_assert_not_null(strstr(call_text(), ", ru_maxrss=8272, ru_ixrss=0, "));
	cr_assert_not_null(strstr(call_text(), ", ru_nivcsw=0}) = 0"));
}

Test(processes, capabilities_by_the_version_of_their_header)
{
	uint8_t head[8] = { 0 }, sets[24] = { 0 };
	put_le(head, 0, 4, 0x20080522);
	put_le(sets, 0, 4, 0x21);
	put_le(sets, 12, 4, 1 << 7);
	call_begin(X64, "capget", 0x1000, 0x2000, 0, 0, 0, 0);
	call_memory(0, RN_PHASE_ENTRY, 0x1000, head, 8);
	call_memory(1, RN_PHASE_EXIT, 0x2000, sets, 24);
	assert_call("capget({version=_LINUX_CAPABILITY_VERSION_3, pid=0}, "
		"{effective=1<<CAP_CHOWN|1<<CAP_KILL|1<<CAP_BPF, permitted=0, inheritable=0}) = 0");
	put_le(head, 0, 4, 5);
	call_begin(X64, "capget", 0x1000, 0x2000, 0, 0, 0, 0);
	call_memory(0, RN_PHASE_ENTRY, 0x1000, head, 8);
	call_memory(1, RN_PHASE_EXIT, 0x2000, sets, 24);
	assert_call("capget({version=0x5 /* _LINUX_CAPABILITY_VERSION_??? */, pid=0}, "
		"{effective=1<<CAP_CHOWN|1<<CAP_KILL, permitted=0, inheritable=0}) = 0");
}

Test(processes, cpus_and_policies)
{
	uint8_t mask[8] = { 0x0b, 1 }, attr[56] = { 0 };
	call_begin(X64, "sched_getaffinity", 0, 128, 0x1000, 0, 0, 0);
	call_memory(2, RN_PHASE_EXIT, 0x1000, mask, 8);
	call_returns(8);
	assert_call("sched_getaffinity(0, 128, [0 1 3 8]) = 8");
	put_le(attr, 0, 4, 48);
	put_le(attr, 24, 8, 1400000);
	call_begin(X64, "sched_getattr", 0, 0x1000, 48, 0, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, attr, 48);
	assert_call("sched_getattr(0, {size=48, sched_policy=SCHED_OTHER, sched_flags=0, sched_nice=0, "
		"sched_priority=0, sched_runtime=1400000, sched_deadline=0, sched_period=0}, 48, 0) = 0");
	call_begin(X64, "sched_getscheduler", 0, 0, 0, 0, 0, 0);
	call_returns(1);
	assert_call("sched_getscheduler(0) = 1 (SCHED_FIFO)");
}

static void word(unsigned arg, uint64_t addr, int32_t v)
{
	uint8_t b[4];
	put_le(b, 0, 4, (uint32_t)v);
	call_memory(arg, RN_PHASE_EXIT, addr, b, 4);
}

Test(processes, lone_numbers_stand_in_brackets)
{
	call_begin(X64, "getresuid", 0x1000, 0x2000, 0x3000, 0, 0, 0);
	word(0, 0x1000, 0);
	word(1, 0x2000, 1000);
	word(2, 0x3000, -1);
	assert_call("getresuid([0], [1000], [-1]) = 0");
	call_begin(X64, "pipe2", 0x1000, 02000000, 0, 0, 0, 0);
	uint8_t pair[8] = { 3, 0, 0, 0, 4 };
	call_memory(0, RN_PHASE_EXIT, 0x1000, pair, 8);
	assert_call("pipe2([3, 4], O_CLOEXEC) = 0");
	call_returns(-24);
	assert_call("pipe2(0x1000, O_CLOEXEC) = -1 EMFILE (Too many open files)");
}

Test(processes, arrays_up_to_the_limit)
{
	uint8_t ids[40 * 4];
	for (unsigned i = 0; i < 40; i++)
		put_le(ids, 4 * i, 4, i);
	call_begin(X64, "getgroups", 40, 0x1000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, ids, sizeof(ids));
	call_returns(3);
	assert_call("getgroups(40, [0, 1, 2]) = 3");
	call_returns(40);
	cr_assert_str_eq(strstr(call_text(), "30, "), "30, 31, ...]) = 40");
	call_returns(0);
	assert_call("getgroups(40, []) = 0");
}
