/* SPDX-License-Identifier: MIT */
/**
 * syscall - the one table that drives capture, decoding and filter words.
 *
 * shared/syscalls.def has one line per call signature; shared/nr/ABI.def maps
 * the numbers of an ABI to signatures. The recorder reads an argument's `dir`
 * and `len` (what to copy, when, how much) and the walker of its `kind`; the
 * analyzer reads `kind` and `aux` (how to print). Adding a call is one line.
 * Every call of an ABI has its right name and argument count; arguments that
 * nobody described yet have kind RN_ARG_HEX.
 * Source: the kernel's headers and man pages section 2; capture rules as
 * measured in strace (docs/architecture.md, "What is captured").
 */
#ifndef RN_SHARED_SYSCALL_H
#define RN_SHARED_SYSCALL_H

#include "shared/arch.h"
#include "shared/bytes.h"

#include <stdbool.h>

/* How an argument is printed and, for those that point somewhere, walked.
 * X(KIND) so that the recorder's walkers and the analyzer's printers are arrays
 * checked against RN_ARG_KINDS. */
#define RN_ARG_KIND_LIST(X) \
	/* plain values, no memory behind them */ \
	X(NONE)    /* beyond the last argument */ \
	X(HEX)     /* undescribed: 0x.. in full width; 0 prints as 0 */ \
	X(INT)     /* signed 32-bit decimal */ \
	X(UINT)    /* unsigned 32-bit decimal */ \
	X(LONG)    /* signed word */ \
	X(ULONG)   /* unsigned word */ \
	X(SIZE)    /* size_t */ \
	X(OFF)     /* loff_t, signed 64-bit */ \
	X(XINT)    /* 32-bit hexadecimal */ \
	X(PTR)     /* an address that is not followed; NULL for 0 */ \
	X(FD)      /* a file descriptor */ \
	X(DIRFD)   /* the same, -100 is AT_FDCWD */ \
	X(PID)     /* process or thread id */ \
	X(PGID)    /* group or session of processes */ \
	X(IOPRIO_WHO) /* process, group or user, by the argument before (ioprio_get) */ \
	X(WAIT_ID) /* process, group or descriptor, by the idtype before (waitid) */ \
	X(UID)     /* user or group id, (id)-1 prints as -1 */ \
	X(UID16)   /* the same of 16 bits (i386) */ \
	X(MODE)    /* permission bits: octal, three digits at least */ \
	X(FMODE)   /* file type and permission: S_IFREG|0644 */ \
	X(DEV)     /* makedev(maj, min); after an FMODE only when that says char or block */ \
	X(SIG)     /* signal number */ \
	X(ENUM)    /* one of names[aux] */ \
	X(FLAGS)   /* bits of names[aux] */ \
	X(CLOCK)   /* clockid_t, process and thread clocks among them */ \
	/* memory, dir says when; len says how much */ \
	X(PATH)    /* NUL-terminated, at most RN_PATH_MAX */ \
	X(STR)     /* NUL-terminated, at most n bytes (0: the -s limit) */ \
	X(BUF)     /* len bytes, capped by -s at record time unless n is RN_WHOLE; another n: the most
	            * the kernel takes, longer ones print as an address */ \
	X(REC)     /* one record of records[aux] */ \
	X(ARR)     /* array of records[aux], len elements */ \
	X(VREC)    /* record whose size is given by len (clone3, openat2), at most n bytes */ \
	X(ADDR)    /* sockaddr, len bytes */ \
	X(IOV)     /* struct iovec[len]; IN: payload all; IN and OUT: headers at entry, payload up to ret */ \
	X(MSG)     /* struct msghdr with name, iovec, control; IN and OUT as with IOV */ \
	X(MMSG)    /* struct mmsghdr[len]; aux is enum rn_mmsg_way */ \
	X(ARGV)    /* NULL-terminated vector of strings, printed as a list */ \
	X(ENVP)    /* the same, printed as a count unless -v; captured as count unless asked */ \
	X(SIGSET)  /* kernel sigset, len bytes */ \
	X(FDSET)   /* fd_set, len bits */ \
	X(DIRENTS) /* getdents: ret bytes, never capped by -s */ \
	X(FDPAIR)  /* int[2] of descriptors */ \
	/* meaning depends on another argument of the call */ \
	X(IOCTL_CMD) \
	X(IOCTL_ARG) \
	X(FCNTL_ARG) \
	X(PRCTL_ARG)   /* args 1..4 of prctl */ \
	X(ARCH_PRCTL_ARG) \
	X(FUTEX_ARG)   /* args 2..5 of futex; aux is the record of its timeout */ \
	X(SOCKOPT_NAME) /* level is the argument before */ \
	X(SOCKOPT_VAL)  /* len says how much */ \
	X(SOCKPROTO)   /* protocol of socket(2), by the family in argument 0 */ \
	X(SIGSET_PTRLEN) /* pselect6's sixth argument: struct { sigset *, size } */ \
	X(SIGFRAME)    /* rt_sigreturn: the mask is on the stack */ \
	X(BPF_ATTR) \
	X(KEYCTL_ARG) \
	X(PTRACE_ARG) \
	X(QUOTACTL_ARG) \
	X(SEM_ARG)     /* last argument of semctl, shmctl, msgctl; aux is enum rn_ipc_family */ \
	X(SECCOMP_ARG) /* args 1 and 2 of seccomp */ \
	/* calls with a way of their own */ \
	X(SKIP)        /* not printed: padding, or shown with another argument */ \
	X(OFF64)       /* loff_t in two 32-bit words: low here, high in the SKIP that follows */ \
	X(OFF64_HI)    /* the same, high here, low in the SKIP that follows (_llseek) */ \
	X(PGOFF)       /* offset in pages of 4096 bytes, printed in bytes (mmap2) */ \
	X(OPEN_MODE)   /* MODE, printed only when the FLAGS before have O_CREAT or O_TMPFILE */ \
	X(CLONE_ARGS)  /* VREC of clone3; behind it set_tid (IN), pidfd and parent_tid (OUT) */ \
	X(CLONE_ARG)   /* of clone; aux is enum rn_clone_role; printed by name, see there */ \
	X(MOUNT_DATA)  /* type and data of mount; aux is enum rn_mount_role */ \
	X(FSCONFIG_VAL) /* by the command in argument 1: string, path or bytes (length in arg 4) */ \
	X(SIGMASK)     /* a 32-bit signal mask by value */ \
	X(SIGHANDLER)  /* SIG_DFL, SIG_IGN or an address */ \
	X(IPC_FLAGS)   /* bits of names[aux], then permissions: IPC_CREAT|0600 */ \
	X(KEY)         /* System V key: IPC_PRIVATE or hexadecimal */ \
	X(IOPRIO)      /* IOPRIO_PRIO_VALUE(class, data) */ \
	X(REM)         /* records[aux] written only when the call was interrupted (nanosleep) */ \
	X(RIOV)        /* iovec[len] whose buffers lie in another process: the headers alone */ \
	X(CPUSET)      /* len bytes of a CPU mask: [0 1 3] */ \
	X(NODESET)     /* mask of len bits, printed as words: [0x3] */ \
	X(MINCORE)     /* len bytes, one per page */ \
	X(CAPS)        /* records[aux] twice: sets of capabilities, by the version in the header before */ \
	X(UTIMES)      /* two of records[aux]: times of access and modification, or UTIME_NOW, .. */ \
	X(INTERRUPTED) /* restart_syscall: the call it goes on with; no argument of the kernel */ \
	X(MSGBUF)      /* System V message: a word of type, then len bytes of text */ \
	X(IOCBS)       /* len pointers to struct iocb, and what those point to */ \
	X(KCMP_ARG)    /* args 3 and 4 of kcmp, by the type before */

enum rn_arg_kind {
#define X(k) RN_ARG_##k,
	RN_ARG_KIND_LIST(X)
#undef X
	RN_ARG_KINDS
};

/* When memory is copied; the printer shows OUT memory only from the exit phase. */
enum rn_arg_dir {
	RN_IN = 1,         /* at entry */
	RN_OUT = 2,        /* at exit, when the call succeeded */
	RN_OUT_ALWAYS = 4, /* at exit, also after an error */
};

/* How much. ARGk: the value of argument k; PTRk: the 32-bit (or word, when n is RN_WORD)
 * length that argument k points to (at entry for IN; OUT: the smaller of entry and exit). */
enum rn_arg_len {
	RN_LEN_NONE = 0,
	RN_LEN_ARG0, RN_LEN_ARG1, RN_LEN_ARG2, RN_LEN_ARG3, RN_LEN_ARG4, RN_LEN_ARG5,
	RN_LEN_PTR0, RN_LEN_PTR1, RN_LEN_PTR2, RN_LEN_PTR3, RN_LEN_PTR4, RN_LEN_PTR5,
	RN_LEN_RET,   /* the result, when positive */
	RN_LEN_CONST, /* n */
	RN_LEN_NUL,   /* up to a NUL, at most n */
	RN_LEN_PAGES1, /* argument 1 in pages, rounded up */
};

#define RN_PATH_MAX 4096 /* with its NUL; PATH_MAX of Linux */
#define RN_WHOLE 0xffff  /* n of a BUF that -s must not cut (it is parsed, not shown) */

/* Which argument of clone a CLONE_ARG is: the order differs between ABIs. strace prints
 * child_stack=.., flags=..[, parent_tid=..][, tls=..][, child_tidptr=..], by the flags. */
enum rn_clone_role {
	RN_CLONE_flags, RN_CLONE_stack, RN_CLONE_parent_tid, RN_CLONE_child_tid, RN_CLONE_tls
};

/* Both write lengths into the headers. */
enum rn_mmsg_way { RN_MMSG_RECEIVED, RN_MMSG_SENT };

/* Whose third argument a SEM_ARG is. */
enum rn_ipc_family { RN_IPC_sem, RN_IPC_shm, RN_IPC_msg };

/* Which argument of mount a MOUNT_DATA is; both are strings or addresses, by the flags. */
enum rn_mount_role { RN_MOUNT_data, RN_MOUNT_type };

enum rn_arg_flags {
	/* What the lowest three mean depends on the kind. */
	RN_ARG_SHOW_HEX = 1, /* BUF: every byte as \xNN: random bytes are no text */
	RN_ARG_OMIT_NUL = 2, /* BUF: a NUL at its very end is not shown */
	RN_ARG_ROOM = 4,    /* BUF: nothing is written when the argument behind, its room, is 0 */
	RN_ARG_FOUND = 1,   /* REC: written only when the result is above zero (somebody was found) */
	RN_ARG_LATE = 2,    /* REC, SIGSET: given, but looked at when the call is over: not after an error */
	RN_ARG_UNSIGNED = 1, /* OFF64: a length */
	RN_ARG_NOFD = 1,    /* DIRFD: -1 has a name, FAN_NOFD */
	RN_ARG_PAIR = 2,    /* FLAGS: their upper half is the SKIP that follows (of 32-bit ABIs) */
	RN_ARG_SHORT = 1,   /* SIGSET: of any length up to a whole one */
	RN_ARG_WIDE = 1,    /* ENUM, FLAGS: all bits of the word count, not the low 32 */
	RN_ARG_COMMENT = 2, /* ENUM: the number, its name in a comment */
	RN_ARG_DECIMAL = 4, /* ENUM: what has no name is a plain signed number; FLAGS: the bits of n
	                     * are one, printed last */
	/* Shown on a condition on the argument that stands (flags >> 5) places before: */
	RN_ARG_IF = 8,      /* it has the bits of n */
	RN_ARG_UNLESS = 16, /* it is one of the small numbers whose bits are set in n */
};
#define RN_ARG_BACK(k) ((k) << 5)

struct rn_arg {
	uint8_t kind; /* enum rn_arg_kind */
	uint8_t dir;  /* enum rn_arg_dir bits, 0 for plain values */
	uint8_t len;  /* enum rn_arg_len */
	uint8_t flags; /* enum rn_arg_flags bits */
	uint16_t aux; /* enum rn_names_id, rn_record_id, .. by the kind */
	uint16_t n;   /* constant length or cap; with RN_ARG_IF and _UNLESS the bits */
};

/* How the result is printed. */
#define RN_RET_LIST(X) \
	X(INT)   /* signed decimal */ \
	X(UINT)  X(SIZE) X(OFF) \
	X(HEX)   /* an address or bits: 0x.. */ \
	X(OCT)   /* umask */ \
	X(FD) \
	X(PID)   X(PGID)   X(UID) \
	X(FLAGS) /* 0x1 (flags FD_CLOEXEC), by the command: fcntl, prctl */ \
	X(POLL)  /* count, with what became ready as (comment): poll, select */ \
	X(NEVER) /* exit: never returns */ \
	X(IOCTL) /* a number, of some commands a descriptor or a name */ \
	/* a number with its name behind it: 1 (SCHED_FIFO) */ \
	X(SIG) X(SCHED) X(TIMEX) X(PERSONALITY) X(IOPRIO) X(TIME) X(MEMBARRIER) X(HANDLER) X(ENTRY) \
	X(MASK) X(OLD_MASK)

enum rn_ret_kind {
#define X(k) RN_RET_##k,
	RN_RET_LIST(X)
#undef X
	RN_RET_KINDS
};

/* Filter classes: the words of trace=%class. X(NAME, word, help) */
#define RN_CLASS_LIST(X) \
	X(FILE, "file", "calls that take a path") \
	X(DESC, "desc", "calls that take or make a file descriptor") \
	X(NETWORK, "network", "sockets") \
	X(PROCESS, "process", "life and death of processes") \
	X(MEMORY, "memory", "mappings of memory") \
	X(SIGNAL, "signal", "signals") \
	X(IPC, "ipc", "System V message queues, semaphores, shared memory") \
	X(CREDS, "creds", "user and group ids, capabilities") \
	X(CLOCK, "clock", "reading and setting clocks") \
	X(STAT, "stat", "stat by path") \
	X(LSTAT, "lstat", "stat by path, links not followed") \
	X(FSTAT, "fstat", "stat by descriptor") \
	X(STAT_LIKE, "%stat", "all of the stat family") \
	X(STATFS, "statfs", "statfs by path") \
	X(FSTATFS, "fstatfs", "statfs by descriptor") \
	X(STATFS_LIKE, "%statfs", "all of the statfs family") \
	X(PURE, "pure", "calls without arguments that always succeed")

enum rn_class_number {
#define X(k, word, help) RN_CLASS_NUMBER_##k,
	RN_CLASS_LIST(X)
#undef X
	RN_CLASSES
};
#define RN_CLASS(k) ((uint32_t)1 << RN_CLASS_NUMBER_##k)

struct rn_class_desc {
	const char *word, *help;
	uint32_t bit;
};
extern const struct rn_class_desc rn_classes[RN_CLASSES];

/* State a call may change: the recorder updates its fd table, cwd, names, module maps after it. */
enum rn_effect {
	RN_FX_NONE = 0,
	RN_FX_FD_NEW = 1,    /* the result is a new descriptor (open, socket, accept, dup, ..) */
	RN_FX_FD_CLOSE = 2,  /* argument 0 is closed */
	RN_FX_FD_OTHER = 4,  /* pipe, socketpair, recvmsg, close_range, fcntl: looked at by the call's own rule */
	RN_FX_CWD = 8,
	RN_FX_MAP = 16,      /* mmap, munmap, mprotect, mremap: executable mappings may change */
	RN_FX_COMM = 32,     /* prctl PR_SET_NAME */
	RN_FX_SOCK = 64,     /* bind, connect: what argument 0 is has changed */
	RN_FX_UNNAME = 128,  /* unlink, rename: a file that is open may have lost its name */
};

struct rn_syscall {
	const char *name;
	uint32_t classes; /* RN_CLASS bits */
	uint8_t n_args;   /* 0..6 */
	uint8_t ret;      /* enum rn_ret_kind */
	uint8_t effects;  /* enum rn_effect bits */
	struct rn_arg arg[6];
};

/** Argument k as a count or length: of an int only the lower half of the register counts. */
static inline uint64_t rn_arg_as_count(const struct rn_syscall *desc, unsigned k, uint64_t raw)
{
	uint8_t kind = desc->arg[k].kind;
	return kind == RN_ARG_INT || kind == RN_ARG_UINT ? (uint32_t)raw : raw;
}

/** The room for what argument k takes in: the size that follows it; UINT64_MAX when none does. */
static inline uint64_t rn_arg_room(const struct rn_syscall *desc, unsigned k, const uint64_t args[6])
{
	return k + 1 < desc->n_args && desc->arg[k + 1].kind == RN_ARG_SIZE ? args[k + 1] : UINT64_MAX;
}

/** The description of a call, or NULL when the ABI has no such number. Static memory. O(1). */
const struct rn_syscall *rn_syscall(enum rn_abi abi, uint32_t nr);
/** One above the greatest number of the ABI. */
uint32_t rn_syscall_limit(enum rn_abi abi);
/** The number of a call by name, -1 when the ABI has none. */
int32_t rn_syscall_number(enum rn_abi abi, struct rn_bytes name);
/** The name, or "syscall_500" (decimal) written into buf (at least 24 bytes) when unknown. */
const char *rn_syscall_name(enum rn_abi abi, uint32_t nr, char buf[24]);

/* Calls of i386 that carry another call: socketcall and ipc by a number, and its first select and
 * mmap, which are the later ones with their arguments in memory. */
#define RN_INNER_WORDS 6
struct rn_inner_call {
	const struct rn_syscall *desc; /* of the call carried */
	uint64_t args[6];
	uint64_t arg_at[6];            /* where an argument that lies in memory does; 0: a register */
};

/** Where the arguments of the call carried lie: at most RN_INNER_WORDS 32-bit words at the address
 *  returned; 0 when the call carries none, or none with arguments in memory. */
uint64_t rn_inner_at(enum rn_abi abi, const struct rn_syscall *outer, const uint64_t args[6]);
/** The call carried. words: n_words of those at rn_inner_at. False: it carries none that is known,
 *  or there are too few words for it. */
bool rn_inner_call(enum rn_abi abi, const struct rn_syscall *outer, const uint64_t args[6],
	const uint32_t *words, unsigned n_words, struct rn_inner_call *out);

/* Fixed-size structures behind arguments: shared/records.def, REC(name, x86_64, i386, aarch64). */
enum rn_record_id {
	RN_REC_none,
#define REC(name, x86_64, i386, aarch64) RN_REC_##name,
#include "shared/records.def"
#undef REC
	RN_RECORDS
};

/** Bytes of a record under an ABI; 0 when the ABI has none. */
uint32_t rn_record_bytes(enum rn_record_id id, enum rn_abi abi);
const char *rn_record_name(enum rn_record_id id);

#endif
