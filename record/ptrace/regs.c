/* SPDX-License-Identifier: MIT */
#include "record/ptrace/ptrace.h"

#include <elf.h>
#include <errno.h>
#include <stddef.h>
#include <sys/uio.h>
#include <sys/user.h>

#if defined(__x86_64__)
_Static_assert(sizeof(struct user_regs_struct) == RN_REGS_X86_64 * sizeof(uint64_t),
	"the slots of arch.h are those of the kernel");

uint32_t rn_ptrace_regs(pid_t tid, uint64_t regs[RN_REGS_MAX])
{
	return ptrace(PTRACE_GETREGS, tid, 0, regs) < 0 ? 0 : RN_REGS_X86_64;
}

uint64_t rn_ptrace_regs_sp(const uint64_t *regs)
{
	return regs[RN_X86_RSP];
}

void rn_ptrace_regs_call(const uint64_t *regs, uint64_t *nr, uint64_t args[6])
{
	static const uint8_t slots[6] = { RN_X86_RDI, RN_X86_RSI, RN_X86_RDX, RN_X86_R10, RN_X86_R8,
		RN_X86_R9 };
	*nr = regs[RN_X86_ORIG_RAX];
	for (unsigned i = 0; i < 6; i++)
		args[i] = regs[slots[i]];
}

bool rn_ptrace_regs_broken_off(const uint64_t *regs, uint64_t *nr)
{
	*nr = regs[RN_X86_ORIG_RAX];
	return (int64_t)*nr >= 0 && (int32_t)regs[RN_X86_RAX] == -EINTR;
}

static void set_register(pid_t tid, size_t offset, uint64_t value)
{
	rn_ptrace(PTRACE_POKEUSER, tid, (void *)offset, (void *)value);
}

void rn_ptrace_set_nr(pid_t tid, int64_t nr)
{
	set_register(tid, offsetof(struct user, regs.orig_rax), (uint64_t)nr);
}

void rn_ptrace_set_result(pid_t tid, int64_t ret)
{
	set_register(tid, offsetof(struct user, regs.rax), (uint64_t)ret);
}

void rn_ptrace_set_length(pid_t tid, uint64_t value)
{
	set_register(tid, offsetof(struct user, regs.rdx), value);
}
#elif defined(__aarch64__)
uint32_t rn_ptrace_regs(pid_t tid, uint64_t regs[RN_REGS_MAX])
{
	struct iovec v = { regs, RN_REGS_AARCH64 * sizeof(uint64_t) };
	return ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &v) < 0 ? 0 : RN_REGS_AARCH64;
}

uint64_t rn_ptrace_regs_sp(const uint64_t *regs)
{
	return regs[31];
}

void rn_ptrace_regs_call(const uint64_t *regs, uint64_t *nr, uint64_t args[6])
{
	*nr = regs[8];
	args[0] = 0; /* x0 has the result already */
	for (unsigned i = 1; i < 6; i++)
		args[i] = regs[i];
}

/* The kernel has looked at the result before the stop; the first argument that it would restore cannot be read. */
bool rn_ptrace_regs_broken_off(const uint64_t *regs, uint64_t *nr)
{
	*nr = regs[8];
	return false;
}

static void set_register(pid_t tid, unsigned slot, uint64_t value)
{
	uint64_t regs[RN_REGS_AARCH64];
	struct iovec v = { regs, sizeof(regs) };
	if (ptrace(PTRACE_GETREGSET, tid, NT_PRSTATUS, &v) < 0)
		return;
	regs[slot] = value;
	rn_ptrace(PTRACE_SETREGSET, tid, (void *)NT_PRSTATUS, &v);
}

void rn_ptrace_set_nr(pid_t tid, int64_t nr)
{
	int number = (int)nr;
	struct iovec v = { &number, sizeof(number) };
	rn_ptrace(PTRACE_SETREGSET, tid, (void *)NT_ARM_SYSTEM_CALL, &v);
}

void rn_ptrace_set_result(pid_t tid, int64_t ret)
{
	set_register(tid, 0, (uint64_t)ret);
}

void rn_ptrace_set_length(pid_t tid, uint64_t value)
{
	set_register(tid, 2, value);
}
#else
#error "no register access for this machine"
#endif
