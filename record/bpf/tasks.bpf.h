/* SPDX-License-Identifier: MIT */
/**
 * tasks - the state of recorded threads, found by their number or by where their registers lie.
 *
 * A thread's registers lie on its stack in the kernel, at the same place at each call: that finds its
 * state without asking the kernel anything. What `by_stack` says is never taken for granted: the state
 * says whose it is. That a thread is of no interest is kept there too, until somebody is added.
 */
#ifndef RN_RECORD_BPF_TASKS_BPF_H
#define RN_RECORD_BPF_TASKS_BPF_H

#include "record/bpf/numbers.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rn_bpf_task);
} tasks SEC(".maps");

/* Which places of the table are taken: two may want one at the same time. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} owners SEC(".maps");

#define STACK_SHIFT 14
#define KNOWN_STACKS 4096u
#define NOBODY 0xfffffu
/* The stack's number << 30 | the place in the table << 10 | the low bits of `added`. */
__u64 by_stack[KNOWN_STACKS];
__u32 added; /* counts the threads that were added by number */

static __always_inline struct rn_bpf_task *task_at(__u32 place)
{
	return bpf_map_lookup_elem(&tasks, &place);
}

/* The place of a thread, negative: it is not recorded. */
noinline int place_of(__u32 tid)
{
	if (!tid)
		return -1; /* no place is its own */
	for (__u32 i = 0; i < RN_BPF_PLACES; i++) {
		__u32 place = rn_bpf_place(tid, i, settings.task_mask);
		struct rn_bpf_task *t = task_at(place);
		if (t && t->tid == tid)
			return (int)place;
	}
	return -1;
}

static __always_inline struct rn_bpf_task *find_task(__u32 tid)
{
	int place = place_of(tid);
	return place < 0 ? NULL : task_at((__u32)place);
}

static __always_inline struct rn_bpf_task *this_task(void)
{
	return find_task((__u32)current_numbers());
}

static __always_inline __u64 stack_word(__u64 regs)
{
	return regs >> STACK_SHIFT << 30;
}

static __always_inline __u64 *known_stack(__u64 regs)
{
	return &by_stack[(regs >> STACK_SHIFT) & (KNOWN_STACKS - 1)];
}

/* Looks the current thread up by its number. */
noinline int learn_task(__u64 regs)
{
	__u32 count = *(volatile __u32 *)&added & 1023;
	__u64 id = current_numbers();
	int place = place_of((__u32)id);
	struct rn_bpf_task *t = place < 0 ? NULL : task_at((__u32)place);
	if (t) {
		t->tgid = (__u32)(id >> 32); /* the recorder does not know it of those it adds */
		t->regs_at = regs;
		t->task_at = (__u64)bpf_get_current_task();
	}
	*known_stack(regs) = stack_word(regs) | (t ? (__u64)place << 10 : (__u64)NOBODY << 10) | count;
	return place;
}

/* The thread whose registers these are: the current one. NULL: it is not recorded. */
static __always_inline struct rn_bpf_task *task_of(__u64 regs)
{
	__u64 known = *(volatile __u64 *)known_stack(regs);
	__u32 place = (__u32)(known >> 10) & NOBODY;
	if ((known ^ stack_word(regs)) >> 30 == 0) {
		struct rn_bpf_task *t = task_at(place);
		if (t && t->regs_at == regs)
			return t;
		if (place == NOBODY && ((__u32)known & 1023) == (*(volatile __u32 *)&added & 1023))
			return NULL;
	}
	int found = learn_task(regs);
	return found < 0 ? NULL : task_at((__u32)found);
}

/* A stack that a new thread has: whatever was known of it was somebody else's. */
static __always_inline void forget_stack(__u64 low)
{
	*known_stack(low) = 0;
	*known_stack(low + (1ul << STACK_SHIFT)) = 0; /* where stacks are twice as large */
}

/* A thread that is recorded from now on; NULL: there is no room. */
static __always_inline struct rn_bpf_task *add_task(__u32 tid, __u32 tgid)
{
	for (__u32 i = 0; i < RN_BPF_PLACES; i++) {
		__u32 place = rn_bpf_place(tid, i, settings.task_mask);
		struct rn_bpf_task *t = task_at(place);
		if (!t || t->tid || bpf_map_update_elem(&owners, &place, &tid, BPF_NOEXIST))
			continue;
		__builtin_memset(t, 0, __builtin_offsetof(struct rn_bpf_task, stash));
		t->tgid = tgid;
		barrier();
		t->tid = tid;
		return t;
	}
	count_loss(RN_BPF_LOST_TASKS, 0, true);
	return NULL;
}

/* What threads that execute a program are called, by their numbers in the initial namespace: one that is not
 * its process' first has the first one's numbers when the kernel tells of it. */
struct {
	__uint(type, BPF_MAP_TYPE_LRU_HASH);
	__uint(max_entries, 4096);
	__type(key, __u32);
	__type(value, __u32);
} executing SEC(".maps");

static __always_inline void note_executing(const struct rn_bpf_task *t)
{
	if (!settings.nested)
		return;
	__u32 key = (__u32)bpf_get_current_pid_tgid(), tid = t->tid;
	bpf_map_update_elem(&executing, &key, &tid, BPF_ANY);
}

static __always_inline void put_head(struct rn_bpf_record *r, const struct rn_bpf_task *t, __u64 ts_ns,
	__u16 kind, __u32 len)
{
	r->ts_ns = ts_ns;
	r->tid = t->tid;
	r->tgid = t->tgid;
	r->len = len;
	r->kind = kind;
	r->flags = 0;
}

static __always_inline void begin_record_at(struct rn_bpf_record *r, __u64 ts_ns, __u16 kind, __u32 len)
{
	__u64 id = current_numbers();
	r->ts_ns = ts_ns;
	r->tid = (__u32)id;
	r->tgid = (__u32)(id >> 32);
	r->kind = kind;
	r->flags = 0;
	r->len = len;
}

static __always_inline void begin_record(struct rn_bpf_record *r, __u16 kind, __u32 len)
{
	begin_record_at(r, bpf_ktime_get_ns(), kind, len);
}

static __always_inline void drop_task(struct rn_bpf_task *t)
{
	int place = place_of(t->tid);
	t->regs_at = 0;
	t->tid = 0;
	if (place >= 0)
		bpf_map_delete_elem(&owners, &place);
}

#endif
