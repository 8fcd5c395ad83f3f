/* SPDX-License-Identifier: MIT */
/**
 * signals - what is delivered, what is ignored without being delivered, and stops.
 *
 * A tracer is shown ignored signals too, because being traced makes the kernel deliver them. Here
 * nothing is changed, so they are told where the kernel drops them.
 */
#ifndef RN_RECORD_BPF_SIGNALS_BPF_H
#define RN_RECORD_BPF_SIGNALS_BPF_H

#include "record/bpf/stack.bpf.h"

#define SIGKILL 9
#define SI_KERNEL 0x80
#define SIGNAL_DELIVERED 0      /* TRACE_SIGNAL_DELIVERED */
#define SIGNAL_IGNORED 1        /* TRACE_SIGNAL_IGNORED */
#define TASK_STOPPED 4
#define STOP_SIGNAL_MASK 0xffff /* of jobctl */

/* The kernel has a number in place of an address for senders that say nothing more. */
static __always_inline void put_siginfo(struct rn_bpf_signal *r, int sig, struct kernel_siginfo *info,
	struct task_struct *to)
{
	__builtin_memset(r->info, 0, sizeof(r->info));
	if ((__u64)info > 1) {
		bpf_probe_read_kernel(r->info, sizeof(r->info), info);
		return;
	}
	__u32 *w = (void *)r->info;
	w[0] = (__u32)sig;
	if (info) {
		w[2] = SI_KERNEL;
		return;
	}
	w[4] = tgid_seen_by((void *)bpf_get_current_task(), to);
	w[5] = (__u32)bpf_get_current_uid_gid();
}

static __always_inline bool is_told(const struct rn_bpf_task *t, int sig)
{
	return t && !(t->flags & (RN_BPF_SILENT | RN_BPF_OUTSIDE)) && sig != SIGKILL;
}

SEC("tp_btf/signal_deliver")
int BPF_PROG(on_deliver, int sig, struct kernel_siginfo *info)
{
	struct rn_bpf_signal r;
	struct rn_bpf_task *t = this_task();
	if (!t || !is_told(t, sig))
		return 0;
	if (settings.stack_bytes)
		note_interrupted(t);
	begin_record(&r.r, RN_BPF_SIGNAL, sizeof(r));
	r.signo = (__u32)sig;
	r.pad = 0;
	put_siginfo(&r, sig, info, (void *)bpf_get_current_task());
	emit_anywhere(&r, sizeof(r));
	return 0;
}

static __always_inline bool is_ending(struct task_struct *task)
{
	return READ(READ(task, signal), flags) & SIGNAL_GROUP_EXIT;
}

/* A signal that kills by default without a core is not delivered: the process is set to end with it,
 * and its threads see SIGKILL. */
static __always_inline bool is_killing(struct task_struct *task, int sig, int result)
{
	return result == SIGNAL_DELIVERED && is_ending(task) && READ(READ(task, signal), group_exit_code) == sig;
}

/* What comes to a process that ends already is dropped, and no tracer sees it. */
static __always_inline bool is_ignored(struct task_struct *task, int result)
{
	return result == SIGNAL_IGNORED && !is_ending(task);
}

SEC("tp_btf/signal_generate")
int BPF_PROG(on_generate, int sig, struct kernel_siginfo *info, struct task_struct *task, int group,
	int result)
{
	struct rn_bpf_signal r;
	__u32 tid = tid_of(task);
	struct rn_bpf_task *t = find_task(tid);
	bool kills = is_killing(task, sig, result);
	if (!t || !is_told(t, sig) || (!kills && !is_ignored(task, result)))
		return 0;
	if (kills)
		t->dying = 1;
	begin_record(&r.r, RN_BPF_SIGNAL, sizeof(r));
	r.r.tid = tid;
	r.r.tgid = tgid_of(task);
	r.signo = (__u32)sig;
	r.pad = 0;
	put_siginfo(&r, sig, info, task);
	emit_anywhere(&r, sizeof(r));
	return 0;
}

/* Direct loads: this is on the way of every switch of tasks. */
static __always_inline __u32 state_of(struct task_struct *task)
{
	struct task_struct___named *named = (void *)task;
	struct task_struct___old *old = (void *)task;
	__u32 state = 0;
	if (bpf_core_field_exists(named->__state))
		bpf_core_read(&state, sizeof(state), &named->__state);
	else
		bpf_core_read(&state, sizeof(state), &old->state);
	return state;
}

/* A thread that stops leaves its CPU in the state of being stopped. */
SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempt, struct task_struct *prev)
{
	struct rn_bpf_signal r;
	if (preempt || !(state_of(prev) & TASK_STOPPED))
		return 0;
	__u32 tid = tid_of(prev);
	if (!is_told(find_task(tid), 0))
		return 0;
	begin_record(&r.r, RN_BPF_STOPPED, sizeof(r));
	__builtin_memset(r.info, 0, sizeof(r.info));
	r.r.tid = tid;
	r.r.tgid = tgid_of(prev);
	r.signo = (__u32)prev->jobctl & STOP_SIGNAL_MASK;
	r.pad = 0;
	emit_anywhere(&r, sizeof(r));
	return 0;
}

#endif
