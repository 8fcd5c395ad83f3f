/* SPDX-License-Identifier: MIT */
/**
 * stack - registers and the bytes above the stack pointer, read straight into the ring.
 *
 * A read that runs over the end of the stack's mapping fails whole, and what lies above the frames is
 * of no use: so where they end is learnt once and kept with the thread. Of a first thread's stack the
 * kernel says it, other stacks are looked up as mappings. What still fails is tried with less. A ring that fills up gets shorter
 * stacks, then none: calls come first.
 */
#ifndef RN_RECORD_BPF_STACK_BPF_H
#define RN_RECORD_BPF_STACK_BPF_H

#include "record/bpf/common.bpf.h"

#define MAIN_STACK_BYTES (8ul << 20)
#define SHORT_BYTES 1024u
#define BLIND_BYTES 8192u /* of a stack whose end is not known */
#define START_BYTES 128u  /* above where a program began: its arguments' number and first pointers */

struct area {
	__u64 low, high;
};

static long take_area(struct task_struct *task, struct vm_area_struct *vma, void *data)
{
	struct area *a = data;
	a->low = BPF_CORE_READ(vma, vm_start);
	a->high = BPF_CORE_READ(vma, vm_end);
	return 0;
}

/* Where frames end in a mapping that holds a thread's stack: the C libraries put the thread's own
 * descriptor, at which fs points, on top of them. */
static __always_inline __u64 end_of_frames(struct task_struct *task, __u64 sp, __u64 high)
{
	__u64 fs = BPF_CORE_READ(task, thread.fsbase);
	return fs > sp && fs < high ? fs : high;
}

/* Where the frames of a thread that has sp lie; a first thread's may still grow down, and end where
 * its program began: its strings are above. */
static __always_inline void find_area(struct rn_bpf_task *t, __u64 sp)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct mm_struct *mm = BPF_CORE_READ(task, mm);
	__u64 start = BPF_CORE_READ(mm, start_stack);
	__u64 high = start + START_BYTES;
	t->stack_low = t->stack_high = 0;
	if (sp <= start && start - sp < MAIN_STACK_BYTES) {
		t->stack_low = high > MAIN_STACK_BYTES ? high - MAIN_STACK_BYTES : 0;
		t->stack_high = high;
		return;
	}
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_find_vma)) {
		struct area a = { 0 };
		if (bpf_find_vma(bpf_get_current_task_btf(), sp, take_area, &a, 0) == 0) {
			t->stack_low = a.low;
			t->stack_high = end_of_frames(task, sp, a.high);
		}
	}
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

static __always_inline void put_registers(struct rn_bpf_stack *r, struct pt_regs *regs)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	bpf_probe_read_kernel(r->regs, 21 * sizeof(__u64), regs); /* of user_regs_struct the first 21 */
	r->regs[21] = BPF_CORE_READ(task, thread.fsbase);
	r->regs[22] = BPF_CORE_READ(task, thread.gsbase);
	r->regs[23] = BPF_CORE_READ(task, thread.ds);
	r->regs[24] = BPF_CORE_READ(task, thread.es);
	r->regs[25] = BPF_CORE_READ(task, thread.fsindex);
	r->regs[26] = BPF_CORE_READ(task, thread.gsindex);
}

/* Reservations are of constant size: of classes. Stack bytes are the largest that fit, tried
 * downwards where a page is absent. */
static __always_inline bool send_class(struct rn_bpf_task *t, struct pt_regs *regs, void *ring,
	__u32 class_bytes, __u32 wanted, __u32 len, __u64 wake)
{
	struct rn_bpf_stack *r = bpf_ringbuf_reserve(ring, sizeof(*r) + class_bytes, 0);
	__u64 sp = t->sp & ~7ull;
	if (!r) {
		count_loss(RN_BPF_LOST_RING, sizeof(*r) + class_bytes, false);
		return false;
	}
	begin_record(&r->r, RN_BPF_STACK, sizeof(*r));
	r->call = t->call;
	r->pad = 0;
	r->stack_addr = sp;
	r->stack_wanted = wanted;
	put_registers(r, regs);
	if (len > class_bytes)
		len = class_bytes;
	for (int i = 0; i < 5; i++) {
		if (!len || !bpf_probe_read_user(r + 1, len, (void *)sp))
			break;
		len = i == 4 ? 0 : len / 2;
	}
	r->stack_len = len & ~7u;
	r->r.len += len;
	bpf_ringbuf_submit(r, wake);
	return true;
}

static __always_inline void send_stack(struct rn_bpf_task *t, struct pt_regs *regs)
{
	__u32 i = ring_number();
	void *ring = bpf_map_lookup_elem(&rings, &i);
	if (!ring)
		return;
	__u64 filled = bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA);
	__u64 wake = wakeup(i, filled);
	__u32 wanted = clamp_stack(t, t->sp & ~7ull, settings.stack_bytes);
	__u32 len = wanted;
	if (len > BLIND_BYTES && !is_known(t, t->sp & ~7ull))
		len = BLIND_BYTES;
	if (filled > settings.ring_bytes / 8 * 7) {
		__sync_fetch_and_add(&get_counts()->no_stacks, 1);
		len = 0;
	} else if (filled > settings.ring_bytes / 4 * 3 && len > SHORT_BYTES) {
		__sync_fetch_and_add(&get_counts()->short_stacks, 1);
		len = SHORT_BYTES;
	}
	bool sent;
	if (len <= 512)
		sent = send_class(t, regs, ring, 512, wanted, len, wake);
	else if (len <= 2048)
		sent = send_class(t, regs, ring, 2048, wanted, len, wake);
	else if (len <= 4096)
		sent = send_class(t, regs, ring, 4096, wanted, len, wake);
	else if (len <= 8192)
		sent = send_class(t, regs, ring, 8192, wanted, len, wake);
	else if (len <= 16384)
		sent = send_class(t, regs, ring, 16384, wanted, len, wake);
	else if (len <= 32768)
		sent = send_class(t, regs, ring, 32768, wanted, len, wake);
	else
		sent = send_class(t, regs, ring, 65536, wanted, len, wake);
	if (sent)
		t->call_flags |= RN_BPF_STACKED;
}

#endif
