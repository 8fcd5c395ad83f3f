/* SPDX-License-Identifier: MIT */
/**
 * emit - a comparison as tables.
 *
 *   comparison       a record: the verdict, how sure it is, in a sentence
 *   compare_times    how long runs took, and how long they were in calls
 *   compare_counts   calls and errors
 *   compare_calls, compare_paths, compare_functions   what changed most first
 *   compare_errors   each error of each call, with its share among the calls
 *   compare_shifts   percentiles of latencies against each other
 *   compare_behaviour  what is new, what vanished
 *   compare_drift    where within a run the latency of a call changed
 *   compare_threads  which threads correspond, what they have in common
 *   compare_divergence  where they part, with what stands around it
 *   compare_runs     where the numbers come from
 */
#ifndef RN_ANALYZE_COMPARE_EMIT_H
#define RN_ANALYZE_COMPARE_EMIT_H

#include "analyze/compare/comparison.h"
#include "analyze/compare/drift.h"
#include "analyze/table.h"

/* What is told of a trace beside its numbers. */
struct rn_compare_origin {
	char uuid[40], start[40];
	char *command, *host;
	bool complete;
	uint64_t damages, lost_events;
	char *chaos, *sampling; /* what the header says of them; empty: there was none */
};

struct rn_compare_tables {
	const struct rn_comparison *c;
	const struct rn_drifts *drifts;
	const struct rn_compare_origin *origin[2]; /* of each run */
	const char *filter;      /* as given; may be empty */
	uint32_t shown;          /* rows of a table; 0: all */
	uint32_t context, divergences;
	bool functions;          /* runs have them */
};

int rn_compare_emit(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err);

/* Parts of it. */
int rn_compare_emit_rows(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err);
int rn_compare_emit_sequence(const struct rn_compare_tables *t, struct rn_sink *sink, struct rn_error *err);
struct rn_cell rn_compare_real(double v); /* null where it is none */

#endif
