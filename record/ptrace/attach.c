/* SPDX-License-Identifier: MIT */
/*
 * PTRACE_SEIZE leaves a thread running, so that all can be seized before any is stopped. A thread
 * made by one that is not seized yet is missed: the list is gone through again until nothing new
 * is in it. Those made by seized ones attach themselves.
 */
#include "record/ptrace/ptrace.h"

#include "record/tracee/procfs.h"
#include "shared/diag.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define MAX_PASSES 1000

long rn_ptrace_options(const struct rn_ptrace *b)
{
	long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT;
	if (b->rec->options->follow)
		options |= PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK;
	return options;
}

struct seizing {
	struct rn_ptrace *b;
	unsigned n_new;
	int errnum; /* of the last thread that could not be seized */
};

static void seize_thread(void *arg, long tid)
{
	struct seizing *s = arg;
	struct rn_ptrace *b = s->b;
	if (rn_tracees_find(&b->tracees, (pid_t)tid))
		return;
	if (ptrace(PTRACE_SEIZE, (pid_t)tid, 0, rn_ptrace_options(b)) < 0) {
		s->errnum = errno;
		return;
	}
	struct rn_tracee *t = rn_tracees_add(&b->tracees, (pid_t)tid);
	if (!t)
		return;
	t->state = RN_TRACEE_RUNNING;
	s->n_new++;
}

static int refuse(pid_t pid, int errnum, struct rn_error *err)
{
	struct rn_proc_status s;
	int code = rn_error_of_errno(errnum);
	if (rn_proc_status(&s, pid) == 0 && s.tracer)
		return rn_fail(err, RN_E_PERM, "Failed to attach to %d: already traced by process %d",
			(int)pid, (int)s.tracer);
	if (errnum == EPERM && s.state == 'Z')
		return rn_fail(err, RN_E_GONE, "Failed to attach to %d: it has ended already (zombie)",
			(int)pid);
	if (errnum == EPERM)
		return rn_fail(err, code, "Failed to attach to %d: not permitted (another user's, or "
			"kernel.yama.ptrace_scope or a container forbids it)", (int)pid);
	return rn_fail_errno(err, code, errnum, "Failed to attach to %d", (int)pid);
}

static int check_pid(pid_t pid, pid_t *tgid, struct rn_error *err)
{
	struct rn_proc_status s;
	if (rn_proc_status(&s, pid) < 0)
		return rn_fail(err, RN_E_NOT_FOUND, "Failed to attach to %d: no such process", (int)pid);
	if (s.tgid == getpid())
		return rn_fail(err, RN_E_PERM, "Failed to attach to %d: that is this recorder itself",
			(int)pid);
	*tgid = s.tgid;
	return 0;
}

static int seize_process(struct rn_ptrace *b, pid_t pid, struct rn_error *err)
{
	struct seizing s = { .b = b };
	pid_t tgid = 0;
	unsigned n = 0;
	int r = check_pid(pid, &tgid, err);
	if (r < 0)
		return r;
	for (unsigned pass = 0; pass < MAX_PASSES; pass++) {
		s.n_new = 0;
		if (b->rec->options->follow)
			rn_proc_numbers(tgid, "task", seize_thread, &s);
		else
			seize_thread(&s, pid);
		n += s.n_new;
		if (!s.n_new)
			break;
	}
	return n ? 0 : refuse(pid, s.errnum ? s.errnum : ESRCH, err);
}

int rn_ptrace_attach(struct rn_ptrace *b, struct rn_error *err)
{
	struct rn_error why;
	int r = 0;
	for (size_t i = 0; i < b->target->n_pids; i++) {
		r = seize_process(b, b->target->pids[i], &why);
		if (r < 0 && b->target->n_pids > 1)
			rn_diag_warn(b->rec->diag, "%s", why.message);
	}
	if (b->tracees.n)
		return 0;
	if (b->target->n_pids == 1)
		return rn_fail(err, r, "%s", why.message);
	return rn_fail(err, r, "none of the processes could be attached to");
}

/* The leader of a process is introduced before its threads, whose process it makes. */
static void introduce_attached(struct rn_ptrace *b, struct rn_tracee *t)
{
	struct rn_proc_status s;
	if (t->utid)
		return;
	struct rn_tracee *leader = rn_proc_status(&s, t->tid) == 0 ?
		rn_tracees_find(&b->tracees, s.tgid) : NULL;
	if (leader && !leader->utid)
		rn_ptrace_introduce(b, leader, RN_TASK_ATTACHED, NULL, 0);
	if (leader != t)
		rn_ptrace_introduce(b, t, RN_TASK_ATTACHED, NULL, 0);
}

void rn_ptrace_begin_attached(struct rn_ptrace *b)
{
	for (uint32_t i = 0; i < b->tracees.n_slots; i++) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, i);
		if (!t)
			continue;
		introduce_attached(b, t);
		rn_ptrace_interrupt(t);
	}
}
