/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The kernel's side of the bpf backend: what recorded threads do goes into lanes, as it happens.
 * One compile unit of parts: read (members of structures), lane, tasks and common (maps), fetch and
 * walk (argument memory), paths and fds, stack and changes, calls (entry and exit), tree (fork, exec, exit),
 * signals, maps.
 *
 * on_enter and on_leave do themselves what most calls need; what takes more is done by programs that
 * they go on to, so that the verifier goes through that once.
 */
#include "record/bpf/calls.bpf.h"
#include "record/bpf/maps.bpf.h"
#include "record/bpf/signals.bpf.h"
#include "record/bpf/tree.bpf.h"

/* Some helpers are for programs that say they may be combined with the kernel. */
char licence[] SEC("license") = "Dual MIT/GPL";

int walk(struct bpf_raw_tracepoint_args *ctx);
int after(struct bpf_raw_tracepoint_args *ctx);

struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 3);
	__uint(key_size, 4);
	__array(values, int(void *));
} parts SEC(".maps") = {
	.values = { [WALK] = (void *)&walk, [AFTER] = (void *)&after },
};

/* The thread that makes the call, which may be one that is to be recorded from now on. */
static __always_inline struct rn_bpf_task *caller(__u64 regs)
{
	struct rn_bpf_task *t = task_of(regs);
	if (t || (!settings.whole_machine && !settings.cgroup))
		return t;
	int place = adopt_task(regs);
	return place < 0 ? NULL : task_at((__u32)place);
}

SEC("raw_tp/sys_enter")
int on_enter(struct bpf_raw_tracepoint_args *ctx)
{
	struct rn_bpf_task *t = caller(ctx->args[0]);
	if (t && enter(t))
		bpf_tail_call(ctx, &parts, WALK);
	return 0;
}

SEC("raw_tp/sys_exit")
int on_leave(struct bpf_raw_tracepoint_args *ctx)
{
	struct rn_bpf_task *t = task_of(ctx->args[0]);
	enum then what = t ? leave(t, (long)ctx->args[1]) : NOTHING;
	if (what == WALK)
		bpf_tail_call(ctx, &parts, WALK);
	if (what == AFTER)
		bpf_tail_call(ctx, &parts, AFTER);
	return 0;
}

/* Memory of all kinds, of the entry or of the exit. */
SEC("raw_tp")
int walk(struct bpf_raw_tracepoint_args *ctx)
{
	struct rn_bpf_task *t = task_of(ctx->args[0]);
	if (!t)
		return 0;
	if (t->flags & RN_BPF_LEAVING) {
		t->flags &= ~RN_BPF_LEAVING;
		if (walk_exit(t) == AFTER)
			bpf_tail_call(ctx, &parts, AFTER);
		return 0;
	}
	const struct rn_bpf_rule *rule = rule_of(t->abi, t->nr);
	if (rule)
		capture_entry(t, rule);
	entered(t);
	return 0;
}

SEC("raw_tp")
int after(struct bpf_raw_tracepoint_args *ctx)
{
	struct rn_bpf_task *t = task_of(ctx->args[0]);
	if (t)
		tell_changes(t);
	return 0;
}
