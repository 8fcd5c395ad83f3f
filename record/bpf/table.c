/* SPDX-License-Identifier: MIT */
/* A rule for each call: what to take at its entry and its exit, and what it changes. */
#include "record/bpf/table.h"

#include "record/bpf/operation.h"
#include "record/capture/capture.h"
#include "record/capture/fetch.h"

#include <string.h>

_Static_assert((int)RN_BPF_ARG0 == RN_LEN_ARG0 && (int)RN_BPF_ARG5 == RN_LEN_ARG5 &&
	(int)RN_BPF_PTR0 == RN_LEN_PTR0 && (int)RN_BPF_PTR5 == RN_LEN_PTR5 &&
	(int)RN_BPF_RET == RN_LEN_RET && (int)RN_BPF_CONST == RN_LEN_CONST &&
	(int)RN_BPF_PAGES1 == RN_LEN_PAGES1, "counts have the numbers of enum rn_arg_len");
_Static_assert((int)RN_BPF_ABI_X86_64 == RN_ABI_X86_64 && (int)RN_BPF_ABI_I386 == RN_ABI_I386, "abis");
_Static_assert((int)RN_BPF_FD_OPENED == RN_FD_OPENED && (int)RN_BPF_FD_DUP == RN_FD_DUP &&
	(int)RN_BPF_FD_RECEIVED == RN_FD_RECEIVED && (int)RN_BPF_FD_CHANGED == RN_FD_CHANGED, "hows");

static bool is_due(const struct rn_arg *a, unsigned phase)
{
	return phase == RN_PHASE_ENTRY ? a->dir & RN_IN : a->dir & (RN_OUT | RN_OUT_ALWAYS);
}

static void put_ops(struct rn_bpf_rule *rule, struct rn_bpf_making *m)
{
	for (unsigned i = 0; i < 6; i++) {
		m->arg = &m->desc->arg[i];
		struct rn_bpf_op op;
		if (!is_due(m->arg, m->phase) || !rn_bpf_operation(&op, m))
			continue;
		op.arg = (uint8_t)i;
		if (m->phase == RN_PHASE_EXIT && m->arg->dir & RN_OUT_ALWAYS)
			op.flags |= RN_BPF_ON_ERROR;
		rule->op[m->phase][rule->n_ops[m->phase]++] = op;
		if (m->phase == RN_PHASE_EXIT && op.flags & RN_BPF_CLAMP) {
			rule->flags |= RN_BPF_OUT_LEN;
			rule->out_arg = (uint8_t)(op.len - RN_BPF_PTR0);
		}
	}
}

static bool is(const struct rn_syscall *desc, const char *name)
{
	return strcmp(desc->name, name) == 0;
}

static bool begins(const struct rn_syscall *desc, const char *name)
{
	return strncmp(desc->name, name, strlen(name)) == 0;
}

/* Calls whose effect on descriptors is a rule of their own: see record/tracee/fdwatch.c. */
static void put_fd_way(struct rn_bpf_rule *rule, const struct rn_syscall *desc)
{
	rule->fd_how = begins(desc, "dup") || begins(desc, "fcntl") ? RN_FD_DUP :
		is(desc, "pidfd_getfd") ? RN_FD_RECEIVED : RN_FD_OPENED;
	if (desc->effects & RN_FX_FD_NEW)
		rule->fd_way = RN_BPF_FDS_RESULT;
	if (desc->effects & RN_FX_UNNAME)
		rule->fd_way = begins(desc, "rename") ? RN_BPF_FDS_RENAMED : RN_BPF_FDS_UNNAMED;
	if (desc->effects & RN_FX_SOCK)
		rule->fd_way = RN_BPF_FDS_SOCKET;
	if (!(desc->effects & RN_FX_FD_OTHER))
		return;
	if (is(desc, "pipe") || is(desc, "pipe2") || is(desc, "socketpair")) {
		rule->fd_way = RN_BPF_FDS_PAIR;
		rule->fd_arg = is(desc, "socketpair") ? 3 : 0;
	} else if (is(desc, "recvmsg")) {
		rule->fd_way = RN_BPF_FDS_MESSAGE;
	} else if (begins(desc, "fcntl")) {
		rule->fd_way = RN_BPF_FDS_FCNTL;
	}
}

static void put_map_way(struct rn_bpf_rule *rule, const struct rn_syscall *desc)
{
	if (!(desc->effects & RN_FX_MAP))
		return;
	if (is(desc, "mmap"))
		rule->map_way = RN_BPF_MAPS_MMAP;
	else if (is(desc, "mmap2"))
		rule->map_way = RN_BPF_MAPS_MMAP2;
	else if (is(desc, "mprotect") || is(desc, "pkey_mprotect"))
		rule->map_way = RN_BPF_MAPS_MPROTECT;
}

/* What on_enter and on_leave do by themselves: see plain_op of calls.bpf.h. */
static bool is_plain(const struct rn_bpf_op *op)
{
	if (op->code == RN_BPF_OP_STRING)
		return op->len != RN_BPF_RET && !op->flags;
	bool counted = op->len == RN_BPF_CONST || op->len == RN_BPF_RET ||
		(op->len >= RN_BPF_ARG0 && op->len <= RN_BPF_ARG5);
	return op->code == RN_BPF_OP_BYTES && counted && !op->add &&
		!(op->flags & ~(RN_BPF_ON_ERROR | RN_BPF_INTERRUPTED)) && !(op->more & ~RN_BPF_COUNT_32);
}

static enum rn_bpf_way way_of(const struct rn_bpf_rule *rule, enum rn_span_phase phase)
{
	const unsigned n = rule->n_ops[phase];
	const struct rn_bpf_op *op = rule->op[phase];
	if (!n)
		return RN_BPF_NO_MEMORY;
	if (n == 1 && op->code == RN_BPF_OP_COMMAND)
		return RN_BPF_BY_COMMAND;
	for (unsigned i = 0; i < n; i++)
		if (!is_plain(&op[i]))
			return RN_BPF_WALK;
	return n <= RN_BPF_PLAIN_OPS ? RN_BPF_PLAIN : RN_BPF_WALK;
}

struct marking {
	struct rn_bpf_rule *rule;
	uint16_t table;
};

static void mark_command(void *arg, const struct rn_bpf_command_op *c)
{
	struct marking *m = arg;
	if (c->key.table == m->table)
		m->rule->commands[c->key.phase] |= 1ull << RN_BPF_COMMAND_BIT(c->key.command);
}

static void put_ways(struct rn_bpf_rule *rule, const struct rn_recording *rec)
{
	for (unsigned phase = RN_PHASE_ENTRY; phase <= RN_PHASE_EXIT; phase++) {
		const struct rn_bpf_op *op = rule->op[phase];
		rule->way[phase] = (uint8_t)way_of(rule, phase);
		if (rule->way[phase] != RN_BPF_BY_COMMAND)
			continue;
		rule->command_arg = (uint8_t)op->each;
		rule->command_shift = op->shift;
		rule->command_mask = op->cap;
		struct marking m = { rule, op->aux };
		rn_bpf_commands(rec, mark_command, &m);
	}
	if (rule->fd_way || rule->map_way || rule->flags & (RN_BPF_CWD_AFTER | RN_BPF_COMM_AFTER))
		rule->flags |= RN_BPF_TELLS;
}

static enum rn_bpf_inner inner_of(enum rn_abi abi, const struct rn_syscall *desc)
{
	if (abi != RN_ABI_I386)
		return RN_BPF_INNER_NONE;
	if (is(desc, "socketcall"))
		return RN_BPF_INNER_SOCKET;
	if (is(desc, "ipc"))
		return RN_BPF_INNER_IPC;
	/* The first ones of i386, with their arguments in memory. */
	const uint64_t args[6] = { 1 };
	if (!rn_inner_at(abi, desc, args))
		return RN_BPF_INNER_NONE;
	return is(desc, "select") ? RN_BPF_INNER_SELECT : RN_BPF_INNER_MMAP;
}

/* The call that number 0 or more of an outer call carries, with what each of its arguments is; false:
 * it carries none. */
static bool take_inner(struct rn_bpf_rule *rule, const struct rn_syscall *outer, uint64_t arg0,
	const struct rn_syscall **desc)
{
	enum { ARG = 0x100, WORD = 0x200 };
	const uint32_t words[RN_INNER_WORDS] = { WORD, WORD + 1, WORD + 2, WORD + 3, WORD + 4, WORD + 5 };
	const uint64_t args[6] = { arg0, ARG + 1, ARG + 2, ARG + 3, ARG + 4, ARG + 5 };
	struct rn_inner_call call;
	if (!rn_inner_call(RN_ABI_I386, outer, args, words, RN_INNER_WORDS, &call))
		return false;
	for (unsigned i = 0; i < 6; i++)
		rule->from[i] = (uint8_t)(call.args[i] >= WORD ? 8 + call.args[i] - WORD :
			call.args[i] >= ARG ? call.args[i] - ARG : 0);
	*desc = call.desc;
	return true;
}

/* The rule of a call that others carry; its number is as rn_bpf_inner_nr has it. */
static struct rn_bpf_rule carried(const struct rn_recording *rec, uint32_t nr)
{
	struct rn_bpf_rule rule = { 0 };
	for (uint32_t outer = 0; outer < RN_BPF_INNER_FIRST; outer++) {
		const struct rn_syscall *desc = rn_syscall(RN_ABI_I386, outer), *inner;
		enum rn_bpf_inner how = desc ? inner_of(RN_ABI_I386, desc) : RN_BPF_INNER_NONE;
		for (uint64_t arg0 = 0; how && arg0 < 32; arg0++) {
			uint64_t first = how == RN_BPF_INNER_IPC ? arg0 | 1 << 16 : arg0;
			if (rn_bpf_inner_nr(how, arg0) != nr || !take_inner(&rule, desc, first, &inner))
				continue;
			rule.inner = (uint8_t)how;
			struct rn_bpf_making m = { .rec = rec, .abi = RN_ABI_I386, .desc = inner, .pointer_bytes = 4 };
			for (m.phase = RN_PHASE_ENTRY; m.phase <= RN_PHASE_EXIT; m.phase++)
				put_ops(&rule, &m);
			return rule;
		}
	}
	return rule;
}

/* What a reader must know of to make sense of the rest. What a message carried is told apart. */
static bool is_never_shed(const struct rn_syscall *desc)
{
	static const char *const births_and_ends[] = { "clone", "clone3", "execve", "execveat", "exit",
		"exit_group", "fork", "vfork" };
	for (size_t i = 0; i < sizeof(births_and_ends) / sizeof(births_and_ends[0]); i++)
		if (is(desc, births_and_ends[i]))
			return true;
	return desc->effects && !begins(desc, "recv");
}

struct rn_bpf_rule rn_bpf_rule_of(const struct rn_recording *rec, enum rn_abi abi, uint32_t nr)
{
	struct rn_bpf_rule rule = { 0 };
	const struct rn_syscall *desc = rn_syscall(abi, nr);
	if (!desc && abi == RN_ABI_I386 && nr >= RN_BPF_INNER_FIRST)
		return carried(rec, nr);
	if (rn_recording_wants(rec, abi, nr))
		rule.flags |= RN_BPF_WANTED;
	if (!desc)
		return rule;
	if (desc->effects)
		rule.flags |= RN_BPF_CHANGES;
	if (is_never_shed(desc))
		rule.flags |= RN_BPF_NEVER_SHED;
	if (desc->effects & RN_FX_CWD)
		rule.flags |= RN_BPF_CWD_AFTER;
	if (desc->effects & RN_FX_COMM)
		rule.flags |= RN_BPF_COMM_AFTER;
	if (is(desc, "execve") || is(desc, "execveat"))
		rule.flags |= RN_BPF_IS_EXEC | RN_BPF_CHANGES;
	put_fd_way(&rule, desc);
	put_map_way(&rule, desc);
	struct rn_bpf_making m = {
		.rec = rec, .abi = abi, .desc = desc, .pointer_bytes = rn_abi_desc(abi)->pointer_bytes,
	};
	for (m.phase = RN_PHASE_ENTRY; m.phase <= RN_PHASE_EXIT; m.phase++)
		put_ops(&rule, &m);
	put_ways(&rule, rec);
	rule.inner = (uint8_t)inner_of(abi, desc);
	if (rule.inner)
		rule.way[RN_PHASE_ENTRY] = rule.way[RN_PHASE_EXIT] = RN_BPF_WALK;
	return rule;
}
