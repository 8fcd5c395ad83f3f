/* SPDX-License-Identifier: MIT */
/*
 * Threads by what the kernel tells of their births, executions and ends. Nothing is asked of /proc
 * but about threads that were there before us: others may be gone by the time their record is read.
 * The leader of a process that ends before its other threads is, for the world, there until they
 * have ended: its end is told then, as wait would.
 */
#include "record/bpf/bpf.h"

#include "record/cgroup.h"
#include "record/tracee/effects.h"
#include "record/tracee/fd_table.h"
#include "record/tracee/fdwatch.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>

static struct rn_process *process_for(struct rn_bpf *b, const struct rn_tracee *t, pid_t tgid,
	const struct rn_tracee *parent)
{
	if (tgid != t->tid) {
		struct rn_tracee *leader = rn_tracees_find(&b->tracees, tgid);
		if (leader && leader->process)
			return leader->process;
		if (parent && parent->process && parent->process->pid == tgid)
			return parent->process;
		return rn_process_new(tgid, t->utid);
	}
	return rn_process_new(tgid, t->utid);
}

static void join(struct rn_bpf *b, struct rn_tracee *t, pid_t tgid, const struct rn_tracee *parent,
	uint64_t clone_flags)
{
	t->utid = rn_recording_new_utid(b->rec);
	t->state = RN_TRACEE_RUNNING;
	struct rn_process *p = process_for(b, t, tgid, parent);
	if (p)
		rn_tracee_join(t, p);
	rn_fd_table_born(t, parent, clone_flags);
}

void rn_bpf_introduce(struct rn_bpf *b, struct rn_tracee *t, enum rn_task_how how)
{
	struct rn_proc_status s = { .tgid = t->tid };
	char exe[4096];
	ssize_t exe_len = 0;
	if (rn_proc_status(&s, t->tid) < 0 && !rn_bpf_remembered(b, t->tid, &s))
		s = (struct rn_proc_status){ .tgid = t->tid };
	join(b, t, s.tgid, NULL, 0);
	if (how != RN_TASK_COMMAND)
		exe_len = rn_proc_link(t->tid, "exe", exe, sizeof(exe));
	struct rn_event ev = {
		.ts_ns = rn_recording_now(b->rec), .utid = t->utid, .kind = RN_EV_TASK,
	};
	ev.TASK = (struct rn_ev_TASK){
		.how = how,
		.leader = t->process ? t->process->leader : t->utid,
		.tid = (uint64_t)t->tid,
		.pid = (uint64_t)s.tgid,
		.ns_tid = s.ns_tid != t->tid ? (uint64_t)s.ns_tid : 0,
		.ns_pid = s.ns_tgid != s.tgid ? (uint64_t)s.ns_tgid : 0,
		.comm = rn_bytes_str(s.comm),
		.exe = rn_bytes_of(exe, exe_len > 0 ? (size_t)exe_len : 0),
		.ppid = (uint64_t)s.ppid,
		.cgroup = rn_cgroup_of(t->tid),
	};
	rn_recording_push(b->rec, &ev);
	rn_effects_begin(b->rec, &b->modules, t, how != RN_TASK_COMMAND);
}

struct rn_tracee *rn_bpf_find(struct rn_bpf *b, const struct rn_bpf_record *r)
{
	struct rn_tracee *t = rn_tracees_find(&b->tracees, (pid_t)r->tid);
	if (t)
		return t;
	if (r->kind == RN_BPF_EXIT || b->stopping)
		return NULL; /* nothing was told of it, and nothing is to come */
	t = rn_tracees_add(&b->tracees, (pid_t)r->tid);
	if (t)
		rn_bpf_introduce(b, t, RN_TASK_FOUND);
	return t;
}

/* As the call itself said it; the kernel's flags are without the signal at the end. Of a call that is not
 * recorded only those are known, and of fork and vfork it has the same. */
static uint64_t clone_flags_of(const struct rn_bpf_fork *f, const char *call)
{
	if (strcmp(call, "clone") == 0)
		return f->arg0;
	if (strcmp(call, "clone3") == 0)
		return f->clone_flags;
	return f->clone_flags | (f->exit_signal > 0 ? (uint64_t)f->exit_signal : 0);
}

static enum rn_task_how how_of(const struct rn_bpf_fork *f)
{
	if (f->clone_flags & CLONE_VFORK)
		return RN_TASK_VFORK;
	return f->exit_signal == SIGCHLD ? RN_TASK_FORK : RN_TASK_CLONE;
}

void rn_bpf_fork(struct rn_bpf *b, struct rn_bytes record)
{
	struct rn_bpf_fork f;
	if (record.len < sizeof(f))
		return;
	memcpy(&f, record.p, sizeof(f));
	if (f.r.flags & RN_BPF_FOUND) {
		rn_bpf_find(b, &f.r); /* which introduces it, where it is not known */
		return;
	}
	struct rn_tracee *parent = rn_bpf_find(b, &f.r);
	struct rn_tracee *t = rn_tracees_find(&b->tracees, (pid_t)f.child_tid);
	if (t && f.r.ts_ns < b->introduced_ns)
		return; /* it was in /proc before the kernel told of it, and was introduced from there */
	if (t) /* the end of the one before was lost */
		rn_tracees_remove(&b->tracees, t);
	t = rn_tracees_add(&b->tracees, (pid_t)f.child_tid);
	if (!t)
		return;
	join(b, t, (pid_t)f.child_tgid, parent, f.clone_flags);
	const struct rn_syscall *call = rn_syscall((enum rn_abi)f.abi, f.nr);
	struct rn_event ev = {
		.ts_ns = rn_bpf_time(b, f.r.ts_ns), .utid = t->utid, .kind = RN_EV_TASK,
	};
	ev.TASK = (struct rn_ev_TASK){
		.how = how_of(&f),
		.leader = t->process ? t->process->leader : t->utid,
		.parent = parent ? parent->utid : 0,
		.tid = f.child_tid,
		.pid = f.child_tgid,
		.ns_tid = f.ns_tid,
		.ns_pid = f.ns_tgid,
		.clone_flags = clone_flags_of(&f, call ? call->name : ""),
		.comm = rn_bytes_of(f.comm, strnlen(f.comm, sizeof(f.comm))),
		.ppid = f.ppid,
		.cgroup = f.cgroup,
	};
	rn_recording_push(b->rec, &ev);
}

static void push_exit(struct rn_bpf *b, const struct rn_tracee *t, uint64_t ts_ns, uint32_t status,
	bool superseded)
{
	struct rn_event ev = { .ts_ns = ts_ns, .utid = t->utid, .kind = RN_EV_EXIT };
	ev.EXIT.status = status;
	ev.EXIT.superseded = superseded;
	rn_recording_push(b->rec, &ev);
}

static enum rn_abi abi_of(const struct rn_bpf_exec *e, enum rn_abi before)
{
	enum { USER32_CS = 0x23 };
	return !e->cs ? before : e->cs == USER32_CS ? RN_ABI_I386 : RN_ABI_X86_64;
}

/* Another thread of the process executes a program: it takes the leader's place and number. */
static void supersede(struct rn_bpf *b, const struct rn_bpf_exec *e, uint64_t ts_ns)
{
	struct rn_tracee *t = rn_tracees_find(&b->tracees, (pid_t)e->old_tid);
	struct rn_tracee *leader = rn_tracees_find(&b->tracees, (pid_t)e->r.tid);
	if (!t)
		return;
	if (leader) {
		push_exit(b, leader, ts_ns, 0, true);
		rn_tracees_remove(&b->tracees, leader);
	}
	rn_tracees_rename(&b->tracees, t, (pid_t)e->r.tid);
}

void rn_bpf_exec(struct rn_bpf *b, struct rn_bytes record)
{
	struct rn_bpf_exec e;
	struct rn_bpf_path path;
	struct rn_bytes names;
	char exe[RN_PATH_MAX + 16];
	if (!rn_bpf_take_path(record, sizeof(e), &path, &names))
		return;
	memcpy(&e, record.p, sizeof(e));
	uint64_t ts_ns = rn_bpf_time(b, e.r.ts_ns);
	if (e.old_tid)
		supersede(b, &e, ts_ns);
	struct rn_tracee *t = rn_bpf_find(b, &e.r);
	if (!t)
		return;
	b->executed |= t->tid == b->launch.pid;
	b->looked_at.pid = 0;
	struct rn_event ev = { .ts_ns = ts_ns, .utid = t->utid, .kind = RN_EV_EXEC };
	ev.EXEC = (struct rn_ev_EXEC){
		.tid = e.r.tid,
		.old_tid = e.old_tid,
		.exe = rn_bytes_of(exe, rn_bpf_path_text(&path, names, exe, sizeof(exe))),
		.comm = rn_bytes_of(e.comm, strnlen(e.comm, sizeof(e.comm))),
		.abi = abi_of(&e, RN_ABI_X86_64),
	};
	rn_recording_push(b->rec, &ev);
	rn_modules_executed(b->rec, &b->modules, t, e.vdso, e.vdso_bytes);
	if (!e.maps_follow)
		rn_modules_scan(b->rec, &b->modules, t);
	rn_fd_table_exec(t);
	rn_fdwatch_keep(b->rec, t, (const uint64_t *)e.open_fds);
}

void rn_bpf_exit(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record)
{
	struct rn_bpf_exit e;
	if (record.len < sizeof(e))
		return;
	memcpy(&e, record.p, sizeof(e));
	uint64_t ts_ns = rn_bpf_time(b, e.r.ts_ns);
	/* Whose other threads are not recorded ends for us here. */
	if (e.r.tid == e.r.tgid && e.live && b->rec->options->follow) {
		t->state = RN_TRACEE_DYING;
		return;
	}
	if (!e.live)
		rn_modules_perf_map(b->rec, (pid_t)e.r.tgid, 0);
	push_exit(b, t, ts_ns, e.status, false);
	rn_tracees_remove(&b->tracees, t);
	struct rn_tracee *leader = e.live ? NULL : rn_tracees_find(&b->tracees, (pid_t)e.r.tgid);
	if (leader && leader->state == RN_TRACEE_DYING) {
		push_exit(b, leader, ts_ns, e.status, false);
		rn_tracees_remove(&b->tracees, leader);
	}
}

bool rn_bpf_is_gone(const struct rn_tracee *t)
{
	return kill(t->tid, 0) < 0 && errno == ESRCH;
}

void rn_bpf_forget_gone(struct rn_bpf *b)
{
	for (uint32_t i = 0; i < b->tracees.n_slots;) {
		struct rn_tracee *t = rn_tracees_at(&b->tracees, i);
		bool before = t && t->gone;
		if (t)
			t->gone = rn_bpf_is_gone(t);
		if (!before || !t->gone) {
			i++;
			continue;
		}
		rn_bpf_drop_task(&b->load, (uint32_t)t->tid);
		if (t->tid == b->launch.pid && b->out.have_status)
			push_exit(b, t, rn_recording_now(b->rec), (uint32_t)b->out.wait_status, false);
		rn_tracees_remove(&b->tracees, t); /* which moves another into its place */
	}
}
