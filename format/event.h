/* SPDX-License-Identifier: MIT */
/**
 * event - one thing that happened, in memory: what backends make and analyses read.
 *
 * Pointers borrow: from the tracee's buffer on the recording side until the event
 * was appended, from the block on the reading side until the block is reused.
 * Times are nanoseconds of CLOCK_MONOTONIC since the start of the trace. Threads
 * have a number unique for the life of the trace (utid, from 1, in order of
 * appearance), never a recycled tid; TASK events tell tid, pid and process.
 * File order is completion order: ts_ns of a call is its entry, so it may go back.
 * Written down in docs/format.md: change both.
 */
#ifndef RN_FORMAT_EVENT_H
#define RN_FORMAT_EVENT_H

#include "shared/arch.h"
#include "shared/bytes.h"

#include <stdbool.h>

enum rn_event_kind {
	RN_EV_CALL = 0,
#define EVENT(kind, number, name, fields) RN_EV_##kind = number,
#include "format/events.def"
#undef EVENT
};

/* The structs of the meta events: struct rn_ev_task { uint64_t how; .. }. */
#define U(f) uint64_t f;
#define I(f) int64_t f;
#define B(f) struct rn_bytes f;
#define EVENT(kind, number, name, fields) struct rn_ev_##kind { fields };
#include "format/events.def"
#undef EVENT
#undef U
#undef I
#undef B

enum rn_task_how {
	RN_TASK_COMMAND = 1, /* started by the recorder */
	RN_TASK_ATTACHED,    /* -p */
	RN_TASK_FORK,
	RN_TASK_VFORK,
	RN_TASK_CLONE,
	RN_TASK_FOUND,       /* seen without its beginning */
	RN_TASK_CARRIED,     /* its beginning is in an earlier file of the series; what its process has is
				told, so that it inherits nothing */
};

enum rn_fd_how {
	RN_FD_TABLE = 1, /* found open at start, attach or after exec */
	RN_FD_OPENED,
	RN_FD_DUP,       /* of descriptor `from` */
	RN_FD_RECEIVED,  /* SCM_RIGHTS, pidfd_getfd */
	RN_FD_CHANGED,   /* bind, connect: same descriptor, new target or detail */
};

enum rn_fd_kind {
	RN_FDK_OTHER, RN_FDK_FILE, RN_FDK_DIR, RN_FDK_CHAR, RN_FDK_BLOCK, RN_FDK_PIPE,
	RN_FDK_SOCKET, RN_FDK_ANON, RN_FDK_LINK
};

enum rn_lost_cause {
	RN_LOST_RING = 1,
	RN_LOST_TOO_BIG,
	RN_LOST_RATE,
	RN_LOST_DAMAGE,
	RN_LOST_RECORDER,
	RN_LOST_OUTPUT, /* it was too slow, and the traced threads were not to wait for it */
	RN_LOST_MEMORY, /* the recorder had as much as it may have */
	RN_LOST_DISK, /* it was full, or had as little room left as --min-free says */
	RN_LOST_CPU, /* calls were not looked at, so that the recorder keeps its CPU limit */
	RN_LOST_CAUSES
};
/* A level of DETAIL, and those above: calls are looked at some of the time only. */
#define RN_DETAIL_GAPS 12u
/* Bits of DETAIL.cause. */
enum rn_detail_cause {
	RN_DETAIL_OUTPUT = 1, RN_DETAIL_CPU = 2, RN_DETAIL_MEMORY = 4
};

/* Bits of APART.what. */
enum rn_apart {
	RN_APART_FILES = 1,
	RN_APART_CWD = 2,
	RN_APART_EMPTY = 4, /* no copy: events of the thread tell what it has */
};

enum rn_end_reason {
	RN_END_EXITED = 1,    /* every tracee is gone */
	RN_END_DETACHED,      /* SIGINT, SIGTERM, SIGHUP: tracees run on */
	RN_END_OUTPUT,        /* the output could not be written further */
	RN_END_ERROR,
	RN_END_ROTATED,       /* the next file of the series goes on */
	RN_END_SNAPSHOT       /* this is what a flight recorder had kept; the recording went on */
};

enum rn_call_flags {
	RN_CALL_UNFINISHED = 1, /* never returned: ret, dur_ns mean nothing (dur: until it was given up) */
	RN_CALL_ERROR = 2,      /* the kernel said error: -ret is the errno */
	RN_CALL_INJECTED = 4,
	RN_CALL_TRUNCATED = 8,  /* memory was cut because the event grew too large */
	RN_CALL_RESTARTED = 16, /* restart_syscall or ERESTART re-entry of the call before */
	RN_CALL_PARTIAL = 32,   /* entry was not seen: args or entry memory may be missing */
	RN_CALL_NO_REGS = 64,   /* registers could not be read */
	/* A preview of a call still under way, written once per call when a block closes over it, so
	 * that a reader of a live or cut trace sees it. The finished record (same utid and ts_ns)
	 * replaces it; without one, this is a call that never returned. Readers of calls skip it
	 * unless they want exactly that. Always with UNFINISHED. */
	RN_CALL_PENDING = 128,
	/* On request (chaos), besides INJECTED: */
	RN_CALL_DELAYED = 256,   /* the recorder let it wait */
	RN_CALL_ALTERED = 512,   /* an argument or memory of the tracee was changed */
	RN_CALL_SIGNALLED = 1024, /* a signal was sent with it */
	/* A handler's call, on a stack of its own (sigaltstack): the stack that the signal interrupted is
	 * the span of argument RN_SPAN_STACK. */
	RN_CALL_TWO_STACKS = 2048,
	/* Any of them. */
	RN_CALL_TAMPERED = RN_CALL_INJECTED | RN_CALL_DELAYED | RN_CALL_ALTERED | RN_CALL_SIGNALLED,
};

/* As a span's argument: of none, but more of the stack. */
#define RN_SPAN_STACK 7

enum rn_span_phase { RN_PHASE_ENTRY = 0, RN_PHASE_EXIT = 1 };

/* A piece of the tracee's memory. wanted > len: the rest was unreadable (fault) or above a cap. */
struct rn_span {
	uint64_t addr;
	uint32_t wanted;   /* bytes asked for */
	uint32_t len;      /* bytes that follow */
	uint8_t arg;       /* 0..5, for which argument; RN_SPAN_STACK */
	uint8_t phase;     /* enum rn_span_phase */
	uint8_t fault;     /* 1: reading at addr + len failed; 0: cut by a cap, or complete */
	uint8_t string;    /* 1: a NUL-terminated string was asked for; len includes the NUL if found */
	const uint8_t *bytes;
};

struct rn_call {
	uint8_t abi;       /* enum rn_abi */
	uint16_t flags;    /* enum rn_call_flags */
	uint32_t nr;
	uint64_t args[6];
	int64_t ret;
	uint64_t dur_ns;
	const uint64_t *regs;         /* n_regs slots of the trace's machine at entry; NULL: none */
	uint32_t n_regs;
	uint32_t stack_len;           /* 0: none */
	uint32_t stack_wanted;        /* what --stack asked, after clamping to the mapping */
	uint64_t stack_addr;          /* the stack pointer, rounded down to 8 */
	const uint8_t *stack;
	uint32_t n_spans;
	const struct rn_span *spans;
};

struct rn_event {
	uint64_t seq;              /* number in the trace, from 0; set by the reader, ignored by the writer */
	uint64_t ts_ns;
	uint32_t utid;
	enum rn_event_kind kind;   /* an unknown number is possible: then nothing below is set */
	union {
		struct rn_call call;
#define EVENT(kind, number, name, fields) struct rn_ev_##kind kind;
#include "format/events.def"
#undef EVENT
	};
};

/** "task", "call"; NULL for a kind this build does not know. */
const char *rn_event_kind_name(unsigned kind);

#endif
