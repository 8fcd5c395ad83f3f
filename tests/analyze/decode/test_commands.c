/* SPDX-License-Identifier: MIT */
/* Calls whose arguments a command chooses. */
#include <criterion/criterion.h>

#include "bytes.h"
#include "call_fixture.h"

#define X64 RN_ABI_X86_64

static const char *fcntl_text(uint64_t command, uint64_t arg, int64_t ret)
{
	call_begin(X64, "fcntl", 17, command, arg, 0, 0, 0);
	call_returns(ret);
	return call_text();
}

Test(commands, fcntl_flags_and_results)
{
	cr_assert_str_eq(fcntl_text(1, 0x77, 1), "fcntl(17, F_GETFD) = 0x1 (flags FD_CLOEXEC)");
	cr_assert_str_eq(fcntl_text(1, 0x77, 0), "fcntl(17, F_GETFD) = 0");
	cr_assert_str_eq(fcntl_text(2, 3, 0), "fcntl(17, F_SETFD, FD_CLOEXEC|0x2) = 0");
	cr_assert_str_eq(fcntl_text(3, 0, 0x8c02),
		"fcntl(17, F_GETFL) = 0x8c02 (flags O_RDWR|O_APPEND|O_NONBLOCK|O_LARGEFILE)");
	cr_assert_str_eq(fcntl_text(4, 04002, 0), "fcntl(17, F_SETFL, O_RDWR|O_NONBLOCK) = 0");
	cr_assert_str_eq(fcntl_text(1030, 100, 100), "fcntl(17, F_DUPFD_CLOEXEC, 100) = 100");
	cr_assert_str_eq(fcntl_text(10, 10, 0), "fcntl(17, F_SETSIG, SIGUSR1) = 0");
	cr_assert_str_eq(fcntl_text(11, 0, 10), "fcntl(17, F_GETSIG) = 10 (SIGUSR1)");
	cr_assert_str_eq(fcntl_text(1025, 0, 1), "fcntl(17, F_GETLEASE) = 0x1 (F_WRLCK)");
	cr_assert_str_eq(fcntl_text(1034, 0, 6),
		"fcntl(17, F_GET_SEALS) = 0x6 (seals F_SEAL_SHRINK|F_SEAL_GROW)");
	cr_assert_str_eq(fcntl_text(999, 5, -22),
		"fcntl(17, 0x3e7 /* F_??? */, 0x5) = -1 EINVAL (Invalid argument)");
}

Test(commands, fcntl_locks_of_each_layout)
{
	uint8_t l[32] = { 1 };
	put_le(l, 16, 8, 10);
	call_begin(X64, "fcntl", 17, 6, 0x1000, 0, 0, 0);
	call_memory(2, RN_PHASE_ENTRY, 0x1000, l, 32);
	assert_call("fcntl(17, F_SETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=10}) = 0");
	put_le(l, 24, 4, 99);
	call_begin(X64, "fcntl", 17, 5, 0x1000, 0, 0, 0);
	call_memory(2, RN_PHASE_EXIT, 0x1000, l, 32);
	assert_call("fcntl(17, F_GETLK, {l_type=F_WRLCK, l_whence=SEEK_SET, l_start=0, l_len=10, "
		"l_pid=99}) = 0");
	memset(l, 0, sizeof(l));
	put_le(l, 4, 4, 1);
	put_le(l, 8, 4, 2);
	call_begin(RN_ABI_I386, "fcntl64", 17, 6, 0x1000, 0, 0, 0);
	call_memory(2, RN_PHASE_ENTRY, 0x1000, l, 16);
	assert_call("fcntl64(17, F_SETLK, {l_type=F_RDLCK, l_whence=SEEK_SET, l_start=1, l_len=2}) = 0");
	put_le(l, 4, 8, 1);
	put_le(l, 12, 8, UINT64_C(1) << 32);
	call_begin(RN_ABI_I386, "fcntl64", 17, 13, 0x1000, 0, 0, 0);
	call_memory(2, RN_PHASE_ENTRY, 0x1000, l, 24);
	assert_call("fcntl64(17, F_SETLK64, {l_type=F_RDLCK, l_whence=SEEK_SET, l_start=1, "
		"l_len=4294967296}) = 0");
}

static const char *ioctl_text(uint64_t command, uint64_t arg)
{
	call_begin(X64, "ioctl", 3, command, arg, 0, 0, 0);
	return call_text();
}

Test(commands, ioctl_by_name_or_by_parts)
{
	cr_assert_str_eq(ioctl_text(0x5451, 0x77), "ioctl(3, FIOCLEX) = 0");
	cr_assert_str_eq(ioctl_text(0x540b, 0), "ioctl(3, TCFLSH, TCIFLUSH) = 0");
	cr_assert_str_eq(ioctl_text(0xc008ee07, 0), "ioctl(3, _IOC(_IOC_READ|_IOC_WRITE, 0xee, 0x7, 0x8), 0) = 0");
	cr_assert_str_eq(ioctl_text(0x12345678, 5), "ioctl(3, _IOC(_IOC_NONE, 0x56, 0x78, 0x1234), 0x5) = 0");
	call_begin(X64, "ioctl", 0, 0x5401, 0x7ffee8520fe0, 0, 0, 0);
	call_returns(-25);
	assert_call("ioctl(0, TCGETS, 0x7ffee8520fe0) = -1 ENOTTY (Inappropriate ioctl for device)");
}

Test(commands, ioctl_terminals)
{
	uint8_t t[36] = { 0 }, w[8] = { 24, 0, 80 };
	put_le(t, 0, 4, 0x500);
	put_le(t, 4, 4, 5);
	put_le(t, 8, 4, 0xbf);
	put_le(t, 12, 4, 0x8a3b);
	t[17] = 3;
	call_begin(X64, "ioctl", 0, 0x5401, 0x1000, 0, 0, 0);
	call_memory(2, RN_PHASE_EXIT, 0x1000, t, 36);
	assert_call("ioctl(0, TCGETS, {c_iflag=ICRNL|IXON, "
		"c_oflag=NL0|CR0|TAB0|BS0|VT0|FF0|OPOST|ONLCR, c_cflag=B38400|CS8|CREAD, "
		"c_lflag=ISIG|ICANON|ECHO|ECHOE|ECHOK|IEXTEN|ECHOCTL|ECHOKE, ...}) = 0");
	call_style.verbose = true;
	cr_assert_not_null(strstr(call_text(), "ECHOKE, c_line=N_TTY, c_cc=[[VINTR]=0x3, [VQUIT]=0, "));
	call_begin(X64, "ioctl", 0, 0x5414, 0x1000, 0, 0, 0);
	call_memory(2, RN_PHASE_ENTRY, 0x1000, w, 8);
	assert_call("ioctl(0, TIOCSWINSZ, {ws_row=24, ws_col=80, ws_xpixel=0, ws_ypixel=0}) = 0");
	call_begin(X64, "ioctl", 0, 0x541b, 0x1000, 0, 0, 0);
	call_memory(2, RN_PHASE_EXIT, 0x1000, w, 4);
	assert_call("ioctl(0, FIONREAD, [5242904]) = 0");
}

Test(commands, ioctl_interfaces)
{
	uint8_t r[40] = "lo";
	put_le(r, 16, 2, 0x49);
	call_begin(X64, "ioctl", 9, 0x8913, 0x1000, 0, 0, 0);
	call_memory(2, RN_PHASE_EXIT, 0x1000, r, 40);
	call_memory(2, RN_PHASE_ENTRY, 0x1000, r, 40);
	assert_call("ioctl(9, SIOCGIFFLAGS, {ifr_name=\"lo\", "
		"ifr_flags=IFF_UP|IFF_LOOPBACK|IFF_RUNNING}) = 0");
	call_returns(-19);
	assert_call("ioctl(9, SIOCGIFFLAGS, {ifr_name=\"lo\"}) = -1 ENODEV (No such device)");
}

static const char *futex_text(uint64_t op, uint64_t v, uint64_t time, uint64_t addr2, uint64_t v3)
{
	call_begin(X64, "futex", 0x1000, op, v, time, addr2, v3);
	return call_text();
}

Test(commands, futex_shows_what_its_operation_uses)
{
	cr_assert_str_eq(futex_text(0x80, 1, 0, 9, 9), "futex(0x1000, FUTEX_WAIT_PRIVATE, 1, NULL) = 0");
	cr_assert_str_eq(futex_text(0x81, 0x7fffffff, 9, 9, 9),
		"futex(0x1000, FUTEX_WAKE_PRIVATE, 2147483647) = 0");
	cr_assert_str_eq(futex_text(0x189, 1, 0, 9, UINT32_MAX), "futex(0x1000, "
		"FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME, 1, NULL, FUTEX_BITSET_MATCH_ANY) = 0");
	cr_assert_str_eq(futex_text(10, 1, 9, 9, 5), "futex(0x1000, FUTEX_WAKE_BITSET, 1, 0x5) = 0");
	cr_assert_str_eq(futex_text(0x84, 1, 2, 0x2000, 0),
		"futex(0x1000, FUTEX_CMP_REQUEUE_PRIVATE, 1, 2, 0x2000, 0) = 0");
	cr_assert_str_eq(futex_text(6, 1, 0, 9, 9), "futex(0x1000, FUTEX_LOCK_PI, NULL) = 0");
	cr_assert_str_eq(futex_text(7, 1, 0, 9, 9), "futex(0x1000, FUTEX_UNLOCK_PI) = 0");
	cr_assert_str_eq(futex_text(5, 1, 2, 0x2000, 0x14001002), "futex(0x1000, FUTEX_WAKE_OP, 1, 2, "
		"0x2000, FUTEX_OP_ADD<<28|0x1<<12|FUTEX_OP_CMP_GT<<24|0x2) = 0");
	cr_assert_str_eq(futex_text(99, 1, 2, 3, 4),
		"futex(0x1000, 0x63 /* FUTEX_??? */, 1, 0x2, 0x3, 0x4) = 0");
}

Test(commands, futex_timeouts)
{
	uint8_t t[16] = { 1 };
	call_begin(X64, "futex", 0x1000, 0, 2, 0x2000, 0, 0);
	call_memory(3, RN_PHASE_ENTRY, 0x2000, t, 16);
	call_returns(-110);
	assert_call("futex(0x1000, FUTEX_WAIT, 2, {tv_sec=1, tv_nsec=0}) = "
		"-1 ETIMEDOUT (Connection timed out)");
}

Test(commands, prctl_by_option)
{
	call_begin(X64, "prctl", 15, 0x1000, 2, 3, 4, 0);
	call_string(1, 0x1000, "a-name-longer-than-fifteen");
	assert_call("prctl(PR_SET_NAME, \"a-name-longer-t\"...) = 0");
	call_begin(X64, "prctl", 23, 5, 0, 0, 0, 0);
	call_returns(1);
	assert_call("prctl(PR_CAPBSET_READ, CAP_KILL) = 1");
	call_begin(X64, "prctl", 38, 1, 0, 0, 0, 0);
	assert_call("prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) = 0");
	call_begin(X64, "prctl", 3, 1, 0, 0, 0, 0);
	call_returns(1);
	assert_call("prctl(PR_GET_DUMPABLE) = 1 (SUID_DUMP_USER)");
	call_begin(X64, "prctl", 999, 1, 2, 3, 4, 0);
	call_returns(-22);
	assert_call("prctl(0x3e7 /* PR_??? */, 0x1, 0x2, 0x3, 0x4) = -1 EINVAL (Invalid argument)");
	call_begin(X64, "prctl", 22, 1, 7, 0, 0, 0);
	assert_call("prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) = 0");
}

Test(commands, prctl_whose_first_argument_decides_the_rest)
{
	call_begin(X64, "prctl", 22, 7, 1, 2, 3, 0);
	assert_call("prctl(PR_SET_SECCOMP, 0x7 /* SECCOMP_MODE_??? */, 0x1, 0x2, 0x3) = 0");
	call_begin(X64, "prctl", 47, 4, 0, 0, 0, 0);
	assert_call("prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) = 0");
	call_begin(X64, "prctl", 47, 2, 5, 0, 0, 0);
	assert_call("prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_KILL, 0, 0) = 0");
	uint8_t cookie[8] = { 0xee, 0xff };
	call_begin(X64, "prctl", 62, 0, 77, 1, 0x1000, 0);
	call_memory(4, RN_PHASE_EXIT, 0x1000, cookie, 8);
	assert_call("prctl(PR_SCHED_CORE, PR_SCHED_CORE_GET, 77, 0x1 /* PIDTYPE_TGID */, [0xffee]) = 0");
}

Test(commands, prctl_of_other_machines)
{
	call_begin(X64, "prctl", 55, 0xd, 0, 0, 0, 0);
	assert_call("prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE|PR_MTE_TCF_ASYNC|"
		"0x1<<PR_MTE_TAG_SHIFT, 0, 0, 0) = 0");
	call_begin(X64, "prctl", 50, 0x60020, 0, 0, 0, 0);
	assert_call("prctl(PR_SVE_SET_VL, PR_SVE_SET_VL_ONEXEC|PR_SVE_VL_INHERIT|0x20) = 0");
	call_begin(X64, "prctl", 50, 0x100000, 0, 0, 0, 0);
	assert_call("prctl(PR_SVE_SET_VL, 0x100000|0) = 0");
}

Test(commands, arch_prctl)
{
	uint8_t fs[8];
	put_le(fs, 0, 8, 0x7fb4f4950740);
	call_begin(X64, "arch_prctl", 0x1002, 0x7fb9474cf740, 0, 0, 0, 0);
	assert_call("arch_prctl(ARCH_SET_FS, 0x7fb9474cf740) = 0");
	call_begin(X64, "arch_prctl", 0x1003, 0x1000, 0, 0, 0, 0);
	call_memory(1, RN_PHASE_EXIT, 0x1000, fs, 8);
	assert_call("arch_prctl(ARCH_GET_FS, [0x7fb4f4950740]) = 0");
}

Test(commands, keys_traces_and_quotas)
{
	call_begin(X64, "keyctl", 0, UINT32_MAX - 2, 0, 9, 9, 0);
	call_returns(545558297);
	assert_call("keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0) = 545558297");
	call_begin(X64, "ptrace", 0, 1, 2, 3, 0, 0);
	call_returns(-1);
	assert_call("ptrace(PTRACE_TRACEME) = -1 EPERM (Operation not permitted)");
	call_begin(X64, "quotactl", 0x80000700, 0, 0, 0x1000, 0, 0);
	cr_assert_str_eq(call_arg_text(0), "QCMD(Q_GETQUOTA, USRQUOTA)");
}

Test(commands, masks_of_nodes_count_a_bit_more_than_they_have)
{
	uint8_t mode[4] = { 2 }, nodes[24] = { 3 };
	call_begin(X64, "get_mempolicy", 0x1000, 0x2000, 65, 0, 0, 0);
	call_memory(0, RN_PHASE_EXIT, 0x1000, mode, 4);
	call_memory(1, RN_PHASE_EXIT, 0x2000, nodes, 24);
	assert_call("get_mempolicy([MPOL_BIND], [0x00000000000003], 65, NULL, 0) = 0");
	call_event()->call.args[2] = 66;
	assert_call("get_mempolicy([MPOL_BIND], [0x00000000000003, 0000000000000000], 66, NULL, 0) = 0");
}

Test(commands, system_v)
{
	call_begin(X64, "shmget", 0, 4096, 01600, 0, 0, 0);
	assert_call("shmget(IPC_PRIVATE, 4096, IPC_CREAT|0600) = 0");
	uint8_t ops[12] = { 0, 0, 1, 0, 0, 0, 1, 0, 0xff, 0xff, 0, 0x18 };
	call_begin(X64, "semop", 5, 0x1000, 2, 0, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, ops, 12);
	assert_call("semop(5, [{sem_num=0, sem_op=1, sem_flg=0}, {sem_num=1, sem_op=-1, "
		"sem_flg=SEM_UNDO|IPC_NOWAIT}], 2) = 0");
	uint8_t m[16] = { 3, 0, 0, 0, 0, 0, 0, 0, 'm', 'e', 's' };
	call_begin(X64, "msgsnd", 1, 0x1000, 3, 04000, 0, 0);
	call_memory(1, RN_PHASE_ENTRY, 0x1000, m, 11);
	assert_call("msgsnd(1, {mtype=3, mtext=\"mes\"}, 3, IPC_NOWAIT) = 0");
}
