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

static __always_inline bool is_compat(const struct rn_bpf_task *t)
{
	struct task_struct *task = (void *)t->task_at;
	return READ(task, thread_info.status) & TS_COMPAT;
}

static __always_inline void put_args(struct rn_bpf_task *t, const struct pt_regs *regs, bool compat)
{
	t->abi = compat ? RN_BPF_ABI_I386 : RN_BPF_ABI_X86_64;
	t->args[0] = compat ? (__u32)regs->bx : regs->di;
	t->args[1] = compat ? (__u32)regs->cx : regs->si;
	t->args[2] = compat ? (__u32)regs->dx : regs->dx;
	t->args[3] = compat ? (__u32)regs->si : regs->r10;
	t->args[4] = compat ? (__u32)regs->di : regs->r8;
	t->args[5] = compat ? (__u32)regs->bp : regs->r9;
	t->sp = regs->sp;
	t->nr = (__u32)regs->orig_ax;
}

static __always_inline void take_args(struct rn_bpf_task *t)
{
	struct pt_regs *regs = (void *)t->regs_at, copy;
	bool compat = is_compat(t);
	if (CAN_CAST) {
		put_args(t, CAST(regs), compat);
	} else {
		bpf_probe_read_kernel(&copy, sizeof(copy), regs);
		put_args(t, &copy, compat);
	}
}

static __always_inline void put_call(struct rn_bpf_call *h, const struct rn_bpf_task *t)
{
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
	h->image = t->image;
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
	put_call(&s->head, t);
	s->nr = t->nr;
	__builtin_memcpy(s->args, t->args, sizeof(t->args));
	s->head.n_spans = 0;
	s->head.n_entry = 0;
	s->head.r.flags = 0;
	return s;
}

/* Calls that are not shed: those that others stand on, and the last one of a thread. */
#define IS_STATE (RN_BPF_STATE_ONLY | RN_BPF_KEPT | RN_BPF_UNFINISHED)

static __always_inline enum need need_of(const struct rn_bpf_task *t)
{
	return t->call_flags & IS_STATE ? KEPT_CALL : MAY_GO;
}

/* flags are those of the record already. False: there is no room for it. */
static __always_inline bool put_walked(struct scratch *s, const struct rn_bpf_task *t, __u16 kind,
	__u64 ts_ns)
{
	struct rn_bpf_call *h = &s->head;
	__u32 used = s->used;
	__u16 flags = h->r.flags;
	if (used > 2 * DATA_MASK)
		used = 2 * DATA_MASK;
	put_head(&h->r, t, ts_ns, kind, (__u32)sizeof(*h) + used);
	h->r.flags = flags;
	h->spans_bytes = used;
	return put_record(h, sizeof(*h) + used, need_of(t));
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

static __always_inline void forget_call(struct rn_bpf_task *t)
{
	t->flags &= ~(RN_BPF_FAULTED | RN_BPF_IN_EXEC);
	t->stash_bytes = t->stash_spans = 0;
	t->call_flags = 0;
	t->out_len = 0xffffffff;
	t->call++;
}

/* What is done with a call's memory now. */
static __always_inline enum rn_bpf_way way_of(const struct rn_bpf_task *t, const struct rn_bpf_rule *rule,
	enum phase phase)
{
	__u8 way = rule->way[phase];
	if (way != RN_BPF_BY_COMMAND)
		return way;
	__u32 command = (__u32)(t->args[rule->command_arg & 7] >> (rule->command_shift & 31)) &
		rule->command_mask;
	return rule->commands[phase] >> RN_BPF_COMMAND_BIT(command) & 1 ? RN_BPF_WALK : RN_BPF_NO_MEMORY;
}

/* Reads what a plain operation says behind `to`, which has room for a span and `room` bytes; how much
 * was put there, negative: it takes more than this. */
static __always_inline int plain_op(const struct rn_bpf_task *t, const struct rn_bpf_op *op,
	enum phase phase, __u8 *to, __u32 room)
{
	__u64 addr = t->args[op->arg & 7], wanted;
	struct rn_bpf_span *p = (void *)to;
	long got;
	if (!addr)
		return 0;
	if (op->code == RN_BPF_OP_STRING) {
		__u32 n = op->cap + 1;
		if (n > room)
			n = room;
		got = bpf_probe_read_user_str(p + 1, n, (void *)addr);
		if (got <= 0 || got >= (long)n)
			return -1;
		wanted = (__u64)got;
	} else {
		wanted = op->len == RN_BPF_CONST ? op->aux : op->len != RN_BPF_RET ?
			t->args[(op->len - RN_BPF_ARG0) & 7] : t->ret > 0 ? (__u64)t->ret : 0;
		if (op->more & RN_BPF_COUNT_32)
			wanted = (__u32)wanted;
		if (wanted > 0xffffff)
			return -1;
		wanted *= op->each;
		__u32 n = wanted < op->cap ? (__u32)wanted : op->cap;
		if (!n)
			return 0;
		if (n > room || bpf_probe_read_user(p + 1, n, (void *)addr))
			return -1;
		got = n;
	}
	p->addr = addr;
	p->wanted = (__u32)wanted;
	p->len = (__u32)got;
	p->arg = op->arg;
	p->phase = (__u8)phase;
	p->fault = 0;
	p->string = op->code == RN_BPF_OP_STRING;
	p->pad = 0;
	return (int)(sizeof(*p) + (((__u32)got + 7) & ~7u));
}

/* Where a further piece of the entry begins at most, and how long it is: the verifier adds up the most
 * of each. */
#define FURTHER_AT 160u
#define SPAN_BYTES ((__u32)sizeof(struct rn_bpf_span))

static __always_inline bool take_further(struct rn_bpf_task *t, const struct rn_bpf_op *op)
{
	__u64 used = t->stash_bytes;
	asm volatile("" : "+r"(used)); /* one register for what is compared and what is added */
	if (used > FURTHER_AT)
		return false;
	int n = plain_op(t, op, ENTRY, t->stash + used, RN_BPF_STASH - FURTHER_AT - SPAN_BYTES);
	if (n < 0)
		return false;
	t->stash_bytes = (__u16)(used + (__u32)n);
	t->stash_spans += n > 0;
	return true;
}

/* True: the entry's memory is here, or there is none. */
static __always_inline bool take_plain(struct rn_bpf_task *t, const struct rn_bpf_rule *rule)
{
	enum rn_bpf_way way = way_of(t, rule, ENTRY);
	if (way != RN_BPF_PLAIN)
		return way == RN_BPF_NO_MEMORY;
	int n = plain_op(t, &rule->op[ENTRY][0], ENTRY, t->stash, RN_BPF_STASH - SPAN_BYTES);
	if (n < 0)
		return false;
	t->stash_bytes = (__u16)n;
	t->stash_spans = n > 0;
	for (__u32 i = 1; i < RN_BPF_PLAIN_OPS && i < rule->n_ops[ENTRY]; i++)
		if (!take_further(t, &rule->op[ENTRY][i])) {
			t->stash_bytes = t->stash_spans = 0; /* the walk begins anew */
			return false;
		}
	return true;
}

static __always_inline void entered(struct rn_bpf_task *t)
{
	t->entry_ns = bpf_ktime_get_ns();
	barrier();
	t->flags |= RN_BPF_IN_CALL; /* last: the recorder looks at calls that last */
}

/* A call is told when its thread is in the control group at its entry. Of one that has left, or was born
 * outside, only what changes its state is: it may come back. */
static __always_inline bool is_outside(struct rn_bpf_task *t)
{
	if (!settings.cgroup)
		return false;
	if (is_in_cgroup()) {
		t->flags &= ~RN_BPF_OUTSIDE;
		return false;
	}
	t->flags |= RN_BPF_OUTSIDE;
	return true;
}

/* Under a limit of the recorder's CPU. */
static __always_inline void pass_unseen(struct rn_bpf_task *t)
{
	t->flags |= RN_BPF_UNSEEN;
	__sync_fetch_and_add(&get_counts()->unseen, 1);
}

/* True: its memory is still to be walked, and then it has entered. */
static __always_inline bool enter(struct rn_bpf_task *t)
{
	t->flags &= ~(RN_BPF_IN_CALL | RN_BPF_NEW | RN_BPF_UNSEEN);
	take_args(t);
	const struct rn_bpf_rule *rule = rule_of(t->abi, t->nr);
	__u8 flags = rule ? rule->flags : RN_BPF_WANTED;
	if (t->flags & RN_BPF_SILENT) {
		if (!(flags & RN_BPF_IS_EXEC))
			return false;
		t->flags &= ~RN_BPF_SILENT;
	}
	if (is_outside(t))
		flags &= ~RN_BPF_WANTED;
	if (look_away && flags & RN_BPF_WANTED) {
		pass_unseen(t);
		flags &= ~RN_BPF_WANTED;
	}
	if (!(flags & (RN_BPF_WANTED | RN_BPF_CHANGES)))
		return false;
	forget_call(t);
	if (flags & RN_BPF_IS_EXEC) {
		t->flags |= RN_BPF_IN_EXEC;
		note_executing(t);
	}
	t->call_flags = (flags & RN_BPF_NEVER_SHED) << RN_BPF_KEPT_SHIFT;
	if (!(flags & RN_BPF_WANTED))
		t->call_flags = RN_BPF_STATE_ONLY;
	else if (settings.stack_bytes)
		send_stack(t);
	if (rule && flags & RN_BPF_WANTED) {
		if (flags & RN_BPF_OUT_LEN)
			bpf_probe_read_user(&t->out_len, sizeof(t->out_len),
				(void *)t->args[rule->out_arg & 7]);
		if (!take_plain(t, rule))
			return true;
	}
	entered(t);
	return false;
}

/* Recording began in the middle of the call, or a filter of seccomp kept it from being one: what it
 * is the registers still say, but for the first result of the machine's own. */
static __always_inline bool recover(struct rn_bpf_task *t)
{
	forget_call(t);
	take_args(t);
	t->call_flags = RN_BPF_PARTIAL;
	t->entry_ns = t->exit_ns;
	const struct rn_bpf_rule *rule = rule_of(t->abi, t->nr);
	__u8 flags = rule ? rule->flags : RN_BPF_WANTED;
	if (t->flags & (RN_BPF_OUTSIDE | RN_BPF_UNSEEN))
		flags &= ~RN_BPF_WANTED;
	if (!(flags & (RN_BPF_WANTED | RN_BPF_CHANGES)))
		return false;
	if (!(flags & RN_BPF_WANTED))
		t->call_flags |= RN_BPF_STATE_ONLY;
	t->call_flags |= (flags & RN_BPF_NEVER_SHED) << RN_BPF_KEPT_SHIFT;
	return (__s32)t->nr >= 0;
}

static __always_inline bool is_error(const struct rn_bpf_task *t)
{
	__s64 ret = t->abi == RN_BPF_ABI_I386 ? (__s32)t->ret : t->ret;
	return (__u64)ret >= (__u64)-MAX_ERRNO;
}

/* A call that was broken off because the thread is to end, by exit_group, an execve or SIGKILL, returns
 * to nobody: as for a tracer, it is one that never did. Another signal that ends it meets a thread whose
 * call is over. */
static __always_inline bool is_killed(const struct rn_bpf_task *t)
{
	enum { ERESTARTSYS = 512, LAST_OF_THEM = 516, SIGKILL_BIT = 1 << 8 };
	struct task_struct *task = (void *)t->task_at;
	__s32 ret = (__s32)t->ret;
	return ret <= -ERESTARTSYS && ret >= -LAST_OF_THEM && t->flags & RN_BPF_IN_CALL && !t->dying &&
		READ(task, pending.signal.sig[0]) & SIGKILL_BIT;
}

#define MAX_PLAIN 0x1ffffu /* of memory behind a record written in place */

/* The call's record with what the entry has left, and plain memory of the exit: written where it is
 * read. False: it takes more than this, nothing was sent. */
static __always_inline bool send_call(struct rn_bpf_task *t, const struct rn_bpf_rule *rule, bool error)
{
	struct place p;
	struct rn_bpf_call *h = open_place(&p, need_of(t));
	__u32 used = t->stash_bytes;
	if (!h) {
		count_loss(RN_BPF_LOST_RING, sizeof(*h) + used, t->call_flags & IS_STATE);
		return true;
	}
	__u8 *data = (void *)(h + 1);
	if (used > RN_BPF_STASH)
		used = RN_BPF_STASH;
	if (used)
		copy_stash(data, t->stash, used);
	/* In memory, so that the verifier finds each turn of the loop like the one before. */
	h->spans_bytes = used;
	h->n_spans = t->stash_spans;
	for (__u32 i = 0; rule && i < RN_BPF_PLAIN_OPS; i++) {
		const struct rn_bpf_op *op = &rule->op[EXIT][i];
		if (i >= rule->n_ops[EXIT])
			break;
		if (error && !(op->flags & RN_BPF_ON_ERROR))
			continue;
		if (op->flags & RN_BPF_INTERRUPTED && t->ret != -EINTR && t->ret != -ERESTART_RESTARTBLOCK)
			continue;
		int n = plain_op(t, op, EXIT, data + (h->spans_bytes & MAX_PLAIN), PIECE_MASK);
		if (n < 0)
			return false;
		h->spans_bytes += (__u32)n;
		h->n_spans += n > 0;
	}
	used = h->spans_bytes & MAX_PLAIN;
	put_call(h, t);
	put_head(&h->r, t, t->exit_ns, RN_BPF_CALL, (__u32)sizeof(*h) + used);
	h->r.flags = t->call_flags;
	h->ret = t->ret;
	h->n_entry = t->stash_spans;
	close_place(&p, (__u32)sizeof(*h) + used);
	return true;
}

enum then { NOTHING, WALK, AFTER };

/* What is left to do once the call is told: what it has changed. */
static __always_inline enum then then(struct rn_bpf_task *t, const struct rn_bpf_rule *rule, bool error)
{
	enum { PROT_EXEC = 4, F_DUPFD = 0, F_DUPFD_CLOEXEC = 1030 };
	t->flags &= ~RN_BPF_IN_CALL;
	if (error && t->flags & RN_BPF_COMMAND && t->flags & RN_BPF_IN_EXEC)
		t->flags |= RN_BPF_SILENT; /* it could not be executed: our own code goes on */
	if (!rule || !(rule->flags & RN_BPF_TELLS))
		return NOTHING;
	if (rule->map_way && !(t->args[2] & PROT_EXEC))
		return NOTHING;
	if (rule->fd_way == RN_BPF_FDS_FCNTL && t->args[1] != F_DUPFD && t->args[1] != F_DUPFD_CLOEXEC)
		return NOTHING;
	/* A socket that does not block is on its way after EINPROGRESS, and has an address now. */
	bool connecting = rule->fd_way == RN_BPF_FDS_SOCKET && t->ret == -EINPROGRESS;
	return error && !connecting ? NOTHING : AFTER;
}

static __always_inline enum then leave(struct rn_bpf_task *t, long ret)
{
	t->exit_ns = bpf_ktime_get_ns();
	if (t->flags & (RN_BPF_NEW | RN_BPF_SILENT)) {
		t->flags &= ~RN_BPF_NEW;
		return NOTHING;
	}
	if (!(t->flags & RN_BPF_IN_CALL) && !recover(t))
		return NOTHING;
	t->ret = ret;
	const struct rn_bpf_rule *rule = rule_of(t->abi, t->nr);
	bool error = is_error(t), wanted = rule && !(t->call_flags & RN_BPF_STATE_ONLY);
	if (error && is_killed(t))
		return NOTHING;
	enum rn_bpf_way way = wanted ? way_of(t, rule, EXIT) : RN_BPF_NO_MEMORY;
	bool again = t->flags & RN_BPF_FAULTED || t->call_flags & RN_BPF_PARTIAL;
	if ((wanted && (way == RN_BPF_WALK || (again && rule->n_ops[ENTRY]))) ||
		!send_call(t, way == RN_BPF_PLAIN ? rule : NULL, error)) {
		t->flags |= RN_BPF_LEAVING;
		return WALK;
	}
	return then(t, rule, error);
}

static __always_inline void capture_entry(struct rn_bpf_task *t, const struct rn_bpf_rule *rule)
{
	struct scratch *s = scratch_for(t);
	if (!s)
		return;
	run_rule(s, ENTRY, rule);
	t->out_len = s->out_len;
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
	if (!put_walked(s, t, RN_BPF_ENTRY, bpf_ktime_get_ns()))
		count_cut(&get_counts()->no_memory);
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

/* What leave leaves: memory of all kinds. */
static __always_inline enum then walk_exit(struct rn_bpf_task *t)
{
	struct scratch *s = scratch_for(t);
	const struct rn_bpf_rule *rule = rule_of(t->abi, t->nr);
	if (!s || !rule)
		return NOTHING;
	s->head.ret = t->ret;
	s->head.r.flags = t->call_flags;
	s->error = is_error(t);
	put_stash(s, t);
	run_rule(s, EXIT, rule);
	bool executed = t->flags & RN_BPF_IN_EXEC && !s->error;
	if ((t->flags & RN_BPF_FAULTED || t->call_flags & RN_BPF_PARTIAL) && !executed) {
		s->head.r.flags |= RN_BPF_AGAIN;
		run_rule(s, ENTRY, rule);
	}
	if (!put_walked(s, t, RN_BPF_CALL, t->exit_ns))
		count_loss(RN_BPF_LOST_RING, sizeof(s->head) + s->used, t->call_flags & IS_STATE);
	return then(t, rule, s->error);
}

/* The state a call has changed. */
static __always_inline void tell_changes(const struct rn_bpf_task *t)
{
	const struct rn_bpf_rule *rule = rule_of(t->abi, t->nr);
	struct scratch *s = get_scratch();
	if (!rule || !s)
		return;
	s->head.r.ts_ns = t->exit_ns;
	if (rule->fd_way)
		tell_fds(rule, t);
	if (rule->map_way)
		tell_mapped(rule, t);
	if (rule->flags & RN_BPF_CWD_AFTER)
		tell_cwd();
	if (rule->flags & RN_BPF_COMM_AFTER && t->args[0] == 15) /* PR_SET_NAME */
		tell_comm();
}

#endif
