/* SPDX-License-Identifier: MIT */
/**
 * capture - copies the memory a call's arguments point to, as the syscall table says.
 *
 * At a stop, the arguments of the call with a matching direction each name ranges
 * (level 0); all are read in one batch together with the stack. What is found
 * there may name more (iovec payloads, strings of argv): one further batch per
 * level of nesting. Memory that cannot be read is kept as a fault of its span.
 * Budgets: RN_CAPTURE_BYTES and RN_CAPTURE_SPANS per event, -s per buffer; what
 * does not fit is cut (`wanted` tells how long it was) and the event marked.
 * Source of the rules: shared/syscalls.def; docs/architecture.md, "What is captured".
 */
#ifndef RN_RECORD_CAPTURE_CAPTURE_H
#define RN_RECORD_CAPTURE_CAPTURE_H

#include "format/event.h"
#include "record/capture/memory.h"
#include "shared/syscall.h"

/* Captured bytes of one event, both phases, and how many pieces they may be in. */
#define RN_CAPTURE_BYTES (256u * 1024)
#define RN_CAPTURE_SPANS 1280
/* Of memory that is parsed, not shown (directory entries, poll sets): at most this much a piece. */
#define RN_CAPTURE_WHOLE_BYTES (64u * 1024)

/** What one call in flight has had captured; lives with its tracee, filled twice. */
struct rn_capture {
	struct rn_span *spans;  /* RN_CAPTURE_SPANS */
	uint8_t *bytes;         /* RN_CAPTURE_BYTES */
	uint32_t n_spans, n_bytes;
	uint32_t n_entry_spans; /* the first so many are of the entry phase */
	bool truncated;
};

/** The tracing thread's scratch, one for all tracees. */
struct rn_capturer {
	struct rn_memory memory;
	uint32_t string_bytes; /* -s */
	uint32_t piece_bytes;  /* of a piece that is no string: RN_CAPTURE_WHOLE_BYTES, or less */
	bool environment;      /* the strings of envp too */
	/* Ranges of the level being read, then those its steps asked for. */
	struct rn_range range[2 * RN_MEMORY_BATCH];
	struct rn_pending {
		struct rn_span *span; /* what the range fills; NULL: the stack */
		uint8_t step;         /* enum rn_step of capture/fetch.h: what comes when it was read */
		uint32_t left;        /* the step's own: bytes or elements still allowed */
		uint64_t aux;         /* the step's own */
	} pending[2 * RN_MEMORY_BATCH];
	unsigned n_ranges, level_begin;
};

/** The call, as the stop showed it. Arguments of 32-bit calls are zero-extended. */
struct rn_capture_call {
	const struct rn_syscall *desc; /* NULL: unknown call, nothing to capture */
	enum rn_abi abi;
	const uint64_t *args;          /* six */
	bool whole;                    /* buffers beyond the string limit: they are parsed, not shown */
	uint64_t sp;
	/* The stack that a signal interrupted, when it is another one (entry only); 0 bytes: it is not. */
	uint64_t interrupted_sp;
	uint32_t interrupted_bytes;
	int64_t ret;                   /* exit only */
	bool error;
};

/** 0; RN_E_NOMEM. */
int rn_capture_init(struct rn_capture *c);
void rn_capture_fini(struct rn_capture *c);
static inline void rn_capture_clear(struct rn_capture *c)
{
	c->n_spans = c->n_bytes = c->n_entry_spans = 0;
	c->truncated = false;
}

/** Reads entry memory, and the stack range where stack->wanted is not 0. 0 or RN_E_GONE. */
int rn_capture_entry(struct rn_capturer *k, struct rn_capture *c, pid_t tid,
	const struct rn_capture_call *call, struct rn_range *stack);
/** Reads exit memory; entry spans stay. 0 or RN_E_GONE. */
int rn_capture_exit(struct rn_capturer *k, struct rn_capture *c, pid_t tid,
	const struct rn_capture_call *call);

/** The span of a phase that begins at addr and has at least len bytes, or NULL. */
const struct rn_span *rn_capture_find(const struct rn_capture *c, enum rn_span_phase phase,
	uint64_t addr, uint32_t len);

#endif
