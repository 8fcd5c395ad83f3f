/* SPDX-License-Identifier: MIT */
/**
 * stacks - the call stacks of a trace, unwound from its raw snapshots, each distinct one once.
 *
 * An event's registers and stack bytes become a stack id: a node of a trie whose
 * root (0) is "no stack" and whose parents are the callers, so that a parent's id is
 * always smaller than its child's. A node's frame is interned: module and address
 * within it. Equal snapshots are unwound once; equal stacks are one node. Ids depend
 * only on the order in which events are asked for. Names and lines are not looked up
 * here: analyze/symbol/symbols.h does that, per frame, when somebody wants to read them.
 * One owner thread.
 */
#ifndef RN_ANALYZE_STACK_STACKS_H
#define RN_ANALYZE_STACK_STACKS_H

#include "format/reader.h"

/* How a frame was found, and what is odd about it. */
enum rn_frame_flags {
	RN_FRAME_SIGNAL = 1,  /* interrupted by a signal: pc is exact, not a return address */
	RN_FRAME_GUESSED = 2, /* by frame pointers: the module had no unwind tables for it */
};

struct rn_frame {
	uint32_t module; /* number of the module (modules.h); RN_NO_MODULE: pc lies in none */
	uint32_t flags;  /* enum rn_frame_flags bits */
	uint64_t addr;   /* the module's own address (ELF vaddr) to look names up by: of a caller,
	                  * inside the call instruction; without a module, the address in memory */
	uint64_t pc_addr; /* the module's own address of the pc as it stood: what backtraces print */
};
#define RN_NO_MODULE UINT32_MAX
/* Frames and nodes at most. */
#define RN_STACKS_MAX_NODES (1u << 24)

/* Why a stack ends where it does. */
enum rn_stack_end {
	RN_STACK_COMPLETE,  /* the start function, which has no caller */
	RN_STACK_CUT,       /* the snapshot was too short */
	RN_STACK_LOST,      /* no way to go on: no tables, no module, nonsense in memory */
	RN_STACK_DEEP,      /* RN_STACK_MAX_FRAMES */
	RN_STACK_ENDS
};
#define RN_STACK_MAX_FRAMES 4096

struct rn_stack_node {
	uint32_t parent; /* the caller's node; 0: none */
	uint32_t frame;  /* rn_stacks_frame */
	uint32_t depth;  /* frames up to and with this one; 1: outermost */
};

struct rn_stack_counts {
	uint64_t asked;
	uint64_t unmapped;         /* nothing was mapped yet, as far as the trace tells: before the
	                            * command's execve runs the recorder's own code */
	uint64_t with_snapshot;    /* the others that have registers; each ended: */
	uint64_t ended[RN_STACK_ENDS];
	uint64_t sufficient_bytes; /* greatest snapshot known to have been needed where one was cut:
	                            * what --stack should have been at least; 0: none was cut */
	uint64_t snapshots_unwound; /* the others were seen before */
};

struct rn_modules_table; /* analyze/stack/modules.h */
struct rn_unwinder;      /* analyze/stack/unwinder.h */
struct rn_stacks;

/* Stacks of the same trace that somebody has unwound before, with frames and nodes of their own numbers. */
struct rn_known_stacks {
	const struct rn_frame *frame;
	const struct rn_stack_node *node;  /* 0: the root */
	uint32_t n_frames, n_nodes;
	uint64_t before; /* of every call with a smaller number it knows the stack; UINT64_MAX: of all there are */
	/** The node of the call with that number, and how its stack ends. */
	uint32_t (*of)(void *arg, uint64_t seq, enum rn_stack_end *end);
	void *arg;
};

/** modules: where code lies in which process, borrowed. NULL: no memory. */
struct rn_stacks *rn_stacks_new(struct rn_modules_table *modules);
void rn_stacks_free(struct rn_stacks *s);
/** Has stacks walked by another unwinder; before the first is asked for. RN_E_UNSUPPORTED: it is not to be
 *  had here. */
int rn_stacks_use(struct rn_stacks *s, const struct rn_unwinder *unwinder, struct rn_error *err);
/** From here on no stack is unwound that is known. Borrowed. Ids stay as they are without: they depend only on the order in
 *  which events are asked for. RN_E_NOMEM. */
int rn_stacks_know(struct rn_stacks *s, const struct rn_known_stacks *known);
/** The sections that rn_stacks_of needs of an event, RN_WANT bits: none when all is known. */
unsigned rn_stacks_want(const struct rn_stacks *s);
/** The stack of a call (registers and stack wanted: RN_WANT(REGS) | RN_WANT(STACK)). *id 0: the
 *  event has no registers, or nothing is known of its process' code. *end may be NULL. 0 or RN_E_NOMEM; what cannot be unwound is no error. */
int rn_stacks_of(struct rn_stacks *s, const struct rn_event *ev, uint32_t *id,
	enum rn_stack_end *end, struct rn_error *err);

/* Borrowed; nodes and frames never move or change. Node 0 is the root and has no frame. */
uint32_t rn_stacks_n_nodes(const struct rn_stacks *s);
const struct rn_stack_node *rn_stacks_node(const struct rn_stacks *s, uint32_t id);
uint32_t rn_stacks_n_frames(const struct rn_stacks *s);
const struct rn_frame *rn_stacks_frame(const struct rn_stacks *s, uint32_t frame);
const struct rn_stack_counts *rn_stacks_counts(const struct rn_stacks *s);

#endif
