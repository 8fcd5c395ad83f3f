/* SPDX-License-Identifier: MIT */
/**
 * tree - births, executions and deaths of threads: which are recorded is kept here, in the kernel.
 */
#ifndef RN_RECORD_BPF_TREE_BPF_H
#define RN_RECORD_BPF_TREE_BPF_H

#include "record/bpf/calls.bpf.h"

#define PF_NOT_USER (0x00200000 | 0x10 | 0x4000) /* PF_KTHREAD, PF_IO_WORKER, PF_USER_WORKER */

static __always_inline void tell_fork(struct task_struct *child, __u64 clone_flags,
	struct rn_bpf_task *parent)
{
	struct side *side = get_side();
	if (!side)
		return;
	struct rn_bpf_fork *f = &side->fork;
	begin_record(&f->r, RN_BPF_FORK, sizeof(*f));
	f->r.flags = parent ? 0 : RN_BPF_FOUND;
	f->clone_flags = clone_flags;
	f->child_tid = tid_of(child);
	f->child_tgid = tgid_of(child);
	f->ns_tid = innermost_number(READ(child, thread_pid));
	f->ns_tgid = f->child_tid == f->child_tgid ? f->ns_tid : innermost_number(READ(READ(child, group_leader), thread_pid));
	f->ppid = tgid_of(READ(child, real_parent));
	f->cgroup = bpf_core_field_exists(child->cgroups) ?
		READ(READ(READ(READ(child, cgroups), dfl_cgrp), kn), id) : 0;
	f->exit_signal = READ(child, exit_signal);
	f->nr = parent && parent->flags & RN_BPF_IN_CALL ? parent->nr : ~0u;
	f->abi = parent ? parent->abi : 0;
	f->arg0 = parent ? parent->args[0] : 0;
	BPF_CORE_READ_STR_INTO(&f->comm, child, comm);
	emit(side, sizeof(*f));
}

/* A thread that makes a call and is not known: of interest when all are, or those of its cgroup. */
noinline int adopt_task(__u64 regs)
{
	__u64 id = current_numbers();
	__u32 tgid = (__u32)(id >> 32);
	if (!tgid || tgid == settings.own_tgid || tgid == settings.reader_tgid || !is_in_cgroup())
		return -1;
	if (!add_task((__u32)id, tgid))
		return -1;
	tell_fork((void *)bpf_get_current_task(), 0, NULL);
	return learn_task(regs);
}

SEC("tp_btf/task_newtask")
int BPF_PROG(on_newtask, struct task_struct *child, __u64 clone_flags)
{
	struct rn_bpf_task *parent = this_task();
	if (!parent || parent->flags & RN_BPF_SILENT || !settings.follow ||
		READ(child, flags) & PF_NOT_USER)
		return 0;
	/* The recorder may have seen it in /proc before we are told of it. */
	__u32 tid = tid_of(child);
	struct rn_bpf_task *t = find_task(tid);
	if (!t)
		t = add_task(tid, tgid_of(child));
	__u64 stack = 0;
	if (!t)
		return 0;
	BPF_CORE_READ_INTO(&stack, child, stack);
	forget_stack(stack);
	t->flags = RN_BPF_NEW;
	tell_fork(child, clone_flags, parent);
	return 0;
}

/* What could not be read in the old image lies in the new one: the kernel has just written it there. */
static __always_inline void tell_args(const struct rn_bpf_task *t, struct mm_struct *mm,
	struct linux_binprm *bprm)
{
	struct scratch *s = get_scratch();
	if (!s)
		return;
	struct rn_bpf_args *a = (void *)&s->head;
	__u8 *to = (void *)(a + 1);
	begin_record(&a->r, RN_BPF_ARGS, 0);
	a->call = t->call;
	a->pad = 0;
	long n = bpf_probe_read_kernel_str(to, 4096, READ(bprm, filename));
	__u32 path = n > 0 ? (__u32)n & 8191 : 0;
	__u64 from = READ(mm, arg_start), len = READ(mm, arg_end) - from;
	if (len > RN_BPF_ARGS_BYTES - 1)
		len = RN_BPF_ARGS_BYTES - 1;
	len &= RN_BPF_ARGS_BYTES - 1;
	if (bpf_probe_read_user(to + path, len, (void *)from))
		len = 0;
	a->path_bytes = path;
	a->args_bytes = (__u32)len;
	a->r.len = (__u32)(sizeof(*a) + path + len);
	emit(a, sizeof(*a) + path + len);
}

/* The kernel tells the old number as the initial namespace has it. */
static __always_inline __u32 tid_before_exec(__u32 tid, __u32 old_tid)
{
	if (!settings.nested)
		return old_tid;
	if (old_tid == (__u32)bpf_get_current_pid_tgid())
		return tid;
	const __u32 *known = bpf_map_lookup_elem(&executing, &old_tid);
	return known ? *known : 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task, int old_tid, struct linux_binprm *bprm)
{
	__u32 tid = (__u32)current_numbers(), old = tid_before_exec(tid, (__u32)old_tid);
	struct rn_bpf_task *t = find_task(old);
	struct side *side = get_side();
	if (!t || !side || t->flags & RN_BPF_SILENT)
		return 0;
	if (old != tid) { /* it has become the leader, and has the leader's number now */
		struct rn_bpf_task *leader = add_task(tid, t->tgid);
		if (!leader)
			return 0;
		bpf_probe_read_kernel(&leader->flags, sizeof(*t) - sizeof(t->tid), &t->flags);
		drop_task(t);
		t = leader;
	}
	t->flags &= ~RN_BPF_COMMAND;
	t->image++;
	if (t->flags & RN_BPF_FAULTED)
		tell_args(t, READ(task, mm), bprm);
	t->stack_low = t->stack_high = t->interrupted_sp = 0;
	struct rn_bpf_exec *e = &side->exec;
	begin_record(&e->r, RN_BPF_EXEC, 0);
	struct mm_struct *mm = READ(task, mm);
	struct pt_regs *regs = (void *)t->regs_at;
	e->old_tid = old != tid ? old : 0;
	e->cs = regs ? (__u32)READ(regs, cs) : 0;
	e->vdso = (__u64)READ(mm, context.vdso);
	e->vdso_bytes = READ(READ(mm, context.vdso_image), size);
	e->arg_start = READ(mm, arg_start);
	e->arg_end = READ(mm, arg_end);
	struct fdtable *table = READ(READ(task, files), fdt);
	__u32 max_fds = READ(table, max_fds), bytes = max_fds / 8;
	if (bytes > sizeof(e->open_fds))
		bytes = sizeof(e->open_fds);
	__builtin_memset(e->open_fds, 0, sizeof(e->open_fds));
	bpf_probe_read_kernel(e->open_fds, bytes, READ(table, open_fds));
	bpf_get_current_comm(e->comm, sizeof(e->comm));
	e->maps_follow = CAN_ITERATE_MAPS;
	e->pad = 0;
	read_file(side, READ(mm, exe_file));
	emit_with_path(side, sizeof(*e));
	tell_all_maps(task);
	return 0;
}

static __always_inline __u32 status_of(struct task_struct *task)
{
	if (READ(READ(task, signal), flags) & SIGNAL_GROUP_EXIT)
		return (__u32)READ(READ(task, signal), group_exit_code);
	return (__u32)READ(task, exit_code);
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct rn_bpf_task *t = this_task();
	struct side *side = get_side();
	if (!t || !side)
		return 0;
	if (t->flags & RN_BPF_IN_CALL && !(t->call_flags & RN_BPF_STATE_ONLY)) {
		t->exit_ns = bpf_ktime_get_ns();
		t->call_flags |= RN_BPF_UNFINISHED;
		t->ret = 0;
		send_call(t, NULL, false);
	}
	begin_record(&side->r, RN_BPF_EXIT, sizeof(side->exit));
	side->exit.status = status_of(task);
	side->exit.live = (__u32)READ(READ(task, signal), live.counter);
	emit(side, sizeof(side->exit));
	drop_task(t);
	return 0;
}

#endif
