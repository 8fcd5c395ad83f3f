/* SPDX-License-Identifier: MIT */
/**
 * common - scratch memory and the rules of calls, for all parts of the kernel program.
 *
 * Scratch is one slot for each CPU: programs at tracepoints run with preemption off, and none runs
 * inside another. Functions that are not static are verified each by
 * itself, whatever calls them: that keeps the work of the verifier a sum. They take numbers only,
 * and find the scratch by themselves, so that kernels before 5.12 take them.
 */
#ifndef RN_RECORD_BPF_COMMON_BPF_H
#define RN_RECORD_BPF_COMMON_BPF_H

#include "record/bpf/tasks.bpf.h"

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
	__u32 nr;               /* the rule; that of a call carried has a number of its own */
	__u64 args[8];          /* of the call, or of the one carried */
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
		struct rn_bpf_cwd cwd;
	};
	__u64 at_dentry, at_mount, at_root; /* of a walk up a path; in memory they are numbers to the verifier */
	struct rn_bpf_path path;
	__u8 names[NAMES_MASK + 1 + 256];
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

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 1024);
	__type(key, struct rn_bpf_command);
	__type(value, struct rn_bpf_op);
} commands SEC(".maps");

const volatile struct rn_bpf_rule rules[RN_BPF_ABIS * RN_BPF_CALLS];

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

/* The control group that is recorded. */
struct {
	__uint(type, BPF_MAP_TYPE_CGROUP_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} cgroups SEC(".maps");

/* Whether the current thread is in it or below; everyone is where none was asked for. */
static __always_inline bool is_in_cgroup(void)
{
	return !settings.cgroup || bpf_current_task_under_cgroup(&cgroups, 0) == 1;
}

static __always_inline const struct rn_bpf_rule *rule_of(__u32 abi, __u32 nr)
{
	if (nr >= RN_BPF_CALLS || abi - 1 >= RN_BPF_ABIS)
		return NULL;
	__u32 key = (abi - 1) * RN_BPF_CALLS + nr;
	asm volatile("" : "+r"(key)); /* the verifier sees a mask better than what led to it */
	key &= RN_BPF_ABIS * RN_BPF_CALLS - 1;
	return (const struct rn_bpf_rule *)&rules[key];
}

#endif
