/* SPDX-License-Identifier: MIT */
/*
 * One function for each kind of argument that has memory behind it, as in record/capture/walk.c:
 * what that reads, the operation says.
 */
#include "record/bpf/operation.h"

#include "record/capture/capture.h"
#include "record/capture/fetch.h"

#include <string.h>

#define SOCKADDR_MAX_BYTES 256u

typedef struct rn_bpf_op maker(const struct rn_bpf_making *m);

static uint32_t string_bytes(const struct rn_bpf_making *m)
{
	return (uint32_t)m->rec->options->string_bytes;
}

static struct rn_bpf_op bytes(const struct rn_bpf_making *m, uint32_t each, uint32_t cap)
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

static struct rn_bpf_op make_path(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = string(RN_PATH_MAX);
	op.len = m->arg->len == RN_LEN_RET ? RN_BPF_RET : 0;
	return op;
}

static struct rn_bpf_op make_str(const struct rn_bpf_making *m)
{
	bool any = !m->arg->n || m->arg->flags & RN_ARG_IF; /* its n is something else */
	struct rn_bpf_op op = string(any ? string_bytes(m) + 1 : m->arg->n);
	op.len = m->arg->len == RN_LEN_RET ? RN_BPF_RET : 0;
	return op;
}

static struct rn_bpf_op make_buf(const struct rn_bpf_making *m)
{
	bool omit = m->arg->kind == RN_ARG_BUF && m->arg->flags & RN_ARG_OMIT_NUL;
	uint32_t cap = m->arg->n == RN_WHOLE ? RN_CAPTURE_WHOLE_BYTES : string_bytes(m);
	return bytes(m, 1, cap + omit);
}

static struct rn_bpf_op make_sockopt(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = make_buf(m);
	op.code = RN_BPF_OP_SOCKOPT;
	return op;
}

static uint32_t record_bytes(const struct rn_bpf_making *m)
{
	return rn_record_bytes((enum rn_record_id)m->arg->aux, m->abi);
}

static struct rn_bpf_op make_rec(const struct rn_bpf_making *m)
{
	return constant(record_bytes(m), RN_CAPTURE_WHOLE_BYTES);
}

static struct rn_bpf_op make_rem(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = make_rec(m);
	op.flags |= RN_BPF_INTERRUPTED;
	return op;
}

static struct rn_bpf_op make_arr(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = bytes(m, record_bytes(m), RN_CAPTURE_WHOLE_BYTES);
	op.flags = 0;
	return op;
}

static struct rn_bpf_op make_vrec(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = bytes(m, 1, m->arg->n && m->arg->n != RN_WHOLE ? m->arg->n : 4096);
	op.flags = 0;
	return op;
}

static struct rn_bpf_op make_clone_args(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = bytes(m, 1, 4096);
	op.code = RN_BPF_OP_CLONE3;
	op.flags = 0;
	return op;
}

static struct rn_bpf_op make_addr(const struct rn_bpf_making *m)
{
	return bytes(m, 1, SOCKADDR_MAX_BYTES);
}

static bool fills(const struct rn_bpf_making *m)
{
	return m->arg->dir & (RN_OUT | RN_OUT_ALWAYS);
}

/* At entry of a call that fills the buffers there is nothing in them yet; at exit, after an error,
 * the headers still tell where it was to go. */
static struct rn_bpf_op nested(const struct rn_bpf_making *m, enum rn_bpf_code code)
{
	struct rn_bpf_op op = bytes(m, 1, 0);
	op.code = (uint8_t)code;
	op.flags = m->phase == RN_PHASE_EXIT || !fills(m) ? RN_BPF_PAYLOAD : 0;
	return op;
}

static struct rn_bpf_op make_iov(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = nested(m, RN_BPF_OP_IOV);
	if (m->arg->dir & RN_OUT)
		op.flags |= RN_BPF_ON_ERROR;
	return op;
}

static struct rn_bpf_op make_riov(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = nested(m, RN_BPF_OP_IOV);
	op.flags = 0;
	return op;
}

static struct rn_bpf_op make_msg(const struct rn_bpf_making *m)
{
	return nested(m, RN_BPF_OP_MSG);
}

static struct rn_bpf_op make_mmsg(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = nested(m, RN_BPF_OP_MMSG);
	unsigned with_parts = m->arg->aux == RN_MMSG_SENT ? RN_PHASE_ENTRY : RN_PHASE_EXIT;
	op.flags = m->phase == with_parts ? RN_BPF_PAYLOAD : 0;
	return op;
}

static struct rn_bpf_op make_argv(const struct rn_bpf_making *m)
{
	(void)m;
	return (struct rn_bpf_op){ .code = RN_BPF_OP_ARGV };
}

static struct rn_bpf_op make_envp(const struct rn_bpf_making *m)
{
	return (struct rn_bpf_op){
		.code = RN_BPF_OP_ENVP, .more = m->rec->options->environment ? RN_BPF_STRINGS : 0,
	};
}

static struct rn_bpf_op make_sigset(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = bytes(m, 1, 128);
	op.flags = RN_BPF_ZERO_IS_8;
	return op;
}

static struct rn_bpf_op make_fdset(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = bytes(m, 8, RN_CAPTURE_WHOLE_BYTES);
	op.flags = RN_BPF_WORDS64;
	return op;
}

static struct rn_bpf_op make_whole(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = bytes(m, 1, RN_CAPTURE_WHOLE_BYTES);
	op.flags = 0;
	return op;
}

static struct rn_bpf_op make_fdpair(const struct rn_bpf_making *m)
{
	(void)m;
	return constant(8, 8);
}

static struct rn_bpf_op make_mask(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = bytes(m, 1, 1024);
	op.flags = 0;
	op.more |= RN_BPF_ROUND_WORD;
	return op;
}

static struct rn_bpf_op make_nodeset(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = bytes(m, 8, RN_CAPTURE_WHOLE_BYTES);
	op.flags = RN_BPF_WORDS64;
	op.more |= RN_BPF_MANY_BITS;
	return op;
}

static struct rn_bpf_op make_msgbuf(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = bytes(m, 1, string_bytes(m) + m->pointer_bytes);
	op.flags = 0;
	op.add = (uint16_t)m->pointer_bytes;
	return op;
}

static struct rn_bpf_op make_clone(const struct rn_bpf_making *m)
{
	(void)m;
	struct rn_bpf_op op = constant(4, 4);
	op.flags = RN_BPF_CLONE_TIDS;
	return op;
}

static struct rn_bpf_op make_sigset_ptrlen(const struct rn_bpf_making *m)
{
	(void)m;
	return (struct rn_bpf_op){ .code = RN_BPF_OP_SIGSET };
}

/* Where the mask lies in the frame: see sigframe_mask of record/capture/walk.c. */
static struct rn_bpf_op make_sigframe(const struct rn_bpf_making *m)
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

uint16_t rn_bpf_table_number(enum rn_arg_kind kind, enum rn_abi abi, bool wide)
{
	return (uint16_t)((unsigned)kind << 4 | (unsigned)abi << 1 | wide);
}

static bool is_wide(const struct rn_arg *arg)
{
	return arg->kind == RN_ARG_FUTEX_ARG && arg->aux == RN_REC_timespec64;
}

static struct rn_bpf_op make_command(const struct rn_bpf_making *m)
{
	struct rn_bpf_op op = { .code = RN_BPF_OP_COMMAND };
	if (m->arg->kind == RN_ARG_IOCTL_ARG)
		op.code = RN_BPF_OP_IOCTL;
	op.aux = rn_bpf_table_number((enum rn_arg_kind)m->arg->kind, m->abi, is_wide(m->arg));
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

static struct rn_bpf_op make_bpf(const struct rn_bpf_making *m)
{
	(void)m;
	return (struct rn_bpf_op){
		.code = RN_BPF_OP_ATTR, .len = RN_BPF_ARG0 + 2, .each = 1, .cap = 4096,
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
	[RN_ARG_SOCKOPT_VAL] = make_sockopt,
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

bool rn_bpf_operation(struct rn_bpf_op *out, const struct rn_bpf_making *m)
{
	if (m->arg->kind >= RN_ARG_KINDS || !makers[m->arg->kind])
		return false;
	*out = makers[m->arg->kind](m);
	return true;
}
