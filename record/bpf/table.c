/* SPDX-License-Identifier: MIT */
/*
 * One function for each kind of argument that has memory behind it, as in record/capture_walk.c:
 * what that reads, the operation says.
 */
#include "record/bpf/table.h"

#include "record/capture.h"
#include "record/capture_fetch.h"

#include <string.h>

_Static_assert((int)RN_BPF_ARG0 == RN_LEN_ARG0 && (int)RN_BPF_ARG5 == RN_LEN_ARG5 &&
	(int)RN_BPF_PTR0 == RN_LEN_PTR0 && (int)RN_BPF_PTR5 == RN_LEN_PTR5 &&
	(int)RN_BPF_RET == RN_LEN_RET && (int)RN_BPF_CONST == RN_LEN_CONST &&
	(int)RN_BPF_PAGES1 == RN_LEN_PAGES1, "counts have the numbers of enum rn_arg_len");
_Static_assert((int)RN_BPF_ABI_X86_64 == RN_ABI_X86_64 && (int)RN_BPF_ABI_I386 == RN_ABI_I386, "abis");
_Static_assert((int)RN_BPF_FD_OPENED == RN_FD_OPENED && (int)RN_BPF_FD_DUP == RN_FD_DUP &&
	(int)RN_BPF_FD_RECEIVED == RN_FD_RECEIVED && (int)RN_BPF_FD_CHANGED == RN_FD_CHANGED, "hows");

#define SOCKADDR_MAX_BYTES 256u

/* The argument being compiled. */
struct making {
	const struct rn_recording *rec;
	enum rn_abi abi;
	const struct rn_syscall *desc;
	const struct rn_arg *arg;
	unsigned phase, pointer_bytes;
};

typedef struct rn_bpf_op maker(const struct making *m);

static uint32_t string_bytes(const struct making *m)
{
	return (uint32_t)m->rec->options->string_bytes;
}

static struct rn_bpf_op bytes(const struct making *m, uint32_t each, uint32_t cap)
{
	struct rn_bpf_op op = {
		.code = RN_BPF_OP_BYTES, .len = m->arg->len, .aux = m->arg->n, .each = (uint16_t)each,
		.cap = cap,
	};
	if (m->arg->len == RN_LEN_NUL)
		op.len = RN_BPF_CONST;
	if (m->arg->len >= RN_LEN_ARG0 && m->arg->len <= RN_LEN_ARG5 &&
		rn_arg_as_count(m->desc, m->arg->len - RN_LEN_ARG0, UINT64_MAX) != UINT64_MAX)
		op.more = RN_BPF_COUNT_32;
	if (m->arg->len >= RN_LEN_PTR0 && m->arg->len <= RN_LEN_PTR5)
		op.flags = RN_BPF_CLAMP;
	return op;
}

static struct rn_bpf_op constant(uint32_t n, uint32_t cap)
{
	return (struct rn_bpf_op){
		.code = RN_BPF_OP_BYTES, .len = RN_BPF_CONST, .aux = (uint16_t)n, .each = 1, .cap = cap,
	};
}

static struct rn_bpf_op string(uint32_t cap)
{
	return (struct rn_bpf_op){ .code = RN_BPF_OP_STRING, .cap = cap < RN_PATH_MAX ? cap : RN_PATH_MAX };
}

static struct rn_bpf_op make_path(const struct making *m)
{
	struct rn_bpf_op op = string(RN_PATH_MAX);
	op.len = m->arg->len == RN_LEN_RET ? RN_BPF_RET : 0;
	return op;
}

static struct rn_bpf_op make_str(const struct making *m)
{
	bool any = !m->arg->n || m->arg->flags & RN_ARG_IF; /* its n is something else */
	struct rn_bpf_op op = string(any ? string_bytes(m) + 1 : m->arg->n);
	op.len = m->arg->len == RN_LEN_RET ? RN_BPF_RET : 0;
	return op;
}

static struct rn_bpf_op make_buf(const struct making *m)
{
	bool omit = m->arg->kind == RN_ARG_BUF && m->arg->flags & RN_ARG_OMIT_NUL;
	uint32_t cap = m->arg->n == RN_WHOLE ? RN_CAPTURE_WHOLE_BYTES : string_bytes(m);
	return bytes(m, 1, cap + omit);
}

static uint32_t record_bytes(const struct making *m)
{
	return rn_record_bytes((enum rn_record_id)m->arg->aux, m->abi);
}

static struct rn_bpf_op make_rec(const struct making *m)
{
	return constant(record_bytes(m), RN_CAPTURE_WHOLE_BYTES);
}

static struct rn_bpf_op make_rem(const struct making *m)
{
	struct rn_bpf_op op = make_rec(m);
	op.flags |= RN_BPF_INTERRUPTED;
	return op;
}

static struct rn_bpf_op make_arr(const struct making *m)
{
	struct rn_bpf_op op = bytes(m, record_bytes(m), RN_CAPTURE_WHOLE_BYTES);
	op.flags = 0;
	return op;
}

static struct rn_bpf_op make_vrec(const struct making *m)
{
	struct rn_bpf_op op = bytes(m, 1, m->arg->n && m->arg->n != RN_WHOLE ? m->arg->n : 4096);
	op.flags = 0;
	return op;
}

static struct rn_bpf_op make_clone_args(const struct making *m)
{
	struct rn_bpf_op op = bytes(m, 1, 4096);
	op.code = RN_BPF_OP_CLONE3;
	op.flags = 0;
	return op;
}

static struct rn_bpf_op make_addr(const struct making *m)
{
	return bytes(m, 1, SOCKADDR_MAX_BYTES);
}

static bool fills(const struct making *m)
{
	return m->arg->dir & (RN_OUT | RN_OUT_ALWAYS);
}

/* At entry of a call that fills the buffers there is nothing in them yet; at exit, after an error,
 * the headers still tell where it was to go. */
static struct rn_bpf_op nested(const struct making *m, enum rn_bpf_code code)
{
	struct rn_bpf_op op = bytes(m, 1, 0);
	op.code = (uint8_t)code;
	op.flags = m->phase == RN_PHASE_EXIT || !fills(m) ? RN_BPF_PAYLOAD : 0;
	return op;
}

static struct rn_bpf_op make_iov(const struct making *m)
{
	struct rn_bpf_op op = nested(m, RN_BPF_OP_IOV);
	if (m->arg->dir & RN_OUT)
		op.flags |= RN_BPF_ON_ERROR;
	return op;
}

static struct rn_bpf_op make_riov(const struct making *m)
{
	struct rn_bpf_op op = nested(m, RN_BPF_OP_IOV);
	op.flags = 0;
	return op;
}

static struct rn_bpf_op make_msg(const struct making *m)
{
	return nested(m, RN_BPF_OP_MSG);
}

static struct rn_bpf_op make_mmsg(const struct making *m)
{
	struct rn_bpf_op op = nested(m, RN_BPF_OP_MMSG);
	unsigned with_parts = m->arg->aux == RN_MMSG_SENT ? RN_PHASE_ENTRY : RN_PHASE_EXIT;
	op.flags = m->phase == with_parts ? RN_BPF_PAYLOAD : 0;
	return op;
}

static struct rn_bpf_op make_argv(const struct making *m)
{
	(void)m;
	return (struct rn_bpf_op){ .code = RN_BPF_OP_ARGV };
}

static struct rn_bpf_op make_envp(const struct making *m)
{
	return (struct rn_bpf_op){
		.code = RN_BPF_OP_ENVP, .more = m->rec->options->environment ? RN_BPF_STRINGS : 0,
	};
}

static struct rn_bpf_op make_sigset(const struct making *m)
{
	struct rn_bpf_op op = bytes(m, 1, 128);
	op.flags = RN_BPF_ZERO_IS_8;
	return op;
}

static struct rn_bpf_op make_fdset(const struct making *m)
{
	struct rn_bpf_op op = bytes(m, 8, RN_CAPTURE_WHOLE_BYTES);
	op.flags = RN_BPF_WORDS64;
	return op;
}

static struct rn_bpf_op make_whole(const struct making *m)
{
	struct rn_bpf_op op = bytes(m, 1, RN_CAPTURE_WHOLE_BYTES);
	op.flags = 0;
	return op;
}

static struct rn_bpf_op make_fdpair(const struct making *m)
{
	(void)m;
	return constant(8, 8);
}

static struct rn_bpf_op make_mask(const struct making *m)
{
	struct rn_bpf_op op = bytes(m, 1, 1024);
	op.flags = 0;
	op.more |= RN_BPF_ROUND_WORD;
	return op;
}

static struct rn_bpf_op make_nodeset(const struct making *m)
{
	struct rn_bpf_op op = bytes(m, 8, RN_CAPTURE_WHOLE_BYTES);
	op.flags = RN_BPF_WORDS64;
	op.more |= RN_BPF_MANY_BITS;
	return op;
}

static struct rn_bpf_op make_msgbuf(const struct making *m)
{
	struct rn_bpf_op op = bytes(m, 1, string_bytes(m) + m->pointer_bytes);
	op.flags = 0;
	op.add = (uint16_t)m->pointer_bytes;
	return op;
}

static struct rn_bpf_op make_clone(const struct making *m)
{
	(void)m;
	struct rn_bpf_op op = constant(4, 4);
	op.flags = RN_BPF_CLONE_TIDS;
	return op;
}

static struct rn_bpf_op make_sigset_ptrlen(const struct making *m)
{
	(void)m;
	return (struct rn_bpf_op){ .code = RN_BPF_OP_SIGSET };
}

/* Where the mask lies in the frame: see sigframe_mask of record/capture_walk.c. */
static struct rn_bpf_op make_sigframe(const struct making *m)
{
	struct rn_bpf_op op = constant(8, 8);
	op.flags = RN_BPF_SP;
	op.add = m->abi == RN_ABI_I386 ? 12 + 128 + 108 : 40 + 256;
	return op;
}

/* Which argument holds the command, and which of its bits say it. */
static const struct {
	uint8_t kind, arg, shift;
	uint32_t bits;
} command_of[] = {
	{ RN_ARG_ARCH_PRCTL_ARG, 0, 0, UINT32_MAX },
	{ RN_ARG_FCNTL_ARG, 1, 0, UINT32_MAX },
	{ RN_ARG_FSCONFIG_VAL, 1, 0, UINT32_MAX },
	{ RN_ARG_FUTEX_ARG, 1, 0, 0x7f }, /* without PRIVATE and CLOCK_REALTIME */
	{ RN_ARG_IOCTL_ARG, 1, 0, UINT32_MAX },
	{ RN_ARG_KCMP_ARG, 2, 0, UINT32_MAX },
	{ RN_ARG_KEYCTL_ARG, 0, 0, UINT32_MAX },
	{ RN_ARG_PRCTL_ARG, 0, 0, UINT32_MAX },
	{ RN_ARG_PTRACE_ARG, 0, 0, UINT32_MAX },
	{ RN_ARG_QUOTACTL_ARG, 0, 8, UINT32_MAX >> 8 }, /* without the kind of quota */
	{ RN_ARG_SECCOMP_ARG, 0, 0, UINT32_MAX },
	{ RN_ARG_SEM_ARG, 1, 0, ~0x100u }, /* without IPC_64 */
};

/* Commands of different sizes are in different tables. */
static uint16_t table_number(enum rn_arg_kind kind, enum rn_abi abi, bool wide)
{
	return (uint16_t)((unsigned)kind << 4 | (unsigned)abi << 1 | wide);
}

static bool is_wide(const struct rn_arg *arg)
{
	return arg->kind == RN_ARG_FUTEX_ARG && arg->aux == RN_REC_timespec64;
}

static struct rn_bpf_op make_command(const struct making *m)
{
	struct rn_bpf_op op = { .code = RN_BPF_OP_COMMAND };
	if (m->arg->kind == RN_ARG_IOCTL_ARG)
		op.code = RN_BPF_OP_IOCTL;
	op.aux = table_number((enum rn_arg_kind)m->arg->kind, m->abi, is_wide(m->arg));
	for (size_t i = 0; i < sizeof(command_of) / sizeof(command_of[0]); i++) {
		if (command_of[i].kind != m->arg->kind)
			continue;
		op.each = command_of[i].arg;
		op.shift = command_of[i].shift;
		op.cap = command_of[i].bits;
	}
	if (m->arg->kind == RN_ARG_SEM_ARG && m->arg->aux == RN_IPC_sem)
		op.each = 2;
	return op;
}

static struct rn_bpf_op make_bpf(const struct making *m)
{
	(void)m;
	return (struct rn_bpf_op){
		.code = RN_BPF_OP_BYTES, .len = RN_BPF_ARG0 + 2, .each = 1, .cap = 4096,
	};
}

static maker *const makers[RN_ARG_KINDS] = {
	[RN_ARG_PATH] = make_path,
	[RN_ARG_STR] = make_str,
	[RN_ARG_BUF] = make_buf,
	[RN_ARG_REC] = make_rec,
	[RN_ARG_ARR] = make_arr,
	[RN_ARG_VREC] = make_vrec,
	[RN_ARG_ADDR] = make_addr,
	[RN_ARG_IOV] = make_iov,
	[RN_ARG_RIOV] = make_riov,
	[RN_ARG_MSG] = make_msg,
	[RN_ARG_MMSG] = make_mmsg,
	[RN_ARG_ARGV] = make_argv,
	[RN_ARG_ENVP] = make_envp,
	[RN_ARG_SIGSET] = make_sigset,
	[RN_ARG_FDSET] = make_fdset,
	[RN_ARG_DIRENTS] = make_whole,
	[RN_ARG_FDPAIR] = make_fdpair,
	[RN_ARG_CPUSET] = make_mask,
	[RN_ARG_NODESET] = make_nodeset,
	[RN_ARG_MINCORE] = make_whole,
	[RN_ARG_MSGBUF] = make_msgbuf,
	[RN_ARG_CAPS] = make_arr,
	[RN_ARG_UTIMES] = make_arr,
	[RN_ARG_REM] = make_rem,
	[RN_ARG_CLONE_ARG] = make_clone,
	[RN_ARG_CLONE_ARGS] = make_clone_args,
	[RN_ARG_MOUNT_DATA] = make_path,
	[RN_ARG_FSCONFIG_VAL] = make_command,
	[RN_ARG_SOCKOPT_VAL] = make_buf,
	[RN_ARG_SIGSET_PTRLEN] = make_sigset_ptrlen,
	[RN_ARG_SIGFRAME] = make_sigframe,
	[RN_ARG_IOCTL_ARG] = make_command,
	[RN_ARG_FCNTL_ARG] = make_command,
	[RN_ARG_PRCTL_ARG] = make_command,
	[RN_ARG_ARCH_PRCTL_ARG] = make_command,
	[RN_ARG_FUTEX_ARG] = make_command,
	[RN_ARG_BPF_ATTR] = make_bpf,
	[RN_ARG_IOCBS] = make_arr,
	[RN_ARG_KCMP_ARG] = make_command,
	[RN_ARG_KEYCTL_ARG] = make_command,
	[RN_ARG_PTRACE_ARG] = make_command,
	[RN_ARG_QUOTACTL_ARG] = make_command,
	[RN_ARG_SEM_ARG] = make_command,
	[RN_ARG_SECCOMP_ARG] = make_command,
};

static bool is_due(const struct rn_arg *a, unsigned phase)
{
	return phase == RN_PHASE_ENTRY ? a->dir & RN_IN : a->dir & (RN_OUT | RN_OUT_ALWAYS);
}

static void put_ops(struct rn_bpf_rule *rule, struct making *m)
{
	for (unsigned i = 0; i < 6; i++) {
		m->arg = &m->desc->arg[i];
		if (m->arg->kind >= RN_ARG_KINDS || !makers[m->arg->kind] || !is_due(m->arg, m->phase))
			continue;
		struct rn_bpf_op op = makers[m->arg->kind](m);
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

/* Calls whose effect on descriptors is a rule of their own: see record/fdwatch.c. */
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
	return n <= (phase == RN_PHASE_ENTRY ? 1 : RN_BPF_PLAIN_OPS) ? RN_BPF_PLAIN : RN_BPF_WALK;
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
			struct making m = { .rec = rec, .abi = RN_ABI_I386, .desc = inner, .pointer_bytes = 4 };
			for (m.phase = RN_PHASE_ENTRY; m.phase <= RN_PHASE_EXIT; m.phase++)
				put_ops(&rule, &m);
			return rule;
		}
	}
	return rule;
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
	if (desc->effects & RN_FX_CWD)
		rule.flags |= RN_BPF_CWD_AFTER;
	if (desc->effects & RN_FX_COMM)
		rule.flags |= RN_BPF_COMM_AFTER;
	if (is(desc, "execve") || is(desc, "execveat"))
		rule.flags |= RN_BPF_IS_EXEC | RN_BPF_CHANGES;
	put_fd_way(&rule, desc);
	put_map_way(&rule, desc);
	struct making m = {
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

/* A row of a command table as an operation. */
static struct rn_bpf_op row_op(const struct rn_recording *rec, const struct rn_command_rule *r,
	unsigned pointer_bytes)
{
	uint32_t limit = (uint32_t)rec->options->string_bytes;
	struct rn_bpf_op op = { .code = RN_BPF_OP_BYTES, .len = RN_BPF_CONST, .each = 1, .aux = r->n,
		.cap = RN_CAPTURE_WHOLE_BYTES, .arg = r->arg };
	switch ((enum rn_rule_how)r->how) {
	case RN_RULE_BYTES:
		break;
	case RN_RULE_WORDS:
		op.each = (uint16_t)pointer_bytes;
		break;
	case RN_RULE_STRING:
		op.code = RN_BPF_OP_STRING;
		op.len = 0;
		op.cap = r->n;
		break;
	case RN_RULE_LEN_ARG:
		op.len = (uint8_t)(RN_BPF_ARG0 + r->n);
		op.cap = limit;
		break;
	case RN_RULE_RET:
		op.len = RN_BPF_RET;
		op.cap = limit;
		break;
	case RN_RULE_FPROG:
		op.code = RN_BPF_OP_FPROG;
		break;
	case RN_RULE_BLKPG:
		op.code = RN_BPF_OP_BLKPG;
		break;
	case RN_RULE_SOME:
		op.aux = (uint16_t)(limit < UINT16_MAX ? limit : UINT16_MAX);
		break;
	case RN_RULE_IOVEC:
		op.code = RN_BPF_OP_IOV;
		op.aux = 1;
		op.cap = limit;
		op.flags = RN_BPF_PAYLOAD;
		break;
	}
	if (r->dir & RN_OUT_ALWAYS)
		op.flags |= RN_BPF_ON_ERROR;
	return op;
}

/* <linux/futex.h>: the commands whose argument 3 is a timeout. <linux/mount.h>: FSCONFIG_SET_STRING,
 * _BINARY, _PATH, _PATH_EMPTY. */
static const struct rn_command_rule futexes[] = {
	{ 0, 3, RN_IN, RN_RULE_BYTES, 0 }, { 6, 3, RN_IN, RN_RULE_BYTES, 0 },
	{ 9, 3, RN_IN, RN_RULE_BYTES, 0 }, { 11, 3, RN_IN, RN_RULE_BYTES, 0 },
	{ 13, 3, RN_IN, RN_RULE_BYTES, 0 },
};
static const struct rn_command_rule fsconfigs[] = {
	{ 1, 3, RN_IN, RN_RULE_STRING, RN_PATH_MAX }, { 2, 3, RN_IN, RN_RULE_LEN_ARG, 4 },
	{ 3, 3, RN_IN, RN_RULE_STRING, RN_PATH_MAX }, { 4, 3, RN_IN, RN_RULE_STRING, RN_PATH_MAX },
};
#define N_FUTEXES (sizeof(futexes) / sizeof(futexes[0]))
#define N_FSCONFIGS (sizeof(fsconfigs) / sizeof(fsconfigs[0]))

struct putting {
	const struct rn_recording *rec;
	void (*each)(void *arg, const struct rn_bpf_command_op *c);
	void *arg;
	enum rn_abi abi;
};

static void put_row(const struct putting *p, uint16_t table, const struct rn_command_rule *r,
	uint8_t arg)
{
	struct rn_bpf_command_op c = {
		.key = { .table = table, .command = r->command, .arg = arg ? arg : r->arg },
		.op = row_op(p->rec, r, rn_abi_desc(p->abi)->pointer_bytes),
	};
	c.op.arg = c.key.arg;
	if (r->dir & RN_IN)
		p->each(p->arg, &c);
	c.key.phase = RN_PHASE_EXIT;
	if (r->dir & (RN_OUT | RN_OUT_ALWAYS))
		p->each(p->arg, &c);
}

static void put_futexes(const struct putting *p, bool wide)
{
	for (size_t i = 0; i < N_FUTEXES; i++) {
		struct rn_command_rule r = futexes[i];
		r.n = (uint16_t)rn_record_bytes(wide ? RN_REC_timespec64 : RN_REC_timespec, p->abi);
		put_row(p, table_number(RN_ARG_FUTEX_ARG, p->abi, wide), &r, 0);
	}
}

void rn_bpf_commands(const struct rn_recording *rec,
	void (*each)(void *arg, const struct rn_bpf_command_op *c), void *arg)
{
	struct putting p = { rec, each, arg, RN_ABI_X86_64 };
	for (; p.abi <= RN_ABI_I386; p.abi++) {
		for (size_t k = 0; k < rn_n_command_tables; k++) {
			const struct rn_command_table *t = &rn_command_tables[k];
			if (t->abi != RN_ABI_NONE && t->abi != p.abi)
				continue;
			for (size_t i = 0; i < t->n; i++)
				put_row(&p, table_number(t->kind, p.abi, false), &t->rules[i], t->arg);
		}
		for (size_t i = 0; i < N_FSCONFIGS; i++)
			put_row(&p, table_number(RN_ARG_FSCONFIG_VAL, p.abi, false), &fsconfigs[i], 0);
		put_futexes(&p, false);
		put_futexes(&p, true);
	}
}
