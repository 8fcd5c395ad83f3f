/* SPDX-License-Identifier: MIT */
/**
 * common - maps, scratch memory and the way into the rings, for all parts of the kernel program.
 *
 * Scratch is one slot for each CPU: programs at tracepoints run with preemption off, and none runs
 * inside another. Functions that are not static are verified each by
 * itself, whatever calls them: that keeps the work of the verifier a sum. They take numbers only,
 * and find the scratch by themselves, so that kernels back to 5.8 take them.
 */
#ifndef RN_RECORD_BPF_COMMON_BPF_H
#define RN_RECORD_BPF_COMMON_BPF_H

#include "record/bpf/kernel_types.h"
#include "record/bpf/records.h"

#include <linux/bpf.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>

#include <stdbool.h>

#define noinline __attribute__((noinline))

/* Offsets into scratch data are kept below the one by masks, pieces below the other. */
#define DATA_MASK 0xffffu
#define PIECE_MASK 0xffffu
#define DATA_BYTES (DATA_MASK + 1 + PIECE_MASK + 1 + 4096 + 64)
#define MAX_SPANS 1280
#define SIGNAL_GROUP_EXIT 4 /* of signal_struct.flags */

enum phase { ENTRY, EXIT };

struct scratch {
	/* The walk under way. */
	__u32 phase, arg, payload, word;
	__u32 used;             /* of data */
	__u32 out_len;          /* what a pointer to a length said at entry */
	__u32 left;             /* of the payload of an iovec */
	bool error, faulted;
	struct rn_bpf_op op;
	/* The record, its spans behind it. */
	struct rn_bpf_call head;
	__u8 data[DATA_BYTES] __attribute__((aligned(8)));
};

#define NAMES_MASK 0xfffu
struct side {
	union {
		struct rn_bpf_record r;
		struct rn_bpf_fork fork;
		struct rn_bpf_exec exec;
		struct rn_bpf_exit exit;
		struct rn_bpf_comm comm;
		struct rn_bpf_map map;
		struct rn_bpf_fd fd;
		struct rn_bpf_cwd cwd;
	};
	__u64 at_dentry, at_mount; /* of a walk up a path */
	struct rn_bpf_path path;
	__u8 names[NAMES_MASK + 1 + 256];
	struct rn_bpf_task blank; /* stays zero */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct scratch);
} scratches SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct side);
} sides SEC(".maps");

struct ring {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4096);
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY_OF_MAPS);
	__uint(max_entries, 1);
	__type(key, __u32);
	__array(values, struct ring);
} rings SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct rn_bpf_task);
} tasks SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, RN_BPF_ABIS * RN_BPF_CALLS);
	__type(key, __u32);
	__type(value, struct rn_bpf_rule);
} rules SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct rn_bpf_command);
	__type(value, struct rn_bpf_op);
} commands SEC(".maps");

const volatile struct rn_bpf_settings settings;

#define MAX_RINGS 64
#define COUNT_SLOTS 256
/* Whether somebody was woken for a ring that fills up; the recorder takes it back. */
__u32 woken[MAX_RINGS];
struct rn_bpf_counts counts[COUNT_SLOTS];

static __always_inline struct scratch *get_scratch(void)
{
	__u32 cpu = bpf_get_smp_processor_id();
	return bpf_map_lookup_elem(&scratches, &cpu);
}

/* Not for programs that may come in an interrupt: signals are sent there too. */
static __always_inline struct side *get_side(void)
{
	__u32 cpu = bpf_get_smp_processor_id();
	return bpf_map_lookup_elem(&sides, &cpu);
}

static __always_inline struct rn_bpf_counts *get_counts(void)
{
	return &counts[bpf_get_smp_processor_id() & (COUNT_SLOTS - 1)];
}

static __always_inline struct rn_bpf_rule *rule_of(__u32 abi, __u32 nr)
{
	__u32 key = (abi - 1) * RN_BPF_CALLS + nr;
	if (nr >= RN_BPF_CALLS || abi - 1 >= RN_BPF_ABIS)
		return NULL;
	return bpf_map_lookup_elem(&rules, &key);
}

static __always_inline __u32 ring_number(void)
{
	return bpf_get_smp_processor_id() >> settings.ring_shift;
}

static __always_inline void count_loss(enum rn_bpf_loss cause, __u64 bytes, bool state)
{
	struct rn_bpf_counts *c = get_counts();
	__sync_fetch_and_add(&c->lost[cause], 1);
	__sync_fetch_and_add(&c->lost_bytes, bytes);
	if (state)
		__sync_fetch_and_add(&c->lost_state, 1);
}

/* Wakes the recorder once when a ring is half full; otherwise it looks by itself, by the clock. */
static __always_inline __u64 wakeup(__u32 ring, __u64 filled)
{
	__u32 *w = &woken[ring & (MAX_RINGS - 1)];
	if (filled < settings.ring_bytes / 2 || *w)
		return BPF_RB_NO_WAKEUP;
	*w = 1;
	return BPF_RB_FORCE_WAKEUP;
}

/* The last tenth of a ring is for records that tell of state: they are never shed for calls. */
static __always_inline bool emit(void *data, __u64 bytes, bool state)
{
	__u32 i = ring_number();
	void *ring = bpf_map_lookup_elem(&rings, &i);
	if (!ring)
		return false;
	__u64 filled = bpf_ringbuf_query(ring, BPF_RB_AVAIL_DATA);
	if ((!state && filled > settings.ring_bytes / 10 * 9) ||
		bpf_ringbuf_output(ring, data, bytes, wakeup(i, filled)) < 0) {
		count_loss(RN_BPF_LOST_RING, bytes, state);
		return false;
	}
	return true;
}

static __always_inline void begin_record(struct rn_bpf_record *r, __u16 kind, __u32 len)
{
	__u64 id = bpf_get_current_pid_tgid();
	r->ts_ns = bpf_ktime_get_ns();
	r->tid = (__u32)id;
	r->tgid = (__u32)(id >> 32);
	r->kind = kind;
	r->flags = 0;
	r->len = len;
}

/* What call this task's entry is; NULL: the task is not recorded. */
static __always_inline struct rn_bpf_task *find_task(__u32 tid)
{
	return bpf_map_lookup_elem(&tasks, &tid);
}

static __always_inline struct rn_bpf_task *this_task(void)
{
	return find_task((__u32)bpf_get_current_pid_tgid());
}

#endif
