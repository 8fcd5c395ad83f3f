/* SPDX-License-Identifier: MIT */
/*
 * The stack of a call's entry, which comes ahead of the call: whole, or what has changed since the thread's
 * last one, which is held for that.
 */
#include "record/bpf/bpf.h"

#include "shared/cursor.h"

#include <string.h>

/* What the stack and the one held have in common, to where it is in the new one. */
static void keep_common(struct rn_tracee *t, const struct rn_bpf_stack *r)
{
	uint64_t low = r->stack_addr > t->held_addr ? r->stack_addr : t->held_addr;
	uint64_t high = r->stack_addr + r->stack_len, held_high = t->held_addr + t->held_len;
	if (held_high < high)
		high = held_high;
	if (low < high)
		memmove(t->stack + (low - r->stack_addr), t->stack + (low - t->held_addr), high - low);
}

/* A block of the stack, of which parts may lie outside. */
static void put_block(struct rn_tracee *t, const struct rn_bpf_stack *r, uint64_t addr, const uint8_t *block)
{
	uint64_t low = addr > r->stack_addr ? addr : r->stack_addr;
	uint64_t high = addr + RN_BPF_STACK_BLOCK, end = r->stack_addr + r->stack_len;
	if (end < high)
		high = end;
	if (low < high)
		memcpy(t->stack + (low - r->stack_addr), block + (low - addr), high - low);
}

/* False: it makes no sense, or the stack it is a change of is not held. */
static bool take_changes(struct rn_tracee *t, struct rn_bpf_stack *r, struct rn_bytes behind)
{
	const uint64_t first = r->stack_addr & ~(uint64_t)(RN_BPF_STACK_BLOCK - 1);
	const uint64_t n = (r->stack_addr + r->stack_len - first + RN_BPF_STACK_BLOCK - 1) / RN_BPF_STACK_BLOCK;
	struct rn_cursor c = rn_cursor_of(behind.p, behind.len);
	const uint8_t *map = rn_take_bytes(&c, RN_BPF_STACK_MAP).p;
	if (c.bad || n > RN_BPF_STACK_BLOCKS || r->stack_len > t->stack_room || (r->skip && r->skip != t->held_call))
		return false;
	if (r->skip)
		keep_common(t, r);
	for (uint64_t i = 0; i < n; i++) {
		if (!(map[i / 8] >> i % 8 & 1))
			continue;
		const struct rn_bytes block = rn_take_bytes(&c, RN_BPF_STACK_BLOCK);
		if (c.bad)
			return false;
		put_block(t, r, first + i * RN_BPF_STACK_BLOCK, block.p);
	}
	return true;
}

/* As much as there is room for. */
static bool take_whole(struct rn_tracee *t, struct rn_bpf_stack *r, struct rn_bytes behind)
{
	if ((uint64_t)r->skip + r->stack_len > behind.len)
		return false;
	if (r->stack_len > t->stack_room)
		r->stack_len = t->stack_room;
	memcpy(t->stack, behind.p + r->skip, r->stack_len);
	return true;
}

/* Kept until the call comes; a second stack without a first is of no use. */
static void take_interrupted(struct rn_bpf *b, struct rn_tracee *t, const struct rn_bpf_stack *r,
	struct rn_bytes bytes)
{
	t->interrupted_call = 0;
	if (t->stack_call != r->call || r->stack_len > bytes.len || !rn_tracees_make_second(&b->tracees, t))
		return;
	t->interrupted_len = r->stack_len < t->stack_room ? r->stack_len : t->stack_room;
	memcpy(t->interrupted, bytes.p, t->interrupted_len);
	t->interrupted_addr = r->stack_addr;
	t->interrupted_wanted = r->stack_wanted;
	t->interrupted_call = r->call;
}

bool rn_bpf_put_interrupted(struct rn_tracee *t)
{
	struct rn_capture *c = &t->capture;
	if (c->n_spans == RN_CAPTURE_SPANS)
		return false;
	memmove(c->spans + 1, c->spans, c->n_spans * sizeof(*c->spans));
	c->spans[0] = (struct rn_span){
		.addr = t->interrupted_addr, .wanted = t->interrupted_wanted, .len = t->interrupted_len,
		.arg = RN_SPAN_STACK, .phase = RN_PHASE_ENTRY,
		.fault = t->interrupted_len < t->interrupted_wanted, .bytes = t->interrupted,
	};
	c->n_spans++;
	c->n_entry_spans++;
	t->flags |= RN_CALL_TWO_STACKS;
	return true;
}

void rn_bpf_stack(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record)
{
	struct rn_bpf_stack r;
	if (record.len < sizeof(r))
		return;
	memcpy(&r, record.p, sizeof(r));
	const struct rn_bytes behind = rn_bytes_of(record.p + sizeof(r), record.len - sizeof(r));
	r.stack_len &= ~7u;
	if (r.r.flags & RN_BPF_STACK_INTERRUPTED) {
		take_interrupted(b, t, &r, behind);
		return;
	}
	t->stack_call = 0;
	bool taken = r.stack_len <= b->tracees.stack_bytes &&
		(r.r.flags & RN_BPF_STACK_CHANGES ? take_changes : take_whole)(t, &r, behind);
	t->held_call = taken ? r.call : 0;
	if (!taken)
		return;
	t->held_addr = r.stack_addr;
	t->held_len = r.stack_len;
	t->n_regs = RN_BPF_REGS;
	memcpy(t->regs, r.regs, sizeof(r.regs));
	t->stack_len = r.stack_len;
	t->stack_wanted = r.stack_wanted;
	t->stack_addr = r.stack_addr;
	t->stack_call = r.call;
}
