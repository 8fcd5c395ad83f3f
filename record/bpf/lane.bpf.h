/* SPDX-License-Identifier: MIT */
/**
 * lane - the way to the recorder: memory of this CPU's own that it reads too.
 *
 * A record is written in place and then counted in. Programs in a thread's own context run with
 * preemption off and never inside one another, so that a lane has one writer. What may come in an
 * interrupt (signals) goes through the kernel's ring.
 */
#ifndef RN_RECORD_BPF_LANE_BPF_H
#define RN_RECORD_BPF_LANE_BPF_H

#include "record/bpf/read.bpf.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__uint(key_size, 4);
	__uint(value_size, RN_BPF_MIN_CHUNK);
} lanes SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 1 << 20);
} ring SEC(".maps");

const volatile struct rn_bpf_settings settings;

#define COUNT_SLOTS 256
struct rn_bpf_lane lane[RN_BPF_MAX_CPUS];
struct rn_bpf_counts counts[COUNT_SLOTS];
volatile __u32 look_away; /* set by the recorder: calls are counted, and what they change is told */

static __always_inline struct rn_bpf_counts *get_counts(void)
{
	return &counts[bpf_get_smp_processor_id() & (COUNT_SLOTS - 1)];
}

static __always_inline void extend(struct rn_bpf_range *range)
{
	range->last_ns = bpf_ktime_get_ns();
	if (!range->first_ns)
		range->first_ns = range->last_ns;
}

static __always_inline void count_cut(__u64 *count)
{
	__sync_fetch_and_add(count, 1);
	extend(&get_counts()->cutting);
}

static __always_inline void count_loss(enum rn_bpf_loss cause, __u64 bytes, bool state)
{
	struct rn_bpf_counts *c = get_counts();
	extend(&c->losing);
	__sync_fetch_and_add(&c->lost[cause], 1);
	if (bytes) /* to add none becomes an or, which kernels before 5.12 have not */
		__sync_fetch_and_add(&c->lost_bytes, bytes);
	if (state)
		__sync_fetch_and_add(&c->lost_state, 1);
}

/* Wakes the recorder once when a lane is half full; otherwise it looks by itself, by the clock. */
noinline int wake(__u32 cpu)
{
	struct rn_bpf_record r = { .kind = RN_BPF_WAKE, .len = sizeof(r), .ts_ns = bpf_ktime_get_ns() };
	lane[cpu & (RN_BPF_MAX_CPUS - 1)].woken = 1;
	bpf_ringbuf_output(&ring, &r, sizeof(r), BPF_RB_FORCE_WAKEUP);
	return 0;
}

/* Where the next record of this CPU goes, RN_BPF_SLACK bytes; NULL when that is the end of its use.
 * The last tenth is for what tells of state, its second half not for calls: births and ends come last. */
enum need { MAY_GO, KEPT_CALL, STATE };

struct place {
	struct rn_bpf_lane *lane;
	__u64 at, filled;
};

static __always_inline __u64 limit_of(enum need need)
{
	return need == STATE ? settings.lane_bytes :
		settings.lane_bytes / 20 * (need == KEPT_CALL ? 19 : 18);
}

static __always_inline void *open_place(struct place *p, enum need need)
{
	__u32 cpu = bpf_get_smp_processor_id();
	if (cpu >= settings.n_cpus)
		return NULL;
	struct rn_bpf_lane *l = &lane[cpu & (RN_BPF_MAX_CPUS - 1)];
	__u64 at = *(volatile __u64 *)&l->produced;
	p->lane = l;
	p->at = at;
	p->filled = at - *(volatile __u64 *)&l->consumed;
	if (p->filled > settings.lane_bytes / 2) {
		if (!l->woken)
			wake(cpu);
		if (p->filled > limit_of(need))
			return NULL;
	}
	__u32 chunk = cpu * settings.chunks + ((__u32)(at >> settings.chunk_shift) & (settings.chunks - 1));
	__u8 *base = bpf_map_lookup_elem(&lanes, &chunk);
	__u64 offset = at & (settings.chunk_bytes - 1);
	if (!base || offset > settings.chunk_bytes - RN_BPF_SLACK)
		return NULL;
	return base + offset;
}

static __always_inline void close_place(const struct place *p, __u32 len)
{
	__u64 next = rn_bpf_lane_next(p->at, len, settings.chunk_bytes);
	barrier(); /* this machine keeps the order of stores */
	*(volatile __u64 *)&p->lane->produced = next;
}

/* A record that was made elsewhere; false: there is no room. */
static __always_inline bool put_record(const void *data, __u64 bytes, enum need need)
{
	struct place p;
	void *to = open_place(&p, need);
	if (!to)
		return false;
	bytes &= RN_BPF_SLACK - 1;
	bpf_probe_read_kernel(to, bytes, data);
	close_place(&p, bytes);
	return true;
}

/* The same, of state; what there is no room for is lost. */
static __always_inline void emit(const void *data, __u64 bytes)
{
	if (!put_record(data, bytes, STATE))
		count_loss(RN_BPF_LOST_RING, bytes, true);
}

/* From a program that may run in an interrupt. */
static __always_inline void emit_anywhere(void *data, __u64 bytes)
{
	if (bpf_ringbuf_output(&ring, data, bytes, BPF_RB_NO_WAKEUP) < 0)
		count_loss(RN_BPF_LOST_RING, bytes, true);
}

#endif
