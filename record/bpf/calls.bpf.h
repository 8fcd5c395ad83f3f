/* SPDX-License-Identifier: MIT */
/**
 * calls - entry and exit of system calls.
 *
 * What the entry shows stays with the thread (its arguments, and up to RN_BPF_STASH bytes of
 * memory); the exit sends it all as one record. More memory than that, and the stack, are sent at
 * once. The clock is read last at entry and first at exit: a duration holds little of our own work.
 */
#ifndef RN_RECORD_BPF_CALLS_BPF_H
#define RN_RECORD_BPF_CALLS_BPF_H

#include "record/bpf/fds.bpf.h"
#include "record/bpf/maps.bpf.h"
#include "record/bpf/stack.bpf.h"
#include "record/bpf/walk.bpf.h"

#define TS_COMPAT 2
#define MAX_ERRNO 4095
#define EINPROGRESS 115

static __always_inline bool is_compat(void)
{
	struct task_struct *task;
	if (bpf_core_enum_value_exists(enum bpf_func_id, BPF_FUNC_get_current_task_btf)) {
		task = bpf_get_current_task_btf();
		return task->thread_info.status & TS_COMPAT;
	}
	task = (void *)bpf_get_current_task();
	return BPF_CORE_READ(task, thread_info.status) & TS_COMPAT;
}

static __always_inline void take_args(struct rn_bpf_task *t, struct pt_regs *regs)
{
	if (is_compat()) {
		t->abi = RN_BPF_ABI_I386;
		t->args[0] = (__u32)regs->bx;
		t->args[1] = (__u32)regs->cx;
		t->args[2] = (__u32)regs->dx;
		t->args[3] = (__u32)regs->si;
		t->args[4] = (__u32)regs->di;
		t->args[5] = (__u32)regs->bp;
	} else {
		t->abi = RN_BPF_ABI_X86_64;
		t->args[0] = regs->di;
		t->args[1] = regs->si;
		t->args[2] = regs->dx;
		t->args[3] = regs->r10;
		t->args[4] = regs->r8;
		t->args[5] = regs->r9;
	}
	t->sp = regs->sp;
	t->regs_at = (__u64)regs;
}

/* The scratch, ready for a walk over the task's call. */
static __always_inline struct scratch *scratch_for(const struct rn_bpf_task *t)
{
	struct scratch *s = get_scratch();
	if (!s)
		return NULL;
	s->used = 0;
	s->error = s->faulted = false;
	s->out_len = t->out_len;
	s->word = t->abi == RN_BPF_ABI_I386 ? 4 : 8;
	struct rn_bpf_call *h = &s->head;
	h->r.flags = 0;
	h->entry_ns = t->entry_ns;
	h->args[0] = t->args[0];
	h->args[1] = t->args[1];
	h->args[2] = t->args[2];
	h->args[3] = t->args[3];
	h->args[4] = t->args[4];
	h->args[5] = t->args[5];
	h->sp = t->sp;
	h->ret = 0;
	h->nr = t->nr;
	h->call = t->call;
	h->abi = t->abi;
	h->n_spans = 0;
	h->n_entry = 0;
	h->image = t->image;
	return s;
}

/* flags are those of the record already. */
static __always_inline void emit_call(struct scratch *s, __u16 kind, __u64 ts_ns)
{
	struct rn_bpf_call *h = &s->head;
	__u64 id = bpf_get_current_pid_tgid();
	__u32 used = s->used;
	if (used > 2 * DATA_MASK)
		used = 2 * DATA_MASK;
	h->r.ts_ns = ts_ns;
	h->r.tid = (__u32)id;
	h->r.tgid = (__u32)(id >> 32);
	h->r.kind = kind;
	h->r.len = (__u32)sizeof(*h) + used;
	h->spans_bytes = used;
	emit(h, sizeof(*h) + used, h->r.flags & RN_BPF_STATE_ONLY);
}

/* Most entries leave little: that is copied by a few moves, without a helper. What is copied beyond
 * n is of no meaning. */
#define FEW_BYTES 128

static __always_inline void copy_stash(__u8 *to, const __u8 *from, __u32 n)
{
	if (n <= FEW_BYTES)
		__builtin_memcpy(__builtin_assume_aligned(to, 8), __builtin_assume_aligned(from, 8), FEW_BYTES);
	else
		bpf_probe_read_kernel(to, n, from);
}

static __always_inline void capture_entry(struct rn_bpf_task *t, const struct rn_bpf_rule *rule)
{
	struct scratch *s = scratch_for(t);
	if (!s)
		return;
	run_ops(s, ENTRY, rule->n_ops[ENTRY]);
	if (s->faulted)
		t->flags |= RN_BPF_FAULTED;
	t->call_flags |= s->head.r.flags & RN_BPF_TRUNCATED;
	__u32 used = s->used;
	if (used <= RN_BPF_STASH) {
		if (used)
			copy_stash(t->stash, s->data, used);
		t->stash_bytes = (__u16)used;
		t->stash_spans = s->head.n_spans;
		return;
	}
	t->call_flags |= RN_BPF_ELSEWHERE;
	emit_call(s, RN_BPF_ENTRY, bpf_ktime_get_ns());
}

static __always_inline void forget_call(struct rn_bpf_task *t)
{
	t->flags &= ~(RN_BPF_FAULTED | RN_BPF_IN_EXEC);
	t->stash_bytes = t->stash_spans = 0;
	t->call_flags = 0;
	t->out_len = 0xffffffff;
	t->call++;
}

static __always_inline void enter(struct rn_bpf_task *t, struct pt_regs *regs, __u32 nr)
{
	t->flags &= ~(RN_BPF_IN_CALL | RN_BPF_NEW);
	take_args(t, regs);
	struct rn_bpf_rule *rule = rule_of(t->abi, nr);
	__u8 flags = rule ? rule->flags : RN_BPF_WANTED;
	if (t->flags & RN_BPF_SILENT) {
		if (!(flags & RN_BPF_IS_EXEC))
			return;
		t->flags &= ~RN_BPF_SILENT;
	}
	if (!(flags & (RN_BPF_WANTED | RN_BPF_CHANGES)))
		return;
	forget_call(t);
	t->nr = nr;
	if (flags & RN_BPF_IS_EXEC)
		t->flags |= RN_BPF_IN_EXEC;
	if (flags & RN_BPF_WANTED) {
		if (rule && flags & RN_BPF_OUT_LEN)
			bpf_probe_read_user(&t->out_len, sizeof(t->out_len),
				(void *)t->args[rule->out_arg & 3]);
		if (rule && rule->n_ops[ENTRY])
			capture_entry(t, rule);
		if (settings.stack_bytes)
			send_stack(t, regs);
	} else {
		t->call_flags = RN_BPF_STATE_ONLY;
	}
	t->entry_ns = bpf_ktime_get_ns();
	barrier();
	t->flags |= RN_BPF_IN_CALL; /* last: the recorder looks at calls that last */
}

/* Recording began in the middle of the call, or a filter of seccomp kept it from being one: what it
 * is the registers still say, but for the first result of the machine's own. */
static __always_inline bool recover(struct rn_bpf_task *t, struct pt_regs *regs, __u64 now_ns)
{
	forget_call(t);
	take_args(t, regs);
	t->nr = (__u32)regs->orig_ax;
	t->call_flags = RN_BPF_PARTIAL;
	t->entry_ns = now_ns;
	struct rn_bpf_rule *rule = rule_of(t->abi, t->nr);
	if (rule && !(rule->flags & (RN_BPF_WANTED | RN_BPF_CHANGES)))
		return false;
	if (rule && !(rule->flags & RN_BPF_WANTED))
		t->call_flags |= RN_BPF_STATE_ONLY;
	return (__s32)t->nr >= 0;
}

static __always_inline bool is_error(const struct rn_bpf_task *t, long ret)
{
	if (t->abi == RN_BPF_ABI_I386)
		ret = (__s32)ret;
	return (unsigned long)ret >= (unsigned long)-MAX_ERRNO;
}

static __always_inline void put_stash(struct scratch *s, const struct rn_bpf_task *t)
{
	__u32 n = t->stash_bytes;
	if (!n || n > RN_BPF_STASH)
		return;
	copy_stash(s->data, t->stash, n);
	s->used = n;
	s->head.n_spans = t->stash_spans;
	s->head.n_entry = t->stash_spans;
}

/* The state a call has changed. */
noinline int after_call(__u32 abi, __u32 nr)
{
	struct rn_bpf_rule *rule = rule_of(abi, nr);
	struct scratch *s = get_scratch();
	if (!rule || !s)
		return 0;
	if (rule->fd_way)
		tell_fds(rule, &s->head);
	if (rule->map_way)
		tell_mapped(rule, &s->head);
	if (rule->flags & RN_BPF_CWD_AFTER)
		tell_cwd();
	if (rule->flags & RN_BPF_COMM_AFTER && s->head.args[0] == 15) /* PR_SET_NAME */
		tell_comm();
	return 0;
}

static __always_inline void leave(struct rn_bpf_task *t, struct pt_regs *regs, long ret)
{
	__u64 now_ns = bpf_ktime_get_ns();
	if (t->flags & (RN_BPF_NEW | RN_BPF_SILENT)) {
		t->flags &= ~RN_BPF_NEW;
		return;
	}
	if (!(t->flags & RN_BPF_IN_CALL) && !recover(t, regs, now_ns))
		return;
	struct scratch *s = scratch_for(t);
	if (!s)
		return;
	struct rn_bpf_rule *rule = rule_of(t->abi, t->nr);
	s->head.ret = ret;
	s->head.r.flags = t->call_flags;
	s->error = is_error(t, ret);
	put_stash(s, t);
	if (rule && !(t->call_flags & RN_BPF_STATE_ONLY)) {
		if (rule->n_ops[EXIT])
			run_ops(s, EXIT, rule->n_ops[EXIT]);
		bool executed = t->flags & RN_BPF_IN_EXEC && !s->error;
		if ((t->flags & RN_BPF_FAULTED || t->call_flags & RN_BPF_PARTIAL) && !executed &&
			rule->n_ops[ENTRY]) {
			s->head.r.flags |= RN_BPF_AGAIN;
			run_ops(s, ENTRY, rule->n_ops[ENTRY]);
		}
	}
	t->flags &= ~RN_BPF_IN_CALL;
	emit_call(s, RN_BPF_CALL, now_ns);
	/* A socket that does not block is on its way after EINPROGRESS, and has an address now. */
	bool connecting = rule && rule->fd_way == RN_BPF_FDS_SOCKET && ret == -EINPROGRESS;
	if (rule && (!s->error || connecting) && rule->flags & RN_BPF_CHANGES)
		after_call(t->abi, t->nr);
	if (s->error && t->flags & RN_BPF_COMMAND && t->flags & RN_BPF_IN_EXEC)
		t->flags |= RN_BPF_SILENT; /* it could not be executed: our own code goes on */
}

#endif
