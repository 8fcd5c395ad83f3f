/* SPDX-License-Identifier: MIT */
/**
 * slow_calls - the latencies of each system call, and its slowest calls one by one.
 *
 * What is unusual is known when all calls have passed; by then the offenders must still be there.
 * They are among the slowest of their system call, so of each the RN_SLOW_KEPT slowest are kept; of
 * equals the earlier ones. Memory: num/values.h, and 40 bytes for each call kept.
 */
#ifndef RN_ANALYZE_ANALYSIS_SLOW_CALLS_H
#define RN_ANALYZE_ANALYSIS_SLOW_CALLS_H

#include "analyze/analysis/grouping.h"
#include "analyze/num/values.h"

#define RN_SLOW_KEPT 4096

struct rn_slow_call {
	uint64_t dur_ns, ts_ns;
	uint32_t utid, block, index; /* block: its number; index: into its core */
	uint32_t group;
};

/* Of one system call. */
struct rn_slow_group {
	struct rn_values_group *values; /* of the calls that returned */
	struct rn_slow_call *call;      /* the slowest, in no order anybody should rely on */
	uint32_t n, cap;
	uint64_t errors;
	bool waits;                     /* waiting.h */
};

struct rn_slow_calls {
	struct rn_grouping grouping; /* by name; group i is group[i] */
	struct rn_values values;
	struct rn_slow_group *group;
	uint32_t n, cap;             /* groups */
};

/** Zeroed memory becomes a collection. budget_bytes 0: RN_VALUES_BUDGET. RN_E_NOMEM. */
int rn_slow_calls_init(struct rn_slow_calls *s, const struct rn_facts *facts, size_t budget_bytes,
	struct rn_error *err);
void rn_slow_calls_fini(struct rn_slow_calls *s);
/** Call i of the batch, which returned; *group is set. RN_E_NOMEM, RN_E_IO, .. */
int rn_slow_calls_add(struct rn_slow_calls *s, const struct rn_batch *b, uint32_t i, uint32_t *group,
	struct rn_error *err);
/** All calls of the batch that returned. */
int rn_slow_calls_batch(struct rn_slow_calls *s, const struct rn_batch *b, struct rn_error *err);

static inline struct rn_bytes rn_slow_calls_name(const struct rn_slow_calls *s, uint32_t group)
{
	return rn_grouping_name(&s->grouping, group);
}

#endif
