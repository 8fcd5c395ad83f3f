/* SPDX-License-Identifier: MIT */
/**
 * limits - the calls within bounds of time, duration and result: what the core columns decide.
 *
 * Blocks are skipped by their directories where nothing in them can be within. A preview has neither
 * duration nor result and is kept only where neither is asked for.
 */
#ifndef RN_ANALYZE_FILTERS_LIMITS_H
#define RN_ANALYZE_FILTERS_LIMITS_H

#include "analyze/source/source.h"

enum { RN_INJECTED_ALL, RN_INJECTED_ONLY, RN_INJECTED_NONE };
#define RN_ERRNO_LIMIT 4096 /* the kernel's MAX_ERRNO */

struct rn_limits {
	uint64_t from_ns, to_ns;           /* of entry: from on, before to */
	bool has_dur;                      /* the bounds of duration are given: unfinished calls have none */
	uint64_t min_dur_ns, max_dur_ns;   /* both included */
	int injected;                      /* calls that chaos had a hand in: RN_INJECTED_ALL, .. */
	bool errors_only;                  /* of the numbers in errnos */
	uint64_t errnos[RN_ERRNO_LIMIT / 64]; /* a bit each */
};

/** Wants everything. */
void rn_limits_init(struct rn_limits *l);
bool rn_limits_are_open(const struct rn_limits *l);

/** Whether a block may hold a call within. */
bool rn_limits_may_have(const struct rn_limits *l, const struct rn_block_info *info);
/** Keeps those of selected[0..n) that are within; how many. */
uint32_t rn_limits_narrow(const struct rn_limits *l, const struct rn_core *core, uint32_t *selected,
	uint32_t n);

/** Borrows the limits. NULL: no memory, inner is freed. */
struct rn_source *rn_source_limits(struct rn_source *inner, const struct rn_limits *l);

#endif
