/* SPDX-License-Identifier: MIT */
/*
 * A child and its parent's event may stop in either order. Whichever comes first is kept: a child
 * that stops unannounced is HELD until its parent tells of it, so that the trace knows who made it.
 * A parent may be killed before it can: then the child is adopted after a while without one.
 */
#include "record/ptrace/ptrace.h"

#include "record/cgroup.h"
#include "record/tracee/effects.h"
#include "record/tracee/fd_table.h"
#include "record/tracee/fdwatch.h"
#include "record/tracee/procfs.h"

#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

#define HOLD_NS 50000000u

static unsigned long event_message(pid_t tid)
{
	unsigned long message = 0;
	rn_ptrace(PTRACE_GETEVENTMSG, tid, 0, &message);
	return message;
}

static struct rn_process *process_for(struct rn_ptrace *b, const struct rn_tracee *t, pid_t tgid,
	const struct rn_tracee *parent)
{
	if (tgid == t->tid)
		return rn_process_new(tgid, t->utid);
	struct rn_tracee *leader = rn_tracees_find(&b->tracees, tgid);
	if (leader && leader->process)
		return leader->process;
	if (parent && parent->process && parent->process->pid == tgid)
		return parent->process;
	return rn_process_new(tgid, t->utid);
}

/* s: empty of a task that is gone. */
static void push_task(struct rn_ptrace *b, const struct rn_tracee *t, const struct rn_proc_status *s,
	enum rn_task_how how, uint32_t parent, uint64_t clone_flags)
{
	char exe[4096];
	bool seen = how == RN_TASK_ATTACHED || how == RN_TASK_FOUND || how == RN_TASK_CARRIED;
	ssize_t exe_len = seen ? rn_proc_link(t->tid, "exe", exe, sizeof(exe)) : 0;
	struct rn_event ev = {
		.ts_ns = rn_recording_now(b->rec), .utid = t->utid, .kind = RN_EV_TASK,
	};
	ev.TASK = (struct rn_ev_TASK){
		.how = how,
		.leader = t->process ? t->process->leader : t->utid,
		.parent = parent,
		.tid = (uint64_t)t->tid,
		.pid = (uint64_t)s->tgid,
		.ns_tid = s->ns_tid != t->tid ? (uint64_t)s->ns_tid : 0,
		.ns_pid = s->ns_tgid != s->tgid ? (uint64_t)s->ns_tgid : 0,
		.clone_flags = clone_flags,
		.comm = rn_bytes_str(s->comm),
		.exe = rn_bytes_of(exe, exe_len > 0 ? (size_t)exe_len : 0),
		.ppid = (uint64_t)s->ppid,
		.cgroup = s->comm[0] ? rn_cgroup_of(t->tid) : 0,
	};
	rn_recording_push(b->rec, &ev);
}

void rn_ptrace_introduce(struct rn_ptrace *b, struct rn_tracee *t, enum rn_task_how how,
	const struct rn_tracee *parent, uint64_t clone_flags)
{
	struct rn_proc_status s = { 0 };
	if (rn_proc_status(&s, t->tid) < 0) {
		bool thread = clone_flags & CLONE_THREAD && parent && parent->process;
		s.tgid = thread ? parent->process->pid : t->held_tgid ? t->held_tgid : t->tid;
	}
	t->utid = rn_recording_new_utid(b->rec);
	struct rn_process *process = process_for(b, t, s.tgid, parent);
	if (process) {
		rn_tracee_join(t, process);
		rn_fd_table_born(t, parent, clone_flags);
		process->ns_pid = s.ns_tgid != s.tgid ? s.ns_tgid : 0;
	}
	push_task(b, t, &s, how, parent ? parent->utid : 0, clone_flags);
	if (how == RN_TASK_COMMAND || how == RN_TASK_ATTACHED || how == RN_TASK_FOUND)
		rn_effects_begin(b->rec, &b->modules, t, how != RN_TASK_COMMAND);
}

void rn_ptrace_retell(struct rn_ptrace *b)
{
	struct rn_proc_status s;
	b->rec->retell = false;
	for (uint32_t i = 0; i < b->tracees.n_slots; i++) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, i);
		if (!t || !t->utid || rn_proc_status(&s, t->tid) < 0)
			continue;
		push_task(b, t, &s, RN_TASK_CARRIED, 0, 0);
		bool leader = t->process && t->process->leader == t->utid;
		bool apart = t->process && t->process->fds != t->fds;
		if (!leader && !apart)
			continue;
		if (leader && apart)
			rn_fdwatch_apart(b->rec, t, RN_APART_FILES | RN_APART_EMPTY);
		else if (t->fds)
			memset(t->fds->open, 0, sizeof(t->fds->open)); /* none is taken to be told of */
		rn_effects_begin(b->rec, &b->modules, t, true);
	}
}

/* Of a call whose entry was not seen; of clone3 they are in memory. */
static uint64_t flags_in_memory(pid_t tid, uint64_t at)
{
	uint64_t flags = 0;
	struct rn_memory memory = { 0 };
	return rn_memory_read_one(&memory, tid, at, &flags, sizeof(flags)) == sizeof(flags) ? flags : 0;
}

static uint64_t unseen_clone_flags(const struct rn_tracee *parent)
{
	uint64_t regs[RN_REGS_MAX], nr = 0, args[6] = { 0 };
	if (rn_ptrace_regs(parent->tid, regs))
		rn_ptrace_regs_call(regs, &nr, args);
	const struct rn_syscall *desc = rn_syscall((enum rn_abi)parent->abi, (uint32_t)nr);
	if (desc && strcmp(desc->name, "clone") == 0)
		return args[0];
	return desc && strcmp(desc->name, "clone3") == 0 ? flags_in_memory(parent->tid, args[0]) : 0;
}

static uint64_t clone_flags_of(const struct rn_tracee *parent, int event)
{
	const char *name = parent->in_call && parent->desc ? parent->desc->name : "";
	uint64_t unseen = parent->in_call ? 0 : unseen_clone_flags(parent);
	if (unseen)
		return unseen;
	if (strcmp(name, "clone") == 0)
		return parent->args[0];
	if (strcmp(name, "clone3") == 0) {
		const struct rn_span *s = rn_capture_find(&parent->capture, RN_PHASE_ENTRY,
			parent->args[0], 8);
		uint64_t flags = 0;
		if (s)
			memcpy(&flags, s->bytes, sizeof(flags));
		return flags;
	}
	return event == PTRACE_EVENT_VFORK ? CLONE_VFORK | CLONE_VM | SIGCHLD : SIGCHLD;
}

static enum rn_task_how how_of(int event)
{
	return event == PTRACE_EVENT_FORK ? RN_TASK_FORK :
		event == PTRACE_EVENT_VFORK ? RN_TASK_VFORK : RN_TASK_CLONE;
}

static void no_longer_held(struct rn_ptrace *b, struct rn_tracee *t)
{
	if (t->state == RN_TRACEE_HELD)
		b->n_held--;
	t->state = RN_TRACEE_STOPPED;
}

/* It is to run unseen from its beginning. */
static void be_like_parent(struct rn_tracee *child, const struct rn_tracee *parent)
{
	child->n_calls = parent->n_calls;
	child->abi = parent->abi;
	rn_effects_unseen(child);
}

static void child_event(struct rn_ptrace *b, struct rn_tracee *parent, int event)
{
	pid_t tid = (pid_t)event_message(parent->tid);
	struct rn_tracee *child = tid > 0 ? rn_tracees_find(&b->tracees, tid) : NULL;
	bool held = child != NULL;
	if (!child && tid > 0)
		child = rn_tracees_add(&b->tracees, tid);
	if (child && !child->utid)
		rn_ptrace_introduce(b, child, how_of(event), parent, clone_flags_of(parent, event));
	if (child && parent->unseen)
		be_like_parent(child, parent);
	if (held && child->state == RN_TRACEE_HELD) {
		no_longer_held(b, child);
		rn_ptrace_resume(b, child, 0);
	}
	rn_ptrace_resume(b, parent, 0);
}

/* While it can be read: who is killed before its parent tells of it leaves nothing in /proc. */
static pid_t tgid_of(pid_t tid)
{
	struct rn_proc_status s;
	return rn_proc_status(&s, tid) == 0 ? s.tgid : 0;
}

void rn_ptrace_new_stop(struct rn_ptrace *b, pid_t tid, int status)
{
	struct rn_tracee *t = rn_tracees_find(&b->tracees, tid);
	if (b->detaching || (!t && !b->rec->options->follow)) {
		/* Not followed, yet traced: a child made with CLONE_PTRACE. */
		rn_ptrace(PTRACE_DETACH, tid, 0, NULL);
		if (t)
			rn_tracees_remove(&b->tracees, t);
		return;
	}
	if (!t && !(t = rn_tracees_add(&b->tracees, tid))) {
		rn_ptrace(PTRACE_DETACH, tid, 0, NULL); /* no memory: it runs on unseen */
		return;
	}
	if (!t->utid) {
		t->state = RN_TRACEE_HELD;
		t->since_ns = rn_recording_now(b->rec);
		t->held_tgid = tgid_of(tid);
		b->n_held++;
		rn_asked_want_tick();
		return;
	}
	t->state = RN_TRACEE_STOPPED;
	if (status >> 16)
		rn_ptrace_event_stop(b, t, status);
	else
		rn_ptrace_signal_stop(b, t, WSTOPSIG(status));
}

void rn_ptrace_adopt_held(struct rn_ptrace *b, uint64_t now_ns)
{
	for (uint32_t i = 0; i < b->tracees.n_slots && b->n_held; i++) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, i);
		if (!t || t->state != RN_TRACEE_HELD || now_ns - t->since_ns < HOLD_NS)
			continue;
		rn_ptrace_introduce(b, t, RN_TASK_FOUND, NULL, 0);
		no_longer_held(b, t);
		rn_ptrace_resume(b, t, 0);
	}
}

static void push_exit(struct rn_ptrace *b, const struct rn_tracee *t, int status, bool superseded)
{
	struct rn_event ev = {
		.ts_ns = rn_recording_now(b->rec), .utid = t->utid, .kind = RN_EV_EXIT,
	};
	ev.EXIT.status = (uint64_t)status;
	ev.EXIT.superseded = superseded;
	rn_recording_push(b->rec, &ev);
}

/* While there still is a process to look at. */
static void last_look(struct rn_ptrace *b, const struct rn_tracee *t)
{
	const struct rn_process *p = t->process;
	if (t->utid && p && (t->tid == p->pid || p->n_tracees == 1))
		rn_modules_perf_map(b->rec, p->pid, p->ns_pid);
}

static void forget(struct rn_ptrace *b, struct rn_tracee *t)
{
	if (t->held_back_ns)
		b->tamper.n_held_back--;
	if (b->resumed == t)
		b->resumed = NULL;
	rn_ptrace_forget_unseen(b, t);
	rn_tracees_remove(&b->tracees, t);
}

void rn_ptrace_ended(struct rn_ptrace *b, struct rn_tracee *t, int status)
{
	if (t->tid == b->root) {
		b->out.have_status = true;
		b->out.wait_status = status;
	}
	if (t->state == RN_TRACEE_HELD)
		b->n_held--;
	if (!t->utid && !b->silent)
		rn_ptrace_introduce(b, t, RN_TASK_FOUND, NULL, 0);
	if (t->utid) {
		rn_ptrace_call_unfinished(b, t);
		push_exit(b, t, status, false);
	}
	forget(b, t);
}

/* A thread that was not the leader has executed a program: the leader is gone without a word, and
 * the thread goes on under the leader's tid. */
static struct rn_tracee *supersede(struct rn_ptrace *b, struct rn_tracee *leader, pid_t old_tid)
{
	struct rn_tracee *t = rn_tracees_find(&b->tracees, old_tid);
	pid_t tid = leader->tid;
	if (!t || t == leader)
		return leader;
	rn_ptrace_call_unfinished(b, leader);
	push_exit(b, leader, 0, true);
	forget(b, leader);
	rn_tracees_rename(&b->tracees, t, tid);
	return t;
}

static enum rn_abi abi_now(const struct rn_tracee *t)
{
	uint64_t regs[RN_REGS_MAX];
	if (!rn_ptrace_regs(t->tid, regs))
		return (enum rn_abi)t->abi;
#if defined(__x86_64__)
	return regs[RN_X86_CS] == 0x23 ? RN_ABI_I386 : RN_ABI_X86_64;
#else
	return (enum rn_abi)t->abi;
#endif
}

static void exec_event(struct rn_ptrace *b, struct rn_tracee *t)
{
	pid_t old_tid = (pid_t)event_message(t->tid);
	char exe[4096], comm[64];
	t = supersede(b, t, old_tid);
	ssize_t exe_len = rn_proc_link(t->tid, "exe", exe, sizeof(exe));
	ssize_t comm_len = rn_proc_text(t->tid, "comm", comm, sizeof(comm));
	b->executed |= t->tid == b->root;
	t->interrupted_sp = 0;
	t->state = RN_TRACEE_STOPPED;
	struct rn_event ev = {
		.ts_ns = rn_recording_now(b->rec), .utid = t->utid, .kind = RN_EV_EXEC,
	};
	ev.EXEC = (struct rn_ev_EXEC){
		.tid = (uint64_t)t->tid,
		.old_tid = old_tid != t->tid ? (uint64_t)old_tid : 0,
		.exe = rn_bytes_of(exe, exe_len > 0 ? (size_t)exe_len : 0),
		.comm = rn_bytes_of(comm, comm_len > 0 ? (size_t)comm_len - 1 : 0), /* newline */
		.abi = abi_now(t),
	};
	rn_recording_push(b->rec, &ev);
	if (t->unseen)
		rn_effects_exec_unseen(t);
	else
		rn_effects_exec(b->rec, &b->modules, t);
	rn_ptrace_resume(b, t, 0);
}

static void stop_event(struct rn_ptrace *b, struct rn_tracee *t, int sig)
{
	if (sig == SIGSTOP || sig == SIGTSTP || sig == SIGTTIN || sig == SIGTTOU)
		rn_ptrace_group_stop(b, t, sig);
	else {
		rn_ptrace_mend(t);
		rn_ptrace_resume(b, t, 0); /* its first stop, our interrupt, or SIGCONT */
	}
}

void rn_ptrace_event_stop(struct rn_ptrace *b, struct rn_tracee *t, int status)
{
	int event = status >> 16;
	switch (event) {
	case PTRACE_EVENT_FORK:
	case PTRACE_EVENT_VFORK:
	case PTRACE_EVENT_CLONE:
		child_event(b, t, event);
		break;
	case PTRACE_EVENT_EXEC:
		exec_event(b, t);
		break;
	case PTRACE_EVENT_EXIT:
		rn_ptrace_call_unfinished(b, t);
		last_look(b, t);
		rn_ptrace_resume(b, t, 0);
		if (!t->held_back_ns)
			t->state = RN_TRACEE_DYING;
		break;
	case PTRACE_EVENT_STOP:
		stop_event(b, t, WSTOPSIG(status));
		break;
	default:
		rn_ptrace_resume(b, t, 0);
	}
}
