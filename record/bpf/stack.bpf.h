/* SPDX-License-Identifier: MIT */
/**
 * stack - registers and the bytes above the stack pointer, read straight into the lane.
 *
 * A read that runs over the end of the stack's mapping fails whole, and what lies above the frames is
 * of no use: so where they end is learnt once and kept with the thread. Of a first thread's stack the
 * kernel says it, other stacks are looked up as mappings. What still fails is tried with less. A lane
 * that fills up gets what has changed of a stack (changes.bpf.h), then shorter stacks, then none: calls
 * come first.
 */
#ifndef RN_RECORD_BPF_STACK_BPF_H
#define RN_RECORD_BPF_STACK_BPF_H

#include "record/bpf/changes.bpf.h"

#define MAIN_STACK_BYTES (8ul << 20)
#define SHORT_BYTES 1024u
#define BLIND_BYTES 8192u /* of a stack whose end is not known */
#define MAX_STACK_BYTES 65536u
#define START_BYTES 128u  /* above where a program began: its arguments' number and first pointers */

struct area {
	__u64 low, high;
};

static long take_area(struct task_struct *task, struct vm_area_struct *vma, void *data)
{
	struct area *a = data;
	a->low = READ(vma, vm_start);
	a->high = READ(vma, vm_end);
	return 0;
}

/* Where frames end in a mapping that holds a thread's stack: the C libraries put the thread's own
 * descriptor, at which fs points, on top of them. */
static __always_inline __u64 end_of_frames(struct task_struct *task, __u64 sp, __u64 high)
{
	__u64 fs = READ(task, thread.fsbase);
	return fs > sp && fs < high ? fs : high;
}

/* Where the frames of a thread that has sp lie; a first thread's may still grow down, and end where
 * its program began: its strings are above. */
static __always_inline struct area area_of(const struct rn_bpf_task *t, __u64 sp)
{
	struct task_struct *task = (void *)t->task_at;
	struct mm_struct *mm = READ(task, mm);
	__u64 start = READ(mm, start_stack);
	struct area a = { 0 };
	if (sp <= start && start - sp < MAIN_STACK_BYTES) {
		a.high = start + START_BYTES;
		a.low = a.high > MAIN_STACK_BYTES ? a.high - MAIN_STACK_BYTES : 0;
	} else if (CAN_CALL_BACK) {
		if (bpf_find_vma(bpf_get_current_task_btf(), sp, take_area, &a, 0) == 0)
			a.high = end_of_frames(task, sp, a.high);
		else
			a.low = a.high = 0;
	}
	return a;
}

static __always_inline void find_area(struct rn_bpf_task *t, __u64 sp)
{
	const struct area a = area_of(t, sp);
	t->stack_low = a.low;
	t->stack_high = a.high;
}

static __always_inline bool is_known(const struct rn_bpf_task *t, __u64 sp)
{
	return sp >= t->stack_low && sp < t->stack_high;
}

static __always_inline __u32 clamp_stack(struct rn_bpf_task *t, __u64 sp, __u32 wanted)
{
	if (!is_known(t, sp))
		find_area(t, sp);
	if (is_known(t, sp) && t->stack_high - sp < wanted)
		return (__u32)(t->stack_high - sp);
	return wanted;
}

#define PT_REGS 21 /* words, the first ones of user_regs_struct */

static __always_inline void put_pt_regs(__u64 *to, const __u64 *from)
{
	if (!CAN_CAST) {
		bpf_probe_read_kernel(to, PT_REGS * sizeof(*to), from);
		return;
	}
#pragma unroll
	for (int i = 0; i < PT_REGS; i++)
		to[i] = read_word(from + i);
}

static __always_inline void put_registers(struct rn_bpf_stack *r, const struct rn_bpf_task *t)
{
	struct task_struct *task = (void *)t->task_at;
	put_pt_regs(r->regs, (void *)t->regs_at);
	r->regs[21] = READ(task, thread.fsbase);
	r->regs[22] = READ(task, thread.gsbase);
	r->regs[23] = READ(task, thread.ds);
	r->regs[24] = READ(task, thread.es);
	r->regs[25] = READ(task, thread.fsindex);
	r->regs[26] = READ(task, thread.gsindex);
}

/* How much of it this is, with so much in the lane. */
static __always_inline __u32 shed(__u32 len, __u64 filled)
{
	if (filled > settings.lane_bytes / 8 * 7) {
		count_cut(&get_counts()->no_stacks);
		return 0;
	}
	if (filled > settings.lane_bytes / 4 * 3 && len > SHORT_BYTES) {
		count_cut(&get_counts()->short_stacks);
		return SHORT_BYTES;
	}
	return len;
}

/* The largest part that can be read, tried downwards where a page is absent; how long it is. */
static __always_inline __u32 read_stack(void *to, __u64 sp, __u32 len)
{
	for (int i = 0; i < 5; i++) {
		if (len > MAX_STACK_BYTES)
			len = MAX_STACK_BYTES;
		if (!len || !bpf_probe_read_user(to, len, (void *)sp))
			break;
		len = i == 4 ? 0 : len / 2;
	}
	return len & ~7u;
}

/* A signal meets the thread: what its handler interrupts is told with the handler's calls when that has a
 * stack of its own (sigaltstack). A signal that comes while one runs there interrupts that stack, but what
 * both interrupted is the other one. */
static __always_inline void note_interrupted(struct rn_bpf_task *t)
{
	struct pt_regs *regs = (void *)t->regs_at;
	__u64 sp = regs ? READ(regs, sp) : 0;
	if (t->interrupted_sp && (sp < t->interrupted_low || sp >= t->interrupted_high))
		return;
	const struct area a = area_of(t, sp);
	t->interrupted_sp = sp;
	t->interrupted_low = a.low;
	t->interrupted_high = a.high;
}

/* The stack that a signal interrupted, where the call is on another one; what it shows of its own stack
 * is `wanted` bytes long. */
noinline int send_interrupted(__u32 tid, __u64 ts_ns, __u32 wanted)
{
	struct place p;
	struct rn_bpf_task *t = find_task(tid);
	if (!t)
		return 0;
	__u64 own = t->sp & ~7ull, sp = t->interrupted_sp & ~7ull, high = t->interrupted_high;
	if (sp - own < wanted)
		return 0;
	if (sp < own && own >= t->interrupted_low && own < high) {
		t->interrupted_sp = 0; /* long returned from */
		return 0;
	}
	__u32 len = settings.stack_bytes;
	if (sp < high && high - sp < len)
		len = (__u32)(high - sp);
	struct rn_bpf_stack *r = open_place(&p, MAY_GO);
	if (!r || p.filled > settings.lane_bytes / 4 * 3) {
		count_cut(&get_counts()->short_stacks);
		return 0;
	}
	r->stack_wanted = len;
	r->stack_len = read_stack(r + 1, sp, len);
	put_head(&r->r, t, ts_ns, RN_BPF_STACK, (__u32)sizeof(*r) + r->stack_len);
	r->r.flags = RN_BPF_STACK_INTERRUPTED;
	r->call = t->call;
	r->skip = 0;
	r->stack_addr = sp;
	close_place(&p, r->r.len & (RN_BPF_SLACK - 1));
	t->call_flags |= RN_BPF_TWO_STACKS;
	return 0;
}

static __always_inline void send_stack(struct rn_bpf_task *t)
{
	struct place p;
	__u64 sp = t->sp & ~7ull, ts_ns = bpf_ktime_get_ns();
	__u32 wanted = clamp_stack(t, sp, settings.stack_bytes), len = wanted;
	struct rn_bpf_stack *r = open_place(&p, MAY_GO);
	if (len > BLIND_BYTES && !is_known(t, sp))
		len = BLIND_BYTES;
	if (!r) { /* the call may still find room */
		count_cut(&get_counts()->no_stacks);
		return;
	}
	len = shed(len, p.filled) & ~7u;
	bool piles_up = p.filled > settings.lane_bytes / 2;
	__u32 behind = piles_up ? put_changes(r, t, sp, len, ts_ns) : 0;
	__u16 flags = behind ? RN_BPF_STACK_CHANGES : 0;
	if (!behind) {
		/* Copied to the same place within a cache line as it came from: two to four times as fast. */
		__u32 skip = (__u32)(sp - p.at - sizeof(*r)) & 56;
		len = read_stack((void *)(r + 1) + skip, sp, len);
		r->skip = skip;
		behind = skip + len;
	}
	put_head(&r->r, t, ts_ns, RN_BPF_STACK, (__u32)sizeof(*r) + behind);
	r->r.flags = flags;
	r->call = t->call;
	r->stack_addr = sp;
	r->stack_wanted = wanted;
	r->stack_len = len;
	put_registers(r, t);
	close_place(&p, (__u32)sizeof(*r) + behind);
	t->call_flags |= RN_BPF_STACKED;
	t->stack_call = t->call;
	t->stack_ns = ts_ns;
	if (t->interrupted_sp)
		send_interrupted(t->tid, ts_ns, wanted);
}

#endif
