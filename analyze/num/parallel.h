/* SPDX-License-Identifier: MIT */
/**
 * parallel - numbered pieces of work on several threads.
 *
 * Pieces are handed out as threads become free; results must not depend on who does which. Where
 * threads cannot be started, fewer do the work, down to the caller alone.
 */
#ifndef RN_ANALYZE_NUM_PARALLEL_H
#define RN_ANALYZE_NUM_PARALLEL_H

#include <stddef.h>

#define RN_THREADS_MAX 64

/** Calls f(arg, piece, thread) for each piece below n; thread is below `threads`. Returns when all
 *  is done. threads is at least 1; more than RN_THREADS_MAX count as that. */
void rn_parallel(void (*f)(void *arg, size_t piece, unsigned thread), void *arg, size_t n,
	unsigned threads);
/** Processors this process may run on, at least 1, at most RN_THREADS_MAX. */
unsigned rn_processors(void);

#endif
