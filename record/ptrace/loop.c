/* SPDX-License-Identifier: MIT */
/*
 * Stops are taken from wait4 in sweeps: one blocking call, then as many as are ready, and only then
 * are they handled and their tracees resumed. So each tracee has its turn before any has a second
 * one, however many loop. A single active tracee is asked directly instead (pace.h).
 * The loop ends when there is nothing left to wait for, not when no tracee is known: the first stop
 * of a child may come after its parent is gone.
 */
#include "record/ptrace/ptrace.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#define SWEEP 64
/* The tracee asked directly must not keep others from their turn. */
#define LOOK_AROUND_EVERY 16
/* How long a command may take to stop, in ticks. */
#define STOP_TICKS 20

int rn_ptrace(enum __ptrace_request request, pid_t tid, void *addr, void *data)
{
	if (ptrace(request, tid, addr, data) >= 0)
		return 0;
	return errno == ESRCH ? RN_E_GONE : RN_E_IO;
}

void rn_ptrace_interrupt(struct rn_tracee *t)
{
	t->asked_back = rn_ptrace(PTRACE_INTERRUPT, t->tid, 0, 0) == 0;
}

void rn_ptrace_resume(struct rn_ptrace *b, struct rn_tracee *t, int sig)
{
	if (b->tamper.frozen_until_ns) {
		rn_tamper_hold_back(b, t, sig, b->tamper.frozen_until_ns);
		return;
	}
	t->state = RN_TRACEE_RUNNING;
	if (b->rec->unseen && rn_ptrace_let_go(b, t)) {
		b->resumed = NULL;
		rn_ptrace(PTRACE_CONT, t->tid, 0, (void *)(intptr_t)sig);
		return;
	}
	b->resumed = t;
	rn_ptrace(PTRACE_SYSCALL, t->tid, 0, (void *)(intptr_t)sig);
}

static bool is_call_stop(int status)
{
	return WSTOPSIG(status) == (SIGTRAP | 0x80);
}

static void call_stop(struct rn_ptrace *b, struct rn_tracee *t, uint64_t now_ns)
{
	rn_call_stop stop;
	if (ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof(stop), &stop) <= 0)
		return; /* killed meanwhile: its end comes through wait */
	rn_ptrace_call_stop(b, t, &stop, now_ns);
}

static void dispatch(struct rn_ptrace *b, pid_t tid, int status, uint64_t now_ns)
{
	struct rn_tracee *t = rn_tracees_find(&b->tracees, tid);
	if (!WIFSTOPPED(status)) {
		if (t)
			rn_ptrace_ended(b, t, status);
		return; /* else a child that was never ours to trace */
	}
	if (!t || t->state == RN_TRACEE_EXPECTED) {
		rn_ptrace_new_stop(b, tid, status);
		return;
	}
	if (t->held_back_ns && is_call_stop(status) && !b->detaching)
		return; /* the stop it is held back in, which was come by without waiting */
	t->state = RN_TRACEE_STOPPED;
	if (t->unseen && !b->rec->unseen)
		rn_ptrace_is_back(b, t);
	if (b->detaching)
		rn_ptrace_detach_stopped(b, t, status);
	else if (is_call_stop(status))
		call_stop(b, t, now_ns);
	else if (status >> 16)
		rn_ptrace_event_stop(b, t, status);
	else
		rn_ptrace_signal_stop(b, t, WSTOPSIG(status));
}

struct arrival {
	pid_t tid;
	int status;
};

/* One blocking wait, then what else is there. The number of arrivals; -1: nobody is left. */
static int wait_sweep(struct rn_ptrace *b, struct arrival *a, int flags)
{
	int n = 0;
	do {
		pid_t tid = wait4(-1, &a[n].status, __WALL | flags, NULL);
		if (tid < 0 && errno == EINTR)
			return n;
		if (tid < 0)
			return n ? n : -1;
		if (tid == 0)
			return n;
		a[n++].tid = tid;
		flags = WNOHANG;
	} while (n < SWEEP && b->tracees.n > 1 && !rn_pace_single(&b->pace));
	return n;
}

static void dispatch_all(struct rn_ptrace *b, const struct arrival *a, int n)
{
	uint64_t now_ns = n ? rn_recording_now(b->rec) : 0;
	for (int i = 0; i < n; i++) {
		rn_pace_stop(&b->pace, a[i].tid, now_ns, true);
		dispatch(b, a[i].tid, a[i].status, now_ns);
	}
}

/* Asks the tracee resumed last whether it has stopped at a call again. */
static bool ask_directly(struct rn_ptrace *b)
{
	struct rn_tracee *t = b->resumed;
	rn_call_stop stop;
	if (!t || t->state != RN_TRACEE_RUNNING || !rn_pace_ask(&b->pace, t->tid))
		return false;
	long r = ptrace(PTRACE_GET_SYSCALL_INFO, t->tid, sizeof(stop), &stop);
	if (r <= 0 || stop.op == PTRACE_SYSCALL_INFO_NONE) {
		rn_pace_missed(&b->pace);
		return false;
	}
	uint64_t now_ns = rn_recording_now(b->rec);
	rn_pace_stop(&b->pace, t->tid, now_ns, false);
	t->state = RN_TRACEE_STOPPED;
	rn_ptrace_call_stop(b, t, &stop, now_ns);
	return true;
}

/* Were we to stop at once, the shell would take the terminal back while the command still reads from
 * it, or puts it in order. One that does not stop ignores the signal: so do we then. */
static void stop_with_command(struct rn_ptrace *b)
{
	const struct rn_tracee *t = rn_tracees_find(&b->tracees, b->root);
	if (t && t->state != RN_TRACEE_LISTENING && b->n_stop_ticks < STOP_TICKS)
		return;
	b->n_stop_ticks = 0;
	if (t && t->state == RN_TRACEE_LISTENING)
		rn_asked_stop_now();
	else
		rn_asked_stop_refused();
}

static void tick(struct rn_ptrace *b)
{
	b->n_stop_ticks += rn_asked_to_stop();
	uint64_t now_ns = rn_recording_now(b->rec);
	rn_ptrace_preview(b, now_ns);
	if (b->n_held)
		rn_ptrace_adopt_held(b, now_ns);
	if (b->rec->ladder) {
		rn_ladder_look(b->rec->ladder, b->rec);
		rn_ptrace_ask_back(b);
	}
}

/* What is not a stop: our own signals, the output's end, the tick. */
static void look_up(struct rn_ptrace *b)
{
	if (!b->detaching && (rn_asked_signal() || rn_recording_broken(b->rec))) {
		b->out.stop_signal = rn_asked_signal();
		b->out.reason = b->out.stop_signal ? RN_END_DETACHED : RN_END_OUTPUT;
		rn_ptrace_detach_begin(b);
	}
	if (rn_asked_tick())
		tick(b);
	if (b->rec->retell)
		rn_ptrace_retell(b);
	if (b->tamper.chaos && !b->detaching)
		rn_tamper_look(b);
	if (rn_asked_to_stop())
		stop_with_command(b);
}

void rn_ptrace_loop(struct rn_ptrace *b)
{
	struct arrival a[SWEEP];
	unsigned direct = 0;
	for (;;) {
		look_up(b);
		if (b->detaching && (b->tracees.n == 0 || rn_asked_times() > 1))
			return;
		if (!b->detaching && ask_directly(b)) {
			if (b->tracees.n == 1 || ++direct % LOOK_AROUND_EVERY)
				continue;
			int n = wait_sweep(b, a, WNOHANG);
			if (n > 0)
				dispatch_all(b, a, n);
			continue;
		}
		rn_asked_want_tick();
		int n = wait_sweep(b, a, 0);
		if (n < 0)
			return;
		dispatch_all(b, a, n);
	}
}
