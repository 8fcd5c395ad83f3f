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
static const struct tender {
	const char *name;
	uint8_t timeout; /* the argument that has one, counted from 1; 0: there is none */
	bool is_ms; /* in milliseconds, negative: for ever; else a pointer, NULL: for ever */
} tender[] = {
	{ "accept", 0, false }, { "accept4", 0, false }, { "connect", 0, false }, { "epoll_pwait", 4, true },
	{ "epoll_pwait2", 4, false }, { "epoll_wait", 4, true }, { "io_getevents", 5, false },
	{ "io_pgetevents", 5, false }, { "io_pgetevents_time64", 5, false }, { "io_uring_enter", 0, false },
	{ "ipc", 0, false }, { "read", 0, false }, { "readv", 0, false }, { "recv", 0, false },
	{ "recvfrom", 0, false }, { "recvmmsg", 5, false }, { "recvmmsg_time64", 5, false }, { "recvmsg", 0, false },
	{ "rt_sigtimedwait", 3, false }, { "rt_sigtimedwait_time64", 3, false }, { "semop", 0, false },
	{ "semtimedop", 4, false }, { "semtimedop_time64", 4, false }, { "send", 0, false }, { "sendmmsg", 0, false },
	{ "sendmsg", 0, false }, { "sendto", 0, false }, { "socketcall", 0, false }, { "write", 0, false },
	{ "writev", 0, false },
};

static const struct tender *tender_of(const struct rn_syscall *desc)
{
	for (size_t i = 0; desc && i < sizeof(tender) / sizeof(tender[0]); i++)
		if (strcmp(desc->name, tender[i].name) == 0)
			return &tender[i];
	return NULL;
}

bool rn_ptrace_keeps_time(const struct rn_syscall *desc, const uint64_t args[6])
{
	const struct tender *k = tender_of(desc);
	if (!k || !RN_PTRACE_MENDS)
		return k != NULL;
	uint64_t timeout = k->timeout ? args[k->timeout - 1] : 0;
	return k->is_ms ? (int32_t)timeout >= 0 : timeout != 0;
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
	if (tender_of(rn_syscall(rn_abi_of_audit_arch(stop.arch), (uint32_t)nr)))
		rn_ptrace_set_result(t->tid, RN_ERESTARTNOHAND);
}
