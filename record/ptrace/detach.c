/* SPDX-License-Identifier: MIT */
/*
 * A tracee can be let go only while it is stopped. Those that run are interrupted; the first stop
 * that comes will do, whatever it is: a signal that stopped it is handed on with the detaching, a
 * group stop goes on by itself. The parent of a vfork does not stop before its child is let go.
 */
#include "record/ptrace/ptrace.h"

#include "record/tracee/procfs.h"

#include <signal.h>
#include <sys/wait.h>

void rn_ptrace_detach_begin(struct rn_ptrace *b)
{
	b->detaching = true;
	b->resumed = NULL;
	b->tamper.frozen_until_ns = 0; /* nobody would look when it is over */
	for (uint32_t i = 0; i < b->tracees.n_slots; i++) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, i);
		if (t && t->state == RN_TRACEE_HELD)
			t->state = RN_TRACEE_STOPPED;
	}
	/* Removal moves entries, so let go of the stopped ones from a fresh start each time. */
	for (uint32_t i = 0; i < b->tracees.n_slots;) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, i);
		if (t && t->state == RN_TRACEE_STOPPED) {
			int sig = t->held_back_ns ? t->held_back_signal : 0;
			rn_ptrace_detach_stopped(b, t, sig ? sig << 8 | 0x7f :
				SIGTRAP << 8 | 0x7f | PTRACE_EVENT_STOP << 16);
			i = 0;
			continue;
		}
		if (t && (t->state == RN_TRACEE_RUNNING || t->state == RN_TRACEE_LISTENING))
			rn_ptrace_interrupt(t);
		i++;
	}
}

/* The signal that has not reached the tracee yet: only a signal-delivery-stop has one. */
static int signal_to_hand_on(int status)
{
	int sig = WSTOPSIG(status);
	return status >> 16 || sig == (SIGTRAP | 0x80) ? 0 : sig;
}

/* A child that stopped before its parent told of it has been let go already: who waited for its stop
 * now would wait for ever. */
static bool is_traced(pid_t tid)
{
	struct rn_proc_status s;
	int r = rn_proc_status(&s, tid);
	return r == 0 ? s.tracer != 0 : r != RN_E_GONE;
}

static void expect_child(struct rn_ptrace *b, pid_t parent)
{
	unsigned long child = 0;
	if (rn_ptrace(PTRACE_GETEVENTMSG, parent, 0, &child) == 0 && child &&
		!rn_tracees_find(&b->tracees, (pid_t)child) && is_traced((pid_t)child))
		rn_tracees_add(&b->tracees, (pid_t)child); /* stops by itself, is let go then */
}

void rn_ptrace_detach_stopped(struct rn_ptrace *b, struct rn_tracee *t, int status)
{
	int event = status >> 16;
	if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE)
		expect_child(b, t->tid);
	if (b->tamper.chaos)
		rn_tamper_undo(b, t);
	rn_ptrace_mend(t);
	if (t->utid)
		rn_ptrace_call_unfinished(b, t);
	if (t->utid && t->process && t->tid == t->process->pid)
		rn_modules_perf_map(b->rec, t->process->pid, t->process->ns_pid);
	if (rn_ptrace(PTRACE_DETACH, t->tid, 0, (void *)(intptr_t)signal_to_hand_on(status)) ==
		RN_E_GONE) {
		t->state = RN_TRACEE_DYING; /* its end comes through wait */
		return;
	}
	if (t->tid == b->root)
		b->out.command_pid = b->root;
	rn_tracees_remove(&b->tracees, t);
}
