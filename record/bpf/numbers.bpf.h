/* SPDX-License-Identifier: MIT */
/**
 * numbers - what threads and processes are called: as the recorder's pid namespace has it.
 *
 * In the initial namespace the structures of a thread hold its numbers. In one below, a container's, a
 * thread has one in each namespace that sees it, pid_namespaces(7), and those that the recorder's
 * does not see have none: 0. Which of the two it is is known before the program is loaded, so that the
 * verifier leaves the other out.
 */
#ifndef RN_RECORD_BPF_NUMBERS_BPF_H
#define RN_RECORD_BPF_NUMBERS_BPF_H

#include "record/bpf/lane.bpf.h"

/* The recorder's pid namespace, and how deep it lies; see note_recorder. */
__u64 own_pid_ns;
__u32 own_pid_level;

#define PID_LEVELS 32 /* MAX_PID_NS_LEVEL */

static __always_inline struct upid *upid_at(struct pid *pid, __u32 level)
{
	return (void *)pid + bpf_core_field_offset(struct pid, numbers) +
		(level & (PID_LEVELS - 1)) * bpf_core_type_size(struct upid);
}

static __always_inline __u64 pid_ns_at(struct pid *pid, __u32 level)
{
	return level <= READ(pid, level) ? (__u64)READ(upid_at(pid, level), ns) : 0;
}

/* What a namespace calls it; 0: it does not see it. */
static __always_inline __u32 number_in(struct pid *pid, __u32 level, __u64 ns)
{
	return ns && pid_ns_at(pid, level) == ns ? (__u32)READ(upid_at(pid, level), nr) : 0;
}

static __always_inline __u32 number_of_pid(struct pid *pid)
{
	return settings.nested ? number_in(pid, own_pid_level, own_pid_ns) : (__u32)READ(upid_at(pid, 0), nr);
}

static __always_inline __u32 tid_of(struct task_struct *task)
{
	return settings.nested ? number_of_pid(READ(task, thread_pid)) : (__u32)READ(task, pid);
}

static __always_inline __u32 tgid_of(struct task_struct *task)
{
	return settings.nested ? tid_of(READ(task, group_leader)) : (__u32)READ(task, tgid);
}

/* As bpf_get_current_pid_tgid has them. */
static __always_inline __u64 current_numbers(void)
{
	if (!settings.nested)
		return bpf_get_current_pid_tgid();
	struct task_struct *task = (void *)bpf_get_current_task();
	return (__u64)tgid_of(task) << 32 | tid_of(task);
}

/* What its own namespace calls it, where that is not the recorder's; else 0. */
static __always_inline __u32 innermost_number(struct pid *pid)
{
	__u32 level = READ(pid, level);
	return level > own_pid_level ? (__u32)READ(upid_at(pid, level), nr) : 0;
}

/* What the process of a thread is called by another's namespace. */
static __always_inline __u32 tgid_seen_by(struct task_struct *task, struct task_struct *by)
{
	struct pid *pid = READ(READ(task, group_leader), thread_pid), *own = READ(by, thread_pid);
	__u32 level = READ(own, level);
	return number_in(pid, level, pid_ns_at(own, level));
}

#endif
