/* SPDX-License-Identifier: MIT */
/**
 * changes - of a stack what is not as in the thread's last one, for a lane that fills up.
 *
 * Stacks of consecutive calls are nearly the same. To compare them takes longer than to copy them (by 70 to
 * 500 ns for 1 to 7 KiB), so it is done only when the recorder falls behind: a lane then holds several times as
 * many whole stacks. The stack read now and the one before lie in an image by their addresses; there is
 * one for each CPU, of the thread that was there last.
 */
#ifndef RN_RECORD_BPF_CHANGES_BPF_H
#define RN_RECORD_BPF_CHANGES_BPF_H

#include "record/bpf/common.bpf.h"

#define IMAGE_BYTES 32768u
#define CHANGES_FROM 512u    /* shorter stacks are not worth it */
#define CHANGES_BYTES 16000u /* longer ones have more blocks than there are bits */
#define WHOLE_EACH 128u      /* calls: whatever went wrong, it does not last */
#define LENGTH_MASK 0x3fffu /* which the verifier sees, and holds the image against */
#define TURN_BLOCKS 8u        /* a byte of the map */

struct image {
	__u64 base;              /* where in the thread's memory it begins */
	__u64 addr, end, ts_ns;  /* of the stack in it, and when it was sent; end 0: there is none */
	__u32 tid, call, program;
	__u32 half;              /* where it is */
	__u32 at, n, from, to;   /* comparing: the first block, how many, which of them can be the same */
	__u32 out;               /* bytes of blocks that are sent */
	__u32 bits; /* of the blocks of a turn */
	__u8 bytes[2 * IMAGE_BYTES + LENGTH_MASK + 1 + 64] __attribute__((aligned(64)));
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct image);
} images SEC(".maps");

static __always_inline struct image *get_image(void)
{
	__u32 cpu = bpf_get_smp_processor_id();
	return bpf_map_lookup_elem(&images, &cpu);
}

struct comparing {
	struct image *image;
	__u8 *to;
};

static __always_inline __u64 differs(const __u64 *a, const __u64 *b)
{
	return (a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) |
		(a[4] ^ b[4]) | (a[5] ^ b[5]) | (a[6] ^ b[6]) | (a[7] ^ b[7]);
}

static long compare_turn(__u32 turn, void *data)
{
	const struct comparing *c = data;
	struct image *im = c->image;
	volatile __u32 *bits = &im->bits; /* in a register each turn would have as many ways as the last ones together */
	if (turn >= RN_BPF_STACK_BLOCKS / TURN_BLOCKS)
		return 1;
	*bits = 0;
	for (__u32 k = 0; k < TURN_BLOCKS; k++) {
		__u32 i = turn * TURN_BLOCKS + k, at = (im->at + i * RN_BPF_STACK_BLOCK) & (IMAGE_BYTES - 64);
		__u32 half = im->half & IMAGE_BYTES;
		const __u64 *now = (void *)(im->bytes + half + at);
		const __u64 *before = (void *)(im->bytes + (half ^ IMAGE_BYTES) + at);
		if (i >= im->n)
			break;
		if (i >= im->from && i < im->to && !differs(now, before))
			continue;
		__builtin_memcpy(c->to + RN_BPF_STACK_MAP + (im->out & 0x7fc0), now, RN_BPF_STACK_BLOCK);
		im->out += RN_BPF_STACK_BLOCK;
		*bits |= 1u << k;
	}
	c->to[turn] = (__u8)*bits;
	return (turn + 1) * TURN_BLOCKS >= im->n;
}

/* Which blocks of [sp, end) can be the same as in what the image holds, and compares these. */
static __always_inline void compare(struct image *im, __u8 *to, __u64 sp, __u64 end)
{
	struct comparing c = { im, to };
	__u64 first = sp & ~63ull;
	im->n = (__u32)((end - first + 63) / RN_BPF_STACK_BLOCK);
	im->at = (__u32)(first - im->base);
	im->from = sp >= im->addr ? 0 : (__u32)((im->addr - first + 63) / RN_BPF_STACK_BLOCK);
	im->to = end <= im->end ? im->n : im->end > first ? (__u32)((im->end - first) / RN_BPF_STACK_BLOCK) : 0;
	im->out = 0;
	bpf_loop(RN_BPF_STACK_BLOCKS / TURN_BLOCKS, compare_turn, &c, 0);
}

static __always_inline bool is_image_of(const struct image *im, const struct rn_bpf_task *t, __u64 sp,
	__u32 len)
{
	return im->end && im->tid == t->tid && im->call == t->stack_call && im->ts_ns == t->stack_ns &&
		im->program == t->image && sp >= im->base && sp + len <= im->base + IMAGE_BYTES;
}

/* What has changed of the stack since the thread's last one. How many bytes went behind r; 0: it is to be
 * sent whole. */
static __always_inline __u32 put_changes(struct rn_bpf_stack *r, const struct rn_bpf_task *t, __u64 sp,
	__u32 len, __u64 ts_ns)
{
	struct image *im = get_image();
	if (!CAN_CALL_BACK || !im || len < CHANGES_FROM || len > CHANGES_BYTES)
		return 0;
	bool is_ours = im->tid == t->tid;
	if (!is_image_of(im, t, sp, len) || t->call % WHOLE_EACH == 0) { /* begins with a whole one, when it was the last one here, too */
		im->end = im->addr = 0;
		im->base = (sp & ~63ull) - IMAGE_BYTES / 4;
	}
	im->tid = t->tid;
	if (!is_ours)
		return 0;
	__u32 half = (im->half ^ IMAGE_BYTES) & IMAGE_BYTES;
	__u64 at = (sp - im->base) & (IMAGE_BYTES - 1);
	__u64 end = sp + len;
	FRESH(len);
	len &= LENGTH_MASK;
	if (bpf_probe_read_user(im->bytes + half + at, len, (void *)sp)) {
		im->end = 0;
		return 0;
	}
	im->half = half;
	r->skip = im->end ? im->call : 0;
	compare(im, (void *)(r + 1), sp, end);
	im->addr = sp;
	im->end = end;
	im->call = t->call;
	im->ts_ns = ts_ns;
	im->program = t->image;
	return RN_BPF_STACK_MAP + (im->out & 0x7fc0);
}

#endif
