/* SPDX-License-Identifier: MIT */
/**
 * latency parts - the latencies of one group of calls, by what each of them stands for.
 *
 * Where nothing was left out while recording there is one part, whose values count once. Else the calls of one
 * weight (weights.h) are one part: a latency of weight w counts as w latencies in every statistic, so that with
 * whole weights all numbers are those of the values repeated so often, to the bit.
 */
#ifndef RN_ANALYZE_ANALYSIS_LATENCY_PARTS_H
#define RN_ANALYZE_ANALYSIS_LATENCY_PARTS_H

#include "analyze/num/values.h"
#include "analyze/weights/weights.h"

struct rn_latency_part {
	uint64_t weight;
	uint64_t errors;              /* calls recorded */
	struct rn_values_group *values;
};

struct rn_latency_parts {
	struct rn_latency_part *part; /* by order of appearance */
	uint32_t n;
	uint64_t unfinished, unfinished_errors; /* which count once */
};

/** Counts a call that returned. 0, RN_E_NOMEM, or what writing the temporary file fails with. */
int rn_latency_parts_add(struct rn_latency_parts *p, struct rn_values *v, uint64_t weight, bool failed,
	uint64_t dur_ns, struct rn_error *err);
void rn_latency_parts_fini(struct rn_latency_parts *p);

/* What there is to say of all of them. */
struct rn_latency_sum {
	uint64_t recorded;      /* calls that returned */
	uint64_t n;             /* of them with those they stand for */
	uint64_t calls, errors; /* unfinished ones among the calls */
	rn_wide total_ns;
	uint64_t min_ns, max_ns;
	double mean_ns, sd_ns;  /* NaN: too few */
};
void rn_latency_parts_sum(const struct rn_latency_parts *p, struct rn_latency_sum *out);

/** Order statistics of all values as often as they count; once: each once, whatever it stands for. */
int rn_latency_parts_ranks(const struct rn_latency_parts *p, struct rn_values *v, bool once, const uint64_t *ranks,
	size_t n, uint64_t *out, struct rn_error *err);

#endif
