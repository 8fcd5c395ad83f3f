/* SPDX-License-Identifier: MIT */
/* The .def files become constant arrays: signatures by key, and per ABI a dense
 * array from number to key, so that a lookup is two loads. */
#include "shared/syscall.h"

#include "shared/names.h"

#include <stdio.h>

const struct rn_class_desc rn_classes[RN_CLASSES] = {
#define X(k, word, help) { word, help, RN_CLASS(k) },
	RN_CLASS_LIST(X)
#undef X
};

/* Words of the signature lines, see the head of shared/syscalls.def. */
enum {
#define X(k, word, help) class_##k = RN_CLASS(k),
	RN_CLASS_LIST(X)
#undef X
	file = class_FILE, desc = class_DESC, network = class_NETWORK, process = class_PROCESS,
	memory = class_MEMORY, signal = class_SIGNAL, ipc = class_IPC, creds = class_CREDS,
	clock = class_CLOCK, stat = class_STAT, lstat = class_LSTAT, fstat = class_FSTAT,
	stat_like = class_STAT_LIKE, statfs = class_STATFS, fstatfs = class_FSTATFS,
	statfs_like = class_STATFS_LIKE, pure = class_PURE,
	fd_new = RN_FX_FD_NEW, fd_close = RN_FX_FD_CLOSE, fd_other = RN_FX_FD_OTHER,
	cwd = RN_FX_CWD, map = RN_FX_MAP, comm = RN_FX_COMM, sock = RN_FX_SOCK, unname = RN_FX_UNNAME
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define VALUE(kind) { RN_ARG_##kind, 0, RN_LEN_NONE, 0, 0, 0 }
#define NAMED(kind, id) { RN_ARG_##kind, 0, RN_LEN_NONE, 0, RN_NAMES_##id, 0 }
#define MEM(kind, dir, len, aux, n) { RN_ARG_##kind, dir, RN_LEN_##len, 0, aux, n }
#define IO (RN_IN | RN_OUT)

#define HEX VALUE(HEX)
#define INT VALUE(INT)
#define UINT VALUE(UINT)
#define LONG VALUE(LONG)
#define ULONG VALUE(ULONG)
#define SIZE VALUE(SIZE)
#define OFF VALUE(OFF)
#define XINT VALUE(XINT)
#define PTR VALUE(PTR)
#define FD VALUE(FD)
#define DIRFD VALUE(DIRFD)
#define PID VALUE(PID)
#define PGID VALUE(PGID)
#define IOPRIO_WHO VALUE(IOPRIO_WHO)
#define WAIT_ID VALUE(WAIT_ID)
#define UID VALUE(UID)
#define UID16 VALUE(UID16)
#define MODE VALUE(MODE)
#define FMODE VALUE(FMODE)
#define DEV VALUE(DEV)
#define SIG VALUE(SIG)
#define CLOCK VALUE(CLOCK)
#define ENUM(id) NAMED(ENUM, id)
#define FLAGS(id) NAMED(FLAGS, id)
#define WIDE_ENUM(id) { RN_ARG_ENUM, 0, RN_LEN_NONE, RN_ARG_WIDE, RN_NAMES_##id, 0 }
#define WIDE_FLAGS(id) { RN_ARG_FLAGS, 0, RN_LEN_NONE, RN_ARG_WIDE, RN_NAMES_##id, 0 }
#define COMMENT_ENUM(id) { RN_ARG_ENUM, 0, RN_LEN_NONE, RN_ARG_COMMENT, RN_NAMES_##id, 0 }
#define DECIMAL_ENUM(id) { RN_ARG_ENUM, 0, RN_LEN_NONE, RN_ARG_DECIMAL, RN_NAMES_##id, 0 }
#define FLAGS_AND_NUMBER(id, mask) \
	{ RN_ARG_FLAGS, 0, RN_LEN_NONE, RN_ARG_DECIMAL, RN_NAMES_##id, mask }
/* When the argument `back` places before has all these bits; unless it is one of this set. */
#define IF(back, bits, kind) \
	{ RN_ARG_##kind, 0, RN_LEN_NONE, RN_ARG_IF | RN_ARG_BACK(back), 0, bits }
#define UNLESS(back, set, kind) \
	{ RN_ARG_##kind, 0, RN_LEN_NONE, RN_ARG_UNLESS | RN_ARG_BACK(back), 0, set }
#define IN_REC_IF(back, bits, r) \
	{ RN_ARG_REC, RN_IN, RN_LEN_NONE, RN_ARG_IF | RN_ARG_BACK(back), RN_REC_##r, bits }
#define IN_STR_IF(back, bits) \
	{ RN_ARG_STR, RN_IN, RN_LEN_NUL, RN_ARG_IF | RN_ARG_BACK(back), 0, bits }
#define OUT_BUF_UNLESS(back, set, len) \
	{ RN_ARG_BUF, RN_OUT, RN_LEN_##len, RN_ARG_UNLESS | RN_ARG_BACK(back), 0, set }
#define IPC_FLAGS(id) NAMED(IPC_FLAGS, id)
#define KEY VALUE(KEY)
#define IOPRIO VALUE(IOPRIO)
#define SKIP VALUE(SKIP)
#define OFF64 VALUE(OFF64)
#define OFF64_HI VALUE(OFF64_HI)
#define ULEN64 { RN_ARG_OFF64, 0, RN_LEN_NONE, RN_ARG_UNSIGNED, 0, 0 }
#define NODIRFD { RN_ARG_DIRFD, 0, RN_LEN_NONE, RN_ARG_NOFD, 0, 0 }
#define FLAGS64(id) { RN_ARG_FLAGS, 0, RN_LEN_NONE, RN_ARG_WIDE | RN_ARG_PAIR, RN_NAMES_##id, 0 }
#define KCMP_ARG VALUE(KCMP_ARG)
#define IN_KCMP MEM(KCMP_ARG, RN_IN, NONE, 0, 0)
#define IN_IOCBS(len) MEM(IOCBS, RN_IN, len, RN_REC_pointer, 0)
#define PGOFF VALUE(PGOFF)
#define OPEN_MODE VALUE(OPEN_MODE)
#define INTERRUPTED VALUE(INTERRUPTED)
#define SIGMASK VALUE(SIGMASK)
#define SIGHANDLER VALUE(SIGHANDLER)
#define CLONE(role) MEM(CLONE_ARG, RN_CLONE_##role == RN_CLONE_parent_tid ? RN_OUT : 0, \
	NONE, RN_CLONE_##role, 0)

#define IN_PATH MEM(PATH, RN_IN, NUL, 0, RN_PATH_MAX)
#define OUT_PATH(len) MEM(PATH, RN_OUT, len, 0, RN_PATH_MAX)
#define IN_STR(max) MEM(STR, RN_IN, NUL, 0, max)
#define IN_BUF(len) MEM(BUF, RN_IN, len, 0, 0)
#define OUT_BUF(len) MEM(BUF, RN_OUT, len, 0, 0)
#define OUT_RANDOM(len) { RN_ARG_BUF, RN_OUT, RN_LEN_##len, RN_ARG_SHOW_HEX, 0, 0 }
#define IN_XATTR(len) { RN_ARG_BUF, RN_IN, RN_LEN_##len, RN_ARG_OMIT_NUL, 0, 0 }
#define OUT_XATTR(len) { RN_ARG_BUF, RN_OUT, RN_LEN_##len, RN_ARG_OMIT_NUL | RN_ARG_ROOM, 0, 0 }
#define OUT_LIST(len) { RN_ARG_BUF, RN_OUT, RN_LEN_##len, RN_ARG_ROOM, 0, 0 }
#define IN_NAME(len, most) MEM(BUF, RN_IN, len, 0, most)
#define IN_CAPS MEM(CAPS, RN_IN, CONST, RN_REC_cap_data, 2)
#define OUT_CAPS MEM(CAPS, RN_OUT, CONST, RN_REC_cap_data, 2)
#define IN_UTIMES(r) MEM(UTIMES, RN_IN, CONST, RN_REC_##r, 2)
#define IN_REC(r) MEM(REC, RN_IN, NONE, RN_REC_##r, 0)
#define LATE_REC(r) { RN_ARG_REC, RN_IN, RN_LEN_NONE, RN_ARG_LATE, RN_REC_##r, 0 }
#define OUT_REC(r) MEM(REC, RN_OUT, NONE, RN_REC_##r, 0)
#define OUT_REC_FOUND(r) { RN_ARG_REC, RN_OUT, RN_LEN_NONE, RN_ARG_FOUND, RN_REC_##r, 0 }
#define IO_REC(r) MEM(REC, IO, NONE, RN_REC_##r, 0)
#define IO_REC_ALWAYS(r) MEM(REC, RN_IN | RN_OUT_ALWAYS, NONE, RN_REC_##r, 0)
#define REM_REC(r) MEM(REM, RN_OUT_ALWAYS, NONE, RN_REC_##r, 0)
#define IN_ARR(r, len) MEM(ARR, RN_IN, len, RN_REC_##r, 0)
#define OUT_ARR(r, len) MEM(ARR, RN_OUT, len, RN_REC_##r, 0)
#define IO_ARR(r, len) MEM(ARR, IO, len, RN_REC_##r, 0)
#define IN_ARRN(r, n) MEM(ARR, RN_IN, CONST, RN_REC_##r, n)
#define OUT_ARRN(r, n) MEM(ARR, RN_OUT, CONST, RN_REC_##r, n)
#define IN_VREC(r, len) MEM(VREC, RN_IN, len, RN_REC_##r, 4096)
#define OUT_VREC(r, len) MEM(VREC, RN_OUT, len, RN_REC_##r, 4096)
#define IO_CLONE_ARGS(len) MEM(CLONE_ARGS, IO, len, RN_REC_clone_args, 4096)
#define IN_ADDR(len) MEM(ADDR, RN_IN, len, 0, 0)
#define OUT_ADDR(len) MEM(ADDR, RN_OUT, len, 0, 0)
#define IN_IOV(len) MEM(IOV, RN_IN, len, 0, 0)
#define OUT_IOV(len) MEM(IOV, IO, len, 0, 0)
#define IN_RIOV(len) MEM(RIOV, RN_IN, len, 0, 0)
#define IN_MSG MEM(MSG, RN_IN, NONE, 0, 0)
#define OUT_MSG MEM(MSG, IO, NONE, 0, 0)
#define IN_MMSG(len) MEM(MMSG, IO, len, RN_MMSG_SENT, 0)
#define OUT_MMSG(len) MEM(MMSG, IO, len, RN_MMSG_RECEIVED, 0)
#define IN_ARGV MEM(ARGV, RN_IN, NONE, 0, 0)
#define IN_ENVP MEM(ENVP, RN_IN, NONE, 0, 0)
#define IN_SIGSET(len) MEM(SIGSET, RN_IN, len, 0, 0)
#define OUT_SIGSET(len) MEM(SIGSET, RN_OUT, len, 0, 0)
#define IN_OLD_SIGSET MEM(SIGSET, RN_IN, CONST, 0, 4)
#define LATE_SIGSET(len) { RN_ARG_SIGSET, RN_IN, RN_LEN_##len, RN_ARG_LATE, 0, 0 }
#define OUT_SHORT_SIGSET(len) { RN_ARG_SIGSET, RN_OUT, RN_LEN_##len, RN_ARG_SHORT, 0, 0 }
#define OUT_OLD_SIGSET MEM(SIGSET, RN_OUT, CONST, 0, 4)
#define IN_SIGSET_PTRLEN MEM(SIGSET_PTRLEN, RN_IN, NONE, 0, 0)
#define IO_FDSET(len) MEM(FDSET, IO, len, 0, 0)
#define OUT_DIRENTS(r) MEM(DIRENTS, RN_OUT, RET, RN_REC_##r, RN_WHOLE)
#define OUT_FDPAIR MEM(FDPAIR, RN_OUT, CONST, 0, 8)
#define IN_CPUSET(len) MEM(CPUSET, RN_IN, len, 0, 0)
#define OUT_CPUSET(len) MEM(CPUSET, RN_OUT, len, 0, 0)
#define IN_NODESET(len) MEM(NODESET, RN_IN, len, 0, 0)
#define OUT_NODESET(len) MEM(NODESET, RN_OUT, len, 0, 0)
#define OUT_MINCORE(len) MEM(MINCORE, RN_OUT, len, 0, 0)
#define IN_MSGBUF(len) MEM(MSGBUF, RN_IN, len, 0, 0)
#define OUT_MSGBUF(len) MEM(MSGBUF, RN_OUT, len, 0, 0)
#define MOUNT(role) MEM(MOUNT_DATA, RN_IN, NUL, RN_MOUNT_##role, 4096)
#define FSCONFIG_VAL MEM(FSCONFIG_VAL, RN_IN, ARG4, 0, 0)

#define IOCTL_CMD VALUE(IOCTL_CMD)
#define IO_IOCTL MEM(IOCTL_ARG, IO, NONE, 0, 0)
#define IO_FCNTL MEM(FCNTL_ARG, IO, NONE, 0, 0)
#define IO_PRCTL MEM(PRCTL_ARG, IO, NONE, 0, 0)
#define OUT_ARCH_PRCTL MEM(ARCH_PRCTL_ARG, RN_OUT, NONE, 0, 0)
#define IN_FUTEX MEM(FUTEX_ARG, RN_IN, NONE, RN_REC_timespec, 0)
#define IN_FUTEX64 MEM(FUTEX_ARG, RN_IN, NONE, RN_REC_timespec64, 0)
#define SOCKOPT_NAME VALUE(SOCKOPT_NAME)
#define IN_SOCKOPT(len) MEM(SOCKOPT_VAL, RN_IN, len, 0, 0)
#define OUT_SOCKOPT(len) MEM(SOCKOPT_VAL, RN_OUT, len, 0, 0)
#define SOCKPROTO VALUE(SOCKPROTO)
#define SIGFRAME MEM(SIGFRAME, RN_IN, NONE, 0, 0)
#define IO_BPF(len) MEM(BPF_ATTR, RN_IN | RN_OUT_ALWAYS, len, 0, 0)
#define IO_KEYCTL MEM(KEYCTL_ARG, RN_IN | RN_OUT_ALWAYS, NONE, 0, 0)
#define IO_PTRACE MEM(PTRACE_ARG, RN_IN | RN_OUT_ALWAYS, NONE, 0, 0)
#define QUOTACTL_ARG VALUE(QUOTACTL_ARG)
#define IO_QUOTACTL MEM(QUOTACTL_ARG, IO, NONE, 0, 0)
#define IO_SEM MEM(SEM_ARG, IO, NONE, RN_IPC_sem, 0)
#define IO_SHM MEM(SEM_ARG, IO, NONE, RN_IPC_shm, 0)
#define IO_MSQ MEM(SEM_ARG, IO, NONE, RN_IPC_msg, 0)
#define SECCOMP_ARG VALUE(SECCOMP_ARG)
#define IO_SECCOMP MEM(SECCOMP_ARG, IO, NONE, 0, 0)

enum key {
	NO_CALL,
#define CALL_AS(key, name, classes, effects, returns, ...) KEY_##key,
#define CALL(name, ...) KEY_##name,
#include "shared/syscalls.def"
#undef CALL_AS
#undef CALL
};

#define N_ARGS(...) (sizeof((struct rn_arg[]){ __VA_ARGS__ }) / sizeof(struct rn_arg))

/* No macro in between: `returns` must arrive unexpanded. */
static const struct rn_syscall calls[] = {
#define CALL_AS(key, text, c, fx, returns, ...) \
	[KEY_##key] = { #text, c, N_ARGS(__VA_ARGS__), RN_RET_##returns, fx, { __VA_ARGS__ } },
#define CALL(name, c, fx, returns, ...) \
	[KEY_##name] = { #name, c, N_ARGS(__VA_ARGS__), RN_RET_##returns, fx, { __VA_ARGS__ } },
#include "shared/syscalls.def"
#undef CALL_AS
#undef CALL
};

/* <linux/net.h>: SYS_SOCKET and so on. */
static const uint16_t socketcalls[] = {
	NO_CALL, KEY_socket, KEY_bind, KEY_connect, KEY_listen, KEY_accept, KEY_getsockname,
	KEY_getpeername, KEY_socketpair, KEY_send, KEY_recv, KEY_sendto, KEY_recvfrom, KEY_shutdown,
	KEY_setsockopt, KEY_getsockopt, KEY_sendmsg, KEY_recvmsg, KEY_accept4, KEY_recvmmsg,
	KEY_sendmmsg,
};

/* <linux/ipc.h>, ipc(2): which of ipc's arguments 1 to 5 each argument is. An older msgrcv has a
 * pointer to two of them. */
static const struct {
	uint16_t key;
	uint8_t from[5];
} ipccalls[] = {
	[1] = { KEY_semop, { 1, 4, 2 } },
	[2] = { KEY_semget, { 1, 2, 3 } },
	[3] = { KEY_semctl, { 1, 2, 3, 4 } },
	[4] = { KEY_semtimedop, { 1, 4, 2, 5 } },
	[11] = { KEY_msgsnd, { 1, 4, 2, 3 } },
	[12] = { KEY_msgrcv, { 1, 4, 2, 5, 3 } },
	[13] = { KEY_msgget, { 1, 2 } },
	[14] = { KEY_msgctl, { 1, 2, 4 } },
	[21] = { KEY_shmat, { 1, 4, 2 } },
	[22] = { KEY_shmdt, { 4 } },
	[23] = { KEY_shmget, { 1, 2, 3 } },
	[24] = { KEY_shmctl, { 1, 2, 4 } },
};

#define NR(nr, key) [nr] = KEY_##key,
static const uint16_t x86_64[] = {
#include "shared/nr/x86_64.def"
};
static const uint16_t i386[] = {
#include "shared/nr/i386.def"
};
static const uint16_t aarch64[] = {
#include "shared/nr/aarch64.def"
};
#undef NR

static const struct {
	const uint16_t *key;
	uint32_t n;
} numbers[RN_ABI_COUNT] = {
	[RN_ABI_X86_64] = { x86_64, COUNT(x86_64) },
	[RN_ABI_I386] = { i386, COUNT(i386) },
	[RN_ABI_AARCH64] = { aarch64, COUNT(aarch64) },
};

const struct rn_syscall *rn_syscall(enum rn_abi abi, uint32_t nr)
{
	if ((unsigned)abi >= RN_ABI_COUNT || nr >= numbers[abi].n || !numbers[abi].key[nr])
		return NULL;
	return &calls[numbers[abi].key[nr]];
}

uint32_t rn_syscall_limit(enum rn_abi abi)
{
	return (unsigned)abi < RN_ABI_COUNT ? numbers[abi].n : 0;
}

static bool is_old_msgrcv(uint64_t command)
{
	return (command & 0xffff) == 12 && command >> 16 == 0;
}

uint64_t rn_inner_at(enum rn_abi abi, const struct rn_syscall *outer, const uint64_t args[6])
{
	if (abi != RN_ABI_I386)
		return 0;
	if (outer == &calls[KEY_socketcall])
		return args[1];
	if (outer == &calls[KEY_select_i386] || outer == &calls[KEY_mmap_i386])
		return args[0];
	if (outer == &calls[KEY_ipc] && ((args[0] & 0xffff) == 3 || is_old_msgrcv(args[0])))
		return args[4];
	return 0;
}

static bool inner_of_words(uint16_t key, uint64_t at, const uint32_t *words, unsigned n_words,
	struct rn_inner_call *out)
{
	if (key == NO_CALL || n_words < calls[key].n_args)
		return false;
	*out = (struct rn_inner_call){ .desc = &calls[key] };
	for (unsigned i = 0; i < calls[key].n_args; i++) {
		out->args[i] = words[i];
		out->arg_at[i] = at + 4 * i;
	}
	return true;
}

/* The last argument of semctl is a union of a word that lies in memory here. */
static bool inner_of_ipc(const uint64_t args[6], const uint32_t *words, unsigned n_words,
	struct rn_inner_call *out)
{
	uint64_t command = args[0] & 0xffff;
	if (command >= COUNT(ipccalls) || ipccalls[command].key == NO_CALL)
		return false;
	const struct rn_syscall *call = &calls[ipccalls[command].key];
	*out = (struct rn_inner_call){ .desc = call };
	for (unsigned i = 0; i < call->n_args; i++)
		out->args[i] = args[ipccalls[command].from[i]];
	if (is_old_msgrcv(args[0]) && n_words >= 2) {
		out->args[1] = words[0];
		out->args[3] = words[1];
	} else if (call == &calls[KEY_semctl] && n_words >= 1) {
		out->args[3] = words[0];
		out->arg_at[3] = args[4];
	}
	return true;
}

bool rn_inner_call(enum rn_abi abi, const struct rn_syscall *outer, const uint64_t args[6],
	const uint32_t *words, unsigned n_words, struct rn_inner_call *out)
{
	uint64_t at = rn_inner_at(abi, outer, args);
	if (abi != RN_ABI_I386 || !outer)
		return false;
	if (outer == &calls[KEY_ipc])
		return inner_of_ipc(args, words, n_words, out);
	if (outer == &calls[KEY_select_i386])
		return inner_of_words(KEY_select, at, words, n_words, out);
	if (outer == &calls[KEY_mmap_i386])
		return inner_of_words(KEY_mmap, at, words, n_words, out);
	if (outer == &calls[KEY_socketcall] && args[0] < COUNT(socketcalls))
		return inner_of_words(socketcalls[args[0]], at, words, n_words, out);
	return false;
}

int32_t rn_syscall_number(enum rn_abi abi, struct rn_bytes name)
{
	for (uint32_t nr = 0; nr < rn_syscall_limit(abi); nr++) {
		const struct rn_syscall *c = rn_syscall(abi, nr);
		if (c && rn_bytes_equal(rn_bytes_str(c->name), name))
			return (int32_t)nr;
	}
	return -1;
}

const char *rn_syscall_name(enum rn_abi abi, uint32_t nr, char buf[24])
{
	const struct rn_syscall *c = rn_syscall(abi, nr);
	if (c)
		return c->name;
	snprintf(buf, 24, "syscall_%u", nr);
	return buf;
}

static const struct {
	const char *name;
	uint16_t bytes[RN_ABI_COUNT];
} records[RN_RECORDS] = {
	[RN_REC_none] = { "none", { 0 } },
#define REC(name, x86_64, i386, aarch64) [RN_REC_##name] = { #name, { 0, x86_64, i386, aarch64 } },
#include "shared/records.def"
#undef REC
};

uint32_t rn_record_bytes(enum rn_record_id id, enum rn_abi abi)
{
	if ((unsigned)id >= RN_RECORDS || (unsigned)abi >= RN_ABI_COUNT)
		return 0;
	return records[id].bytes[abi];
}

const char *rn_record_name(enum rn_record_id id)
{
	return (unsigned)id < RN_RECORDS ? records[id].name : "none";
}
