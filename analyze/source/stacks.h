/* SPDX-License-Identifier: MIT */
/**
 * stacks - the calls whose stacks have one of some functions in them, and none of others (--in,
 * --not-in).
 */
#ifndef RN_ANALYZE_SOURCE_STACKS_H
#define RN_ANALYZE_SOURCE_STACKS_H

#include "analyze/source/source.h"
#include "analyze/symbol/frames.h"

/** Borrows frames. NULL: no memory, inner is freed. */
struct rn_source *rn_source_stacks(struct rn_source *inner, struct rn_frames *frames);

#endif
