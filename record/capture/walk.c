/* SPDX-License-Identifier: MIT */
#include "record/capture/fetch.h"
#include "record/capture/sockopt.h"

#include <string.h>

#define SOCKADDR_MAX_BYTES 256u

uint32_t rn_fetch_payload(const struct rn_fetch *w)
{
	if (w->phase == RN_PHASE_ENTRY)
		return UINT32_MAX;
	return w->call->ret > 0 && w->call->ret < UINT32_MAX ? (uint32_t)w->call->ret : 0;
}

uint32_t rn_fetch_buffer_cap(const struct rn_fetch *w)
{
	return w->call->whole ? RN_CAPTURE_WHOLE_BYTES : w->k->string_bytes;
}

/* The 32-bit length behind argument i: as it was at entry where that is known, else as it is. */
static uint64_t length_behind(const struct rn_fetch *w, unsigned i)
{
	uint64_t addr = w->call->args[i];
	const struct rn_span *s = NULL;
	if (w->phase == RN_PHASE_EXIT)
		s = rn_capture_find(w->c, RN_PHASE_ENTRY, addr, 4);
	if (!s)
		return UINT32_MAX;
	uint32_t v;
	memcpy(&v, s->bytes, sizeof(v));
	return v;
}

uint64_t rn_fetch_len(const struct rn_fetch *w, const struct rn_arg *arg)
{
	switch ((enum rn_arg_len)arg->len) {
	case RN_LEN_ARG0 ... RN_LEN_ARG5:
		return rn_arg_as_count(w->call->desc, arg->len - RN_LEN_ARG0,
			w->call->args[arg->len - RN_LEN_ARG0]);
	case RN_LEN_PTR0 ... RN_LEN_PTR5:
		return length_behind(w, arg->len - RN_LEN_PTR0);
	case RN_LEN_RET:
		return w->phase == RN_PHASE_EXIT && w->call->ret > 0 ? (uint64_t)w->call->ret : 0;
	case RN_LEN_PAGES1:
		return w->call->args[1] / 4096 + (w->call->args[1] % 4096 != 0);
	case RN_LEN_CONST:
	case RN_LEN_NUL:
		return arg->n;
	case RN_LEN_NONE:
		break;
	}
	return 0;
}

static uint64_t address(const struct rn_fetch *w)
{
	return w->call->args[w->arg];
}

/* Memory whose length lies behind a pointer: cut to what the length says at exit. */
static void clamp_by_pointer(struct rn_fetch *w, struct rn_pending *p, const struct rn_arg *arg)
{
	if (w->phase == RN_PHASE_EXIT && arg->len >= RN_LEN_PTR0 && arg->len <= RN_LEN_PTR5) {
		p->step = RN_STEP_CLAMP;
		p->aux = w->call->args[arg->len - RN_LEN_PTR0];
	}
}

static void walk_path(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint64_t cap = arg->len == RN_LEN_RET ? rn_fetch_len(w, arg) : RN_PATH_MAX; /* getcwd */
	rn_fetch_string(w, address(w), cap < RN_PATH_MAX ? (uint32_t)cap : RN_PATH_MAX);
}

static void walk_str(struct rn_fetch *w, const struct rn_arg *arg)
{
	bool any = !arg->n || arg->flags & RN_ARG_IF; /* its n is something else */
	uint64_t cap = any ? w->k->string_bytes + 1 : arg->n;
	if (arg->len == RN_LEN_RET)
		cap = rn_fetch_len(w, arg);
	rn_fetch_string(w, address(w), cap < RN_PATH_MAX ? (uint32_t)cap : RN_PATH_MAX);
}

static void walk_buf(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint32_t cap = arg->n == RN_WHOLE ? RN_CAPTURE_WHOLE_BYTES : rn_fetch_buffer_cap(w);
	if (arg->kind == RN_ARG_BUF && arg->flags & RN_ARG_OMIT_NUL)
		cap++; /* whether a NUL ends it */
	uint64_t len = rn_fetch_len(w, arg);
	uint64_t room = rn_arg_room(w->call->desc, w->arg, w->call->args);
	if (arg->len == RN_LEN_RET && room < len)
		len = room;
	clamp_by_pointer(w, rn_fetch_want(w, address(w), len, cap), arg);
}

/* Behind a packet filter lie its instructions. */
static void walk_sockopt(struct rn_fetch *w, const struct rn_arg *arg)
{
	const uint64_t *args = w->call->args;
	if (w->phase == RN_PHASE_ENTRY && rn_sockopt_is_filter((uint32_t)args[1], (uint32_t)args[2]) &&
		(uint32_t)args[4] == 2 * w->pointer_bytes)
		rn_fetch_want(w, address(w), args[4], 16)->step = RN_STEP_FPROG;
	else
		walk_buf(w, arg);
}

static void walk_rec(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint32_t len = rn_record_bytes((enum rn_record_id)arg->aux, w->call->abi);
	rn_fetch_want(w, address(w), len, RN_CAPTURE_WHOLE_BYTES);
}

static void walk_arr(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint64_t each = rn_record_bytes((enum rn_record_id)arg->aux, w->call->abi);
	uint64_t n = rn_fetch_len(w, arg);
	if (n > UINT32_MAX)
		n = UINT32_MAX;
	rn_fetch_want(w, address(w), n * each, RN_CAPTURE_WHOLE_BYTES);
}

static void walk_vrec(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint32_t cap = arg->n && arg->n != RN_WHOLE ? arg->n : 4096;
	rn_fetch_want(w, address(w), rn_fetch_len(w, arg), cap);
}

static void walk_clone_args(struct rn_fetch *w, const struct rn_arg *arg)
{
	rn_fetch_want(w, address(w), rn_fetch_len(w, arg), 4096)->step = RN_STEP_CLONE3;
}

static void walk_addr(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint64_t len = rn_fetch_len(w, arg);
	clamp_by_pointer(w, rn_fetch_want(w, address(w), len, SOCKADDR_MAX_BYTES), arg);
}

static void walk_iov(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint64_t n = rn_fetch_len(w, arg), limit = 1024; /* UIO_MAXIOV */
	if (n > limit)
		n = limit;
	struct rn_pending *p = rn_fetch_want(w, address(w), n * 2 * w->pointer_bytes,
		RN_CAPTURE_WHOLE_BYTES);
	/* At entry of a call that fills the buffers there is nothing in them yet. */
	if (w->phase == RN_PHASE_EXIT || !(arg->dir & (RN_OUT | RN_OUT_ALWAYS))) {
		p->step = RN_STEP_IOV;
		p->left = rn_fetch_payload(w);
	}
}

static void walk_msg(struct rn_fetch *w, const struct rn_arg *arg)
{
	struct rn_pending *p = rn_fetch_want(w, address(w), 7 * w->pointer_bytes, UINT32_MAX);
	if (w->phase == RN_PHASE_EXIT || !(arg->dir & (RN_OUT | RN_OUT_ALWAYS))) {
		p->step = RN_STEP_MSG;
		p->left = rn_fetch_payload(w);
	}
}

static void walk_mmsg(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint64_t n = rn_fetch_len(w, arg);
	if (w->phase == RN_PHASE_EXIT && w->call->ret >= 0 && (uint64_t)w->call->ret < n)
		n = (uint64_t)w->call->ret;
	if (n > 1024) /* UIO_MAXIOV */
		n = 1024;
	struct rn_pending *p = rn_fetch_want(w, address(w), n * 8 * w->pointer_bytes,
		RN_CAPTURE_WHOLE_BYTES);
	/* What is sent is there at entry; at exit the headers have the lengths sent. */
	if (w->phase == (arg->aux == RN_MMSG_SENT ? RN_PHASE_ENTRY : RN_PHASE_EXIT))
		p->step = RN_STEP_MMSG;
}

#define VECTOR_MAX 1024u /* pointers */

static void walk_vector(struct rn_fetch *w, enum rn_step step, uint32_t first)
{
	struct rn_pending *p = rn_fetch_want(w, address(w), first * w->pointer_bytes, UINT32_MAX);
	p->step = (uint8_t)step;
	p->left = VECTOR_MAX;
}

static void walk_argv(struct rn_fetch *w, const struct rn_arg *arg)
{
	(void)arg;
	walk_vector(w, RN_STEP_ARGV, 32);
}

static void walk_envp(struct rn_fetch *w, const struct rn_arg *arg)
{
	(void)arg;
	walk_vector(w, w->k->environment ? RN_STEP_ARGV : RN_STEP_ENVP, 128);
}

static void walk_sigset(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint64_t len = rn_fetch_len(w, arg);
	rn_fetch_want(w, address(w), len ? len : 8, 128);
}

static void walk_fdset(struct rn_fetch *w, const struct rn_arg *arg)
{
	int32_t bits = (int32_t)rn_fetch_len(w, arg);
	if (bits > 0)
		rn_fetch_want(w, address(w), ((uint64_t)bits + 63) / 64 * 8, RN_CAPTURE_WHOLE_BYTES);
}

static void walk_dirents(struct rn_fetch *w, const struct rn_arg *arg)
{
	rn_fetch_want(w, address(w), rn_fetch_len(w, arg), RN_CAPTURE_WHOLE_BYTES);
}

static void walk_fdpair(struct rn_fetch *w, const struct rn_arg *arg)
{
	(void)arg;
	rn_fetch_want(w, address(w), 8, 8);
}

static void walk_sigset_ptrlen(struct rn_fetch *w, const struct rn_arg *arg)
{
	(void)arg;
	rn_fetch_want(w, address(w), 2 * w->pointer_bytes, 16)->step = RN_STEP_SIGSET;
}

/* rt_sigreturn: the kernel's frame begins one word below the stack pointer. x86_64: ucontext at sp,
 * uc_sigmask behind flags, link, stack and 256 bytes of mcontext. i386: sig, info*, uc*, siginfo,
 * ucontext from sp; uc_sigmask behind 4+4+12+88 bytes. aarch64: siginfo, then uc_sigmask at 40. */
static uint64_t sigframe_mask(const struct rn_capture_call *call)
{
	switch (call->abi) {
	case RN_ABI_X86_64:
		return call->sp + 40 + 256;
	case RN_ABI_I386:
		return call->sp + 12 + 128 + 108;
	case RN_ABI_AARCH64:
		return call->sp + 128 + 40;
	default:
		return 0;
	}
}

static void walk_sigframe(struct rn_fetch *w, const struct rn_arg *arg)
{
	(void)arg;
	rn_fetch_want(w, sigframe_mask(w->call), 8, 8);
}

/* nanosleep: what is left to sleep is written only when a signal cut it short. */
static void walk_rem(struct rn_fetch *w, const struct rn_arg *arg)
{
	enum { EINTR_ = 4, ERESTART_RESTARTBLOCK_ = 516 };
	int64_t ret = w->call->ret;
	if (ret == -EINTR_ || ret == -ERESTART_RESTARTBLOCK_)
		walk_rec(w, arg);
}

static void walk_riov(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint64_t n = rn_fetch_len(w, arg);
	if (n > 1024) /* UIO_MAXIOV */
		n = 1024;
	rn_fetch_want(w, address(w), n * 2 * w->pointer_bytes, RN_CAPTURE_WHOLE_BYTES);
}

/* A mask of bytes; the kernel knows at most 8192 CPUs. */
static void walk_mask(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint64_t len = rn_fetch_len(w, arg), word = w->pointer_bytes;
	rn_fetch_want(w, address(w), len < 1024 ? (len + word - 1) / word * word : len, 1024);
}

static void walk_nodeset(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint64_t bits = rn_fetch_len(w, arg), limit = 8 * RN_CAPTURE_WHOLE_BYTES;
	rn_fetch_want(w, address(w), ((bits < limit ? bits : limit) + 63) / 64 * 8,
		RN_CAPTURE_WHOLE_BYTES);
}

static void walk_mincore(struct rn_fetch *w, const struct rn_arg *arg)
{
	rn_fetch_want(w, address(w), rn_fetch_len(w, arg), RN_CAPTURE_WHOLE_BYTES);
}

static void walk_msgbuf(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint64_t len = rn_fetch_len(w, arg);
	if (len < UINT32_MAX)
		len += w->pointer_bytes;
	rn_fetch_want(w, address(w), len, w->k->string_bytes + w->pointer_bytes);
}

/* fsconfig: FSCONFIG_SET_STRING, _BINARY, _PATH, _PATH_EMPTY. */
static void walk_fsconfig(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint64_t command = w->call->args[1];
	if (command == 2)
		rn_fetch_want(w, address(w), rn_fetch_len(w, arg), w->k->string_bytes);
	else if (command == 1 || command == 3 || command == 4)
		rn_fetch_string(w, address(w), RN_PATH_MAX);
}

/* clone: the parent's copy of the tid, or the pidfd. */
static void walk_clone(struct rn_fetch *w, const struct rn_arg *arg)
{
	enum { CLONE_PIDFD_ = 0x1000, CLONE_PARENT_SETTID_ = 0x100000 };
	(void)arg;
	if (w->call->args[0] & (CLONE_PIDFD_ | CLONE_PARENT_SETTID_))
		rn_fetch_want(w, address(w), 4, 4);
}

static void walk_iocbs(struct rn_fetch *w, const struct rn_arg *arg)
{
	uint64_t n = rn_fetch_len(w, arg);
	if (n > 1024)
		n = 1024;
	rn_fetch_want(w, address(w), n * w->pointer_bytes, RN_CAPTURE_WHOLE_BYTES)->step = RN_STEP_IOCBS;
}

/* Kinds that are not here are values: nothing lies behind them. */
rn_walker *const rn_walkers[RN_ARG_KINDS] = {
	[RN_ARG_PATH] = walk_path,
	[RN_ARG_STR] = walk_str,
	[RN_ARG_BUF] = walk_buf,
	[RN_ARG_REC] = walk_rec,
	[RN_ARG_ARR] = walk_arr,
	[RN_ARG_VREC] = walk_vrec,
	[RN_ARG_ADDR] = walk_addr,
	[RN_ARG_IOV] = walk_iov,
	[RN_ARG_RIOV] = walk_riov,
	[RN_ARG_MSG] = walk_msg,
	[RN_ARG_MMSG] = walk_mmsg,
	[RN_ARG_ARGV] = walk_argv,
	[RN_ARG_ENVP] = walk_envp,
	[RN_ARG_SIGSET] = walk_sigset,
	[RN_ARG_FDSET] = walk_fdset,
	[RN_ARG_DIRENTS] = walk_dirents,
	[RN_ARG_FDPAIR] = walk_fdpair,
	[RN_ARG_IOCBS] = walk_iocbs,
	[RN_ARG_KCMP_ARG] = rn_fetch_kcmp,
	[RN_ARG_CPUSET] = walk_mask,
	[RN_ARG_NODESET] = walk_nodeset,
	[RN_ARG_MINCORE] = walk_mincore,
	[RN_ARG_MSGBUF] = walk_msgbuf,
	[RN_ARG_CAPS] = walk_arr,
	[RN_ARG_UTIMES] = walk_arr,
	[RN_ARG_REM] = walk_rem,
	[RN_ARG_CLONE_ARG] = walk_clone,
	[RN_ARG_CLONE_ARGS] = walk_clone_args,
	[RN_ARG_MOUNT_DATA] = walk_path,
	[RN_ARG_FSCONFIG_VAL] = walk_fsconfig,
	[RN_ARG_SOCKOPT_VAL] = walk_sockopt,
	[RN_ARG_SIGSET_PTRLEN] = walk_sigset_ptrlen,
	[RN_ARG_SIGFRAME] = walk_sigframe,
	[RN_ARG_IOCTL_ARG] = rn_fetch_ioctl,
	[RN_ARG_FCNTL_ARG] = rn_fetch_fcntl,
	[RN_ARG_PRCTL_ARG] = rn_fetch_prctl,
	[RN_ARG_ARCH_PRCTL_ARG] = rn_fetch_arch_prctl,
	[RN_ARG_FUTEX_ARG] = rn_fetch_futex,
	[RN_ARG_BPF_ATTR] = rn_fetch_bpf,
	[RN_ARG_KEYCTL_ARG] = rn_fetch_keyctl,
	[RN_ARG_PTRACE_ARG] = rn_fetch_ptrace,
	[RN_ARG_QUOTACTL_ARG] = rn_fetch_quotactl,
	[RN_ARG_SEM_ARG] = rn_fetch_sem,
	[RN_ARG_SECCOMP_ARG] = rn_fetch_seccomp,
};
