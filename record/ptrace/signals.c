/* SPDX-License-Identifier: MIT */
#include "record/ptrace/ptrace.h"

#include "record/capture/stack.h"

#include <signal.h>

static void push_signal(struct rn_ptrace *b, const struct rn_tracee *t, int sig, bool stop,
	struct rn_bytes info)
{
	if (!t->utid)
		return; /* before the command's execve */
	struct rn_event ev = {
		.ts_ns = rn_recording_now(b->rec), .utid = t->utid, .kind = RN_EV_SIGNAL,
	};
	ev.SIGNAL.signo = (uint64_t)sig;
	ev.SIGNAL.stop = stop;
	ev.SIGNAL.info = info;
	rn_recording_push(b->rec, &ev);
}

/* A handler may have a stack of its own; a signal that comes while one runs there interrupts that stack,
 * but what both interrupted is the other one. */
static void note_interrupted(struct rn_tracee *t)
{
	uint64_t regs[RN_REGS_MAX];
	uint64_t sp = rn_ptrace_regs(t->tid, regs) ? rn_ptrace_regs_sp(regs) : 0;
	if (!t->interrupted_sp || rn_stack_is_same(t->process, sp, t->interrupted_sp))
		t->interrupted_sp = sp;
}

void rn_ptrace_signal_stop(struct rn_ptrace *b, struct rn_tracee *t, int sig)
{
	siginfo_t info;
	if (rn_ptrace(PTRACE_GETSIGINFO, t->tid, 0, &info) < 0)
		return; /* killed meanwhile */
	push_signal(b, t, sig, false, rn_bytes_of(&info, sizeof(info)));
	if (b->tracees.stack_bytes)
		note_interrupted(t);
	rn_ptrace_resume(b, t, sig);
}

/* The tracee stays stopped, as its shell wants it; SIGCONT brings another stop event. */
void rn_ptrace_group_stop(struct rn_ptrace *b, struct rn_tracee *t, int sig)
{
	push_signal(b, t, sig, true, rn_bytes_of(NULL, 0));
	t->state = RN_TRACEE_LISTENING;
	rn_ptrace(PTRACE_LISTEN, t->tid, 0, 0);
}
