/* SPDX-License-Identifier: MIT */
/**
 * records - what the kernel program and the recorder tell each other; compiled into both.
 *
 * Up: records in lanes, one for each CPU, which the programs write in place, and in one ring of the
 * kernel's own for what may come in an interrupt; each with a struct rn_bpf_record in front. Times are
 * CLOCK_MONOTONIC.
 * A thread's call is one CALL record at its exit. What of its entry does not fit beside the
 * thread's state in the kernel goes ahead: an ENTRY record (memory), a STACK record (registers and
 * stack). They belong together by thread and `call`, a number that grows with each call.
 * Down: the syscall table as rules, commands of ioctl and the like as a map of operations.
 * Only types of <linux/types.h>: the kernel program knows no libc.
 */
#ifndef RN_RECORD_BPF_RECORDS_H
#define RN_RECORD_BPF_RECORDS_H

#include <linux/types.h>

enum rn_bpf_kind {
	RN_BPF_CALL = 1,
	RN_BPF_ENTRY,
	RN_BPF_STACK,
	RN_BPF_FORK,    /* of the parent; also a thread that was found */
	RN_BPF_EXEC,
	RN_BPF_EXIT,
	RN_BPF_COMM,
	RN_BPF_SIGNAL,
	RN_BPF_STOPPED,
	RN_BPF_MAP,
	RN_BPF_FD,
	RN_BPF_CWD,
	RN_BPF_ARGS,    /* of a program executed, when they could not all be read before */
	RN_BPF_WAKE,    /* a lane is half full: there is nothing in it */
	RN_BPF_KINDS
};

struct rn_bpf_record {
	__u64 ts_ns;
	__u32 tid, tgid;  /* as the recorder's pid namespace has them */
	__u32 len;        /* of the whole record */
	__u16 kind;       /* enum rn_bpf_kind */
	__u16 flags;      /* of the kind */
};

enum rn_bpf_call_flags {
	RN_BPF_UNFINISHED = 1, /* the thread ends in it */
	RN_BPF_PARTIAL = 2,    /* its entry was not seen */
	RN_BPF_STATE_ONLY = 4, /* not wanted by the filter, but it changes state */
	RN_BPF_TRUNCATED = 8,
	RN_BPF_ELSEWHERE = 16, /* spans of the entry went ahead in an ENTRY record */
	RN_BPF_STACKED = 32,   /* registers went ahead in a STACK record */
	RN_BPF_AGAIN = 64,     /* spans of the entry are here once more: some could not be read then */
	RN_BPF_KEPT = 128,     /* it changes state: never shed */
	RN_BPF_TWO_STACKS = 256, /* the stack that a signal interrupted went ahead, too */
};

struct rn_bpf_call {
	struct rn_bpf_record r;
	__u64 entry_ns;
	__u64 args[6];
	__u64 sp;
	__s64 ret;
	__u32 nr;
	__u32 call;
	__u32 image;        /* how many programs the thread had executed */
	__u8 abi;
	__u8 pad2;
	__u16 n_spans;
	__u32 spans_bytes;  /* behind this */
	__u32 n_entry;      /* the first so many spans are of the entry, those AGAIN not among them */
};

/* A piece of memory; its bytes follow, padded to 8. */
struct rn_bpf_span {
	__u64 addr;
	__u32 wanted, len;
	__u8 arg, phase, fault, string;
	__u32 pad;
};

/* In flags of a STACK record: behind it are RN_BPF_STACK_MAP bytes, a bit for each block of the stack,
 * and the blocks whose bit is set; what is in the others is as it was in the thread's stack of the call
 * `skip`. Blocks lie at multiples of their size; of the first and the last, what is of the stack counts. */
#define RN_BPF_STACK_CHANGES 1
/* It is the one that a signal interrupted, of a handler on a stack of its own: no registers, no changes. */
#define RN_BPF_STACK_INTERRUPTED 2
#define RN_BPF_STACK_BLOCK 64u
#define RN_BPF_STACK_BLOCKS 256u
#define RN_BPF_STACK_MAP (RN_BPF_STACK_BLOCKS / 8)

#define RN_BPF_REGS 27
struct rn_bpf_stack {
	struct rn_bpf_record r;
	__u32 call, stack_len, stack_wanted;
	__u32 skip;      /* bytes of no meaning before those of the stack; a call, see above */
	__u64 stack_addr;
	__u64 regs[RN_BPF_REGS];
	/* skip, then stack_len bytes */
};

#define RN_BPF_FOUND 1 /* in flags of a FORK record: the thread itself, seen without its beginning */

struct rn_bpf_fork {
	struct rn_bpf_record r;
	__u64 clone_flags;
	__u64 cgroup;
	__u32 child_tid, child_tgid, ns_tid, ns_tgid, ppid;
	__s32 exit_signal;
	__u32 nr;        /* of the parent's call; ~0: none */
	__u8 abi, pad[3];
	__u64 arg0;
	char comm[16];
};

/* A path as the kernel has it: names from the last one up, each with its NUL. */
#define RN_BPF_PATH_BYTES 4096
struct rn_bpf_path {
	__u64 ino;
	__u64 dev, rdev;    /* as the kernel numbers them: major << 20 | minor */
	__u32 magic;        /* of the file system */
	__u32 mode;
	__u16 names_bytes;  /* behind the record */
	__u8 unlinked, cut; /* cut: there are more names above */
	__u8 mounted;       /* 0: on a file system that is mounted nowhere (pipes, sockets, ..) */
	__u8 named, pad[2]; /* the file has a name somewhere (i_nlink) */
};

struct rn_bpf_exec {
	struct rn_bpf_record r;
	__u32 old_tid;
	__u32 cs;
	__u32 maps_follow;  /* as MAP records; else they are to be looked up */
	__u32 pad;
	__u64 vdso, vdso_bytes;
	__u64 open_fds[16]; /* of the first 1024 descriptors */
	char comm[16];
	__u64 arg_start, arg_end;
	struct rn_bpf_path exe;
};

/* The path as the kernel took it, then the strings of argv as the new program has them. */
#define RN_BPF_ARGS_BYTES 32768
struct rn_bpf_args {
	struct rn_bpf_record r;
	__u32 call;
	__u32 path_bytes, args_bytes; /* behind this */
	__u32 pad;
};

struct rn_bpf_exit {
	struct rn_bpf_record r;
	__u32 status;       /* as from wait(2) */
	__u32 live;         /* threads of the process that are left */
};

struct rn_bpf_comm {
	struct rn_bpf_record r;
	char comm[16];
};

#define RN_BPF_SIGINFO 48 /* what there is of it in the kernel */
struct rn_bpf_signal {
	struct rn_bpf_record r;
	__u32 signo, pad;
	__u8 info[RN_BPF_SIGINFO];
};

struct rn_bpf_map {
	struct rn_bpf_record r;
	__u64 addr, len, offset;
	__u32 prot;
	__u32 pad;
	struct rn_bpf_path file;
};

#define RN_BPF_FD_MAYBE 1 /* in flags of the record: only if it was known to have a name */

/* enum rn_fd_how has them too. */
enum rn_bpf_fd_how {
	RN_BPF_FD_OPENED = 2, RN_BPF_FD_DUP = 3, RN_BPF_FD_RECEIVED = 4, RN_BPF_FD_CHANGED = 5
};

/* Of a socket: addresses as struct sockaddr. Of a pidfd: its process. */
#define RN_BPF_ADDRESS 112
struct rn_bpf_ends {
	__u16 protocol;
	__u8 local_len, peer_len;
	__u32 pid;
	__u64 peer_ino;     /* of AF_UNIX */
	__u8 local[RN_BPF_ADDRESS], peer[RN_BPF_ADDRESS];
};

/* In flags of the record: a struct rn_bpf_ends is behind the names, at a multiple of 8. */
#define RN_BPF_FD_ENDS 2

struct rn_bpf_fd {
	struct rn_bpf_record r;
	__s32 fd, from;
	__u32 how;          /* enum rn_fd_how */
	__u32 flags;        /* of the open file */
	struct rn_bpf_path file;
};

struct rn_bpf_cwd {
	struct rn_bpf_record r;
	struct rn_bpf_path path;
};

/* What is done with an argument in a phase. */
enum rn_bpf_code {
	RN_BPF_OP_NONE,
	RN_BPF_OP_BYTES,    /* count * each + add bytes, at most cap */
	RN_BPF_OP_STRING,   /* at most cap bytes (or ret, when len says so) */
	RN_BPF_OP_IOV,      /* count headers, payload */
	RN_BPF_OP_MSG,
	RN_BPF_OP_MMSG,
	RN_BPF_OP_ARGV,
	RN_BPF_OP_ENVP,
	RN_BPF_OP_SIGSET,   /* { pointer, length } */
	RN_BPF_OP_FPROG,
	RN_BPF_OP_SOCKOPT,  /* BYTES, or FPROG where the option is a packet filter */
	RN_BPF_OP_ATTR,     /* of bpf(2): with the program or the string it points to */
	RN_BPF_OP_BLKPG,
	RN_BPF_OP_CLONE3,
	RN_BPF_OP_COMMAND,  /* looked up in the commands by (aux, value of argument each, shifted) */
	RN_BPF_OP_IOCTL,    /* the same; what has no row is told by the number itself */
};

enum rn_bpf_op_flags {
	RN_BPF_PAYLOAD = 1,     /* of an iovec or message in this phase */
	RN_BPF_CLAMP = 2,       /* to the 32-bit length at argument len - RN_LEN_PTR0 as it is now */
	RN_BPF_WORDS64 = 4,     /* count is of bits: rounded up to words of 64, each bytes each */
	RN_BPF_ZERO_IS_8 = 8,   /* a count of 0 is 8 */
	RN_BPF_INTERRUPTED = 16, /* only when the call was interrupted */
	RN_BPF_CLONE_TIDS = 32, /* only when argument 0 has flags that write there */
	RN_BPF_ON_ERROR = 64,   /* also after an error */
	RN_BPF_SP = 128,        /* the address is the stack pointer + add */
};

enum rn_bpf_op_more {
	RN_BPF_COUNT_32 = 1,    /* the argument that counts has 32 bits */
	RN_BPF_ROUND_WORD = 2,  /* a count below the cap is rounded up to whole words of the ABI */
	RN_BPF_STRINGS = 4,     /* the strings of a vector too */
	RN_BPF_MANY_BITS = 8,   /* of WORDS64: the count is no int, and cut to 64 KiB of them */
};

/* Where a count comes from; those that are in enum rn_arg_len have its numbers. */
enum rn_bpf_count {
	RN_BPF_ARG0 = 1, RN_BPF_ARG5 = 6,
	RN_BPF_PTR0 = 7, RN_BPF_PTR5 = 12, /* what is behind a pointer to a length */
	RN_BPF_RET = 13,
	RN_BPF_CONST = 14,
	RN_BPF_PAGES1 = 16,
};

struct rn_bpf_op {
	__u8 code;      /* enum rn_bpf_code */
	__u8 arg;
	__u8 len;       /* enum rn_bpf_count */
	__u8 flags;
	__u16 aux;      /* the count, where it is constant; the table of commands */
	__u16 add;
	__u32 cap;      /* of a command: the bits of it that count */
	__u16 each;     /* bytes of an element; the argument with the command */
	__u8 shift;     /* of the command */
	__u8 more;      /* enum rn_bpf_op_more */
};

enum rn_bpf_rule_flags {
	RN_BPF_WANTED = 1,
	RN_BPF_NEVER_SHED = 2, /* << RN_BPF_KEPT_SHIFT: RN_BPF_KEPT */
	RN_BPF_IS_EXEC = 4,
	RN_BPF_CHANGES = 8,     /* state: told even when it is not wanted */
	RN_BPF_CWD_AFTER = 32,  /* it has changed the working directory */
	RN_BPF_COMM_AFTER = 64, /* .. the thread's name, when argument 0 is PR_SET_NAME */
	RN_BPF_OUT_LEN = 16,    /* the length behind argument out_arg is to be kept from the entry on */
	RN_BPF_TELLS = 128,     /* what it has changed is to be looked up after it */
};

#define RN_BPF_KEPT_SHIFT 6

/* How descriptors come to be, by the call. */
enum rn_bpf_fd_way {
	RN_BPF_FDS_NONE,
	RN_BPF_FDS_RESULT,      /* the result, fd_how says how */
	RN_BPF_FDS_PAIR,        /* two at argument fd_arg */
	RN_BPF_FDS_MESSAGE,     /* in the control data of the message at argument 1 */
	RN_BPF_FDS_SOCKET,      /* argument 0 has changed */
	RN_BPF_FDS_UNNAMED,     /* files that are open may have lost their names */
	RN_BPF_FDS_RENAMED,     /* .. or have got others */
	RN_BPF_FDS_FCNTL,       /* the result, when argument 1 is F_DUPFD or F_DUPFD_CLOEXEC */
};

/* How executable mappings come to be, by the call. */
enum rn_bpf_map_way { RN_BPF_MAPS_NONE, RN_BPF_MAPS_MMAP, RN_BPF_MAPS_MMAP2, RN_BPF_MAPS_MPROTECT };

/* Calls of i386 that carry another: see shared/syscall.h. The rules of those carried have numbers that
 * no call has. */
enum rn_bpf_inner {
	RN_BPF_INNER_NONE, RN_BPF_INNER_SOCKET, RN_BPF_INNER_IPC, RN_BPF_INNER_SELECT, RN_BPF_INNER_MMAP
};
#define RN_BPF_INNER_FIRST 478u

/* 0: there is none. */
static inline __u32 rn_bpf_inner_nr(__u32 inner, __u64 arg0)
{
	__u32 command = (__u32)arg0 & 0xffff;
	switch (inner) {
	case RN_BPF_INNER_SOCKET:
		return arg0 >= 1 && arg0 <= 20 ? RN_BPF_INNER_FIRST + (__u32)arg0 - 1 : 0;
	case RN_BPF_INNER_IPC:
		return command <= 24 && command % 10 >= 1 && command % 10 <= 4 ?
			RN_BPF_INNER_FIRST + 20 + command / 10 * 4 + command % 10 - 1 : 0;
	case RN_BPF_INNER_SELECT:
		return RN_BPF_INNER_FIRST + 32;
	case RN_BPF_INNER_MMAP:
		return RN_BPF_INNER_FIRST + 33;
	}
	return 0;
}

/* How the memory of a phase is to be had. */
enum rn_bpf_way {
	RN_BPF_NO_MEMORY,
	RN_BPF_PLAIN,   /* strings and counted bytes, a few: done at once */
	RN_BPF_WALK,    /* by the program that can do it all */
	RN_BPF_BY_COMMAND, /* the same, but only when the bit of the command is set in `commands` */
};
#define RN_BPF_PLAIN_OPS 3
/* Which bit stands for a command. */
#define RN_BPF_COMMAND_BIT(command) ((((command) >> 6) ^ (command)) & 63)

#define RN_BPF_OPS 6
struct rn_bpf_rule {
	__u8 flags;     /* enum rn_bpf_rule_flags */
	__u8 map_way;   /* enum rn_bpf_map_way */
	__u8 n_ops[2];  /* by phase */
	__u8 fd_way, fd_how, fd_arg, out_arg;
	__u8 way[2];    /* enum rn_bpf_way, by phase */
	__u8 command_arg, command_shift;
	__u32 command_mask;
	__u64 commands[2]; /* of those that have memory, by phase */
	__u8 inner;     /* enum rn_bpf_inner */
	__u8 from[6];   /* of a call carried: which argument of the outer one is each; + 8: which word */
	__u8 pad;
	struct rn_bpf_op op[2][RN_BPF_OPS];
};

/* Calls of an ABI; numbers as in shared/arch.h. */
enum rn_bpf_abi { RN_BPF_ABI_X86_64 = 1, RN_BPF_ABI_I386 = 2 };
#define RN_BPF_CALLS 512
#define RN_BPF_ABIS 2

struct rn_bpf_command {
	__u16 table;
	__u8 arg, phase;
	__u32 command;
};

enum rn_bpf_loss { RN_BPF_LOST_RING, RN_BPF_LOST_TASKS, RN_BPF_LOST_TOO_BIG, RN_BPF_LOSSES };

/* When something happened first and last; 0: never. The recorder takes the first one back. */
struct rn_bpf_range {
	__u64 first_ns, last_ns;
};

/* One for each CPU; numbers only ever grow. */
struct rn_bpf_counts {
	__u64 lost[RN_BPF_LOSSES];
	__u64 lost_bytes;
	__u64 lost_state;       /* of them: not calls */
	__u64 short_stacks;     /* cut because the ring was three quarters full */
	__u64 no_stacks;        /* left out because it was seven eighths full */
	__u64 no_memory;        /* calls that were told, but without the memory of their entry */
	__u64 unseen;           /* calls that nobody looked at, as the recorder wanted it */
	struct rn_bpf_range losing, cutting;
};

/* What the entry of a call leaves with its thread. */
#define RN_BPF_STASH 320
enum rn_bpf_task_flags {
	RN_BPF_IN_CALL = 1,
	RN_BPF_NEW = 2,         /* returns from the call that made it, which is not its own */
	RN_BPF_SILENT = 4,      /* the command before its execve */
	RN_BPF_FAULTED = 8,     /* memory of the entry could not be read */
	RN_BPF_IN_EXEC = 16,
	RN_BPF_COMMAND = 32,    /* the command, until it has executed */
	RN_BPF_LEAVING = 64,    /* its exit is being walked */
	RN_BPF_OUTSIDE = 128,   /* it has left the control group that is recorded */
	RN_BPF_UNSEEN = 256,    /* its call began while calls were not looked at */
};

struct rn_bpf_task {
	__u32 tid;              /* 0: nobody's */
	__u32 flags;
	__u32 nr;
	__u32 stack_call;       /* the last one whose stack was sent */
	__u64 stack_ns;         /* when */
	__u64 entry_ns;
	__u64 args[6];
	__u64 sp;
	__u64 stack_low, stack_high; /* where the stack was found last */
	__u64 interrupted_sp;   /* where the last signal met it; 0: nowhere that matters any more */
	__u64 interrupted_low, interrupted_high; /* where that stack lies */
	__u64 regs_at;          /* its registers while it is in the kernel, on top of its stack there */
	__u64 task_at;          /* its struct task_struct */
	__s64 ret;              /* of the call that is being told */
	__u64 exit_ns;
	__u32 call;
	__u32 out_len;          /* see RN_BPF_OUT_LEN */
	__u32 image;            /* counts what it executes */
	__u16 stash_bytes, stash_spans;
	__u16 call_flags;       /* of enum rn_bpf_call_flags */
	__u8 abi;
	__u8 dying;             /* it was sent a signal that ends it; set from other CPUs */
	__u32 tgid;
	__u8 stash[RN_BPF_STASH] __attribute__((aligned(8)));
};

/* A task is looked for in so many places of the table, from its number on. */
#define RN_BPF_PLACES 8
static inline __u32 rn_bpf_place(__u32 tid, __u32 i, __u32 mask)
{
	return (tid + i * 0x9e37u) & mask;
}

/* A CPU's lane: only programs on that CPU write, only the recorder reads. Both count bytes without end;
 * a chunk is an element of the map, and no record lies across two: one that would begin in the last
 * RN_BPF_SLACK bytes of a chunk begins in the next. */
#define RN_BPF_MAX_CPUS 512
#define RN_BPF_SLACK (256u << 10)
#define RN_BPF_MIN_CHUNK (1u << 20)
#define RN_BPF_MAX_CHUNK (4u << 20)
struct rn_bpf_lane {
	__u64 produced, pad[7];
	__u64 consumed;
	__u32 woken, pad2[13];  /* somebody was woken for it; the recorder takes that back */
};

static inline __u64 rn_bpf_lane_next(__u64 at, __u32 len, __u64 chunk_bytes)
{
	at += (len + 7) & ~7u;
	return (at & (chunk_bytes - 1)) > chunk_bytes - RN_BPF_SLACK ? (at | (chunk_bytes - 1)) + 1 : at;
}

/* Read-only for the kernel program, set before it is loaded. */
struct rn_bpf_settings {
	__u32 stack_bytes;      /* 0: neither stacks nor registers */
	__u32 string_bytes;
	__u32 follow;
	__u32 whole_machine;
	__u32 nested;           /* the recorder lives in a pid namespace below the initial one */
	__u32 cgroup;           /* whether one is watched */
	__u32 own_tgid, reader_tgid; /* never recorded: ourselves, who reads what we write */
	__u32 n_cpus;
	__u32 task_mask;        /* the table of tasks has one more places */
	__u32 chunks;           /* of a lane; a power of two */
	__u32 chunk_bytes, chunk_shift;
	__u64 cgroup_id;        /* for the recorder */
	__u64 lane_bytes;       /* of which may be used */
};

#endif
