/* SPDX-License-Identifier: MIT */
/**
 * unwinder - who walks from a snapshot's innermost frame to its outermost; one const struct each, one registry.
 *
 * The first of the registry is our own (stacks.c): rules by address are kept, equal snapshots are
 * walked once, damaged tables and hostile ones cost a bounded time. The others are slow and for
 * comparison; they see the same snapshots and the same images.
 */
#ifndef RN_ANALYZE_STACK_UNWINDER_H
#define RN_ANALYZE_STACK_UNWINDER_H

#include "analyze/stack/modules.h"

/* A frame of a walk. */
struct rn_walked {
	uint64_t pc;      /* in memory, as it stood */
	bool interrupted; /* by a signal: pc is exact, not a return address */
};

struct rn_unwinder {
	const char *name; /* the word of --unwinder */
	const char *help;
	/** NULL: no memory, or not to be had on this machine. Borrows the modules. */
	void *(*open)(struct rn_modules_table *modules);
	/** Frames from the innermost on; how many, at most max. *missing: the address whose word it
	 *  wanted and the snapshot has not, 0: none. Of registers it does not understand: 0 frames. */
	unsigned (*walk)(void *state, const struct rn_event *ev, struct rn_walked *frames, unsigned max,
		uint64_t *missing);
	void (*close)(void *state); /* NULL is fine */
};

extern const struct rn_unwinder *const rn_unwinders[]; /* NULL ends it */
extern const struct rn_unwinder rn_unwinder_libunwind;
/** By a user's word. RN_E_USAGE names it and what there is. */
int rn_unwinder_choose(const struct rn_unwinder **out, const char *name, struct rn_error *err);

#endif
