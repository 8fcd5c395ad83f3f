/* SPDX-License-Identifier: MIT */
/**
 * arena - memory given back all at once: one per block, one per run.
 *
 * Allocations are 16-byte aligned and not zeroed unless asked. Complexity: O(1)
 * each. rn_arena_clear keeps the largest chunk, so that a reused arena stops
 * allocating. One owner thread.
 */
#ifndef RN_SHARED_ARENA_H
#define RN_SHARED_ARENA_H

#include "shared/bytes.h"

struct rn_arena {
	struct rn_arena_chunk *chunk; /* the newest, then older ones */
	size_t used;                  /* bytes used of the newest */
};

#define RN_ARENA_INIT { NULL, 0 }

void rn_arena_init(struct rn_arena *a);
void rn_arena_fini(struct rn_arena *a);
/** Forgets every allocation; what was handed out is invalid from here on. */
void rn_arena_clear(struct rn_arena *a);
/** NULL when memory ran out or n * size overflows. */
void *rn_arena_alloc(struct rn_arena *a, size_t n, size_t size);
void *rn_arena_zalloc(struct rn_arena *a, size_t n, size_t size);
/** A NUL-terminated copy; NULL when memory ran out. */
char *rn_arena_dup(struct rn_arena *a, struct rn_bytes s);

#endif
