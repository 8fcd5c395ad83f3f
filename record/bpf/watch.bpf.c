/* SPDX-License-Identifier: GPL-2.0 OR MIT */
/*
 * The kernel's side of the bpf backend: what recorded threads do goes into rings, as it happens.
 * One compile unit of parts: common (maps), fetch and walk (argument memory), paths and fds, stack,
 * calls (entry and exit), tree (fork, exec, exit), signals, maps.
 */
#include "record/bpf/calls.bpf.h"
#include "record/bpf/maps.bpf.h"
#include "record/bpf/signals.bpf.h"
#include "record/bpf/tree.bpf.h"

/* Some helpers are for programs that say they may be combined with the kernel. */
char licence[] SEC("license") = "Dual MIT/GPL";

SEC("tp_btf/sys_enter")
int BPF_PROG(on_enter, struct pt_regs *regs, long nr)
{
	struct rn_bpf_task *t = this_task();
	if (!t)
		t = adopt_task();
	if (t)
		enter(t, regs, (__u32)nr);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_leave, struct pt_regs *regs, long ret)
{
	struct rn_bpf_task *t = this_task();
	if (t)
		leave(t, regs, ret);
	return 0;
}
