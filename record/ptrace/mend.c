/* SPDX-License-Identifier: MIT */
/*
 * Some calls end with EINTR when their thread was stopped and goes on, though no handler ran: signal(7), "Interruption
 * of system calls and library functions by stop signals". The stop our interrupt leads to is before the kernel decides
 * what becomes of such a call: with ERESTARTNOHAND in the place of the result it makes the call again, unless a
 * handler runs first, which ends it with EINTR as it would have without us. A timeout begins anew.
 */
#include "record/ptrace/ptrace.h"

#include <string.h>

/* All of them have done nothing when they say EINTR: else they tell how much. */
static const char *const tender[] = {
	"accept", "accept4", "connect", "epoll_pwait", "epoll_pwait2", "epoll_wait", "io_getevents", "io_pgetevents",
	"io_pgetevents_time64", "io_uring_enter", "ipc", "read", "readv", "recv", "recvfrom", "recvmmsg",
	"recvmmsg_time64", "recvmsg", "rt_sigtimedwait", "rt_sigtimedwait_time64", "semop", "semtimedop",
	"semtimedop_time64", "send", "sendmmsg", "sendmsg", "sendto", "socketcall", "write", "writev",
};

static bool is_tender(const struct rn_syscall *desc)
{
	for (size_t i = 0; desc && i < sizeof(tender) / sizeof(tender[0]); i++)
		if (strcmp(desc->name, tender[i]) == 0)
			return true;
	return false;
}

void rn_ptrace_mend(struct rn_tracee *t)
{
	uint64_t regs[RN_REGS_MAX], nr;
	rn_call_stop stop;
	if (!t->asked_back)
		return;
	t->asked_back = false;
	if (!rn_ptrace_regs(t->tid, regs) || !rn_ptrace_regs_broken_off(regs, &nr) ||
		ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof(stop), &stop) <= 0)
		return;
	if (is_tender(rn_syscall(rn_abi_of_audit_arch(stop.arch), (uint32_t)nr)))
		rn_ptrace_set_result(t->tid, RN_ERESTARTNOHAND);
}
