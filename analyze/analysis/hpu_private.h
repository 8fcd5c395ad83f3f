/* SPDX-License-Identifier: MIT */
/**
 * hpu_private - what the parts of the hpu analysis share: hpu_report.c collects and computes, hpu_emit.c
 * tells.
 */
#ifndef RN_ANALYZE_ANALYSIS_HPU_PRIVATE_H
#define RN_ANALYZE_ANALYSIS_HPU_PRIVATE_H

#include "analyze/analysis/bins.h"
#include "analyze/analysis/hpu_report.h"
#include "analyze/num/kmeans.h"
#include "analyze/num/moments.h"

enum { RN_HPU_CALLS, RN_HPU_LATENCY, RN_HPU_VARIATION, RN_HPU_ERRORS, RN_HPU_FEATURES };

/* Of one system call. */
struct rn_hpu_call {
	struct rn_moments latency;      /* of the calls recorded: weights of one system call change neither mean
	                                 * nor variation */
	uint64_t calls, errors;         /* these count by weight (weights.h) */
	rn_wide total_ns;
};

struct rn_hpu_state {
	struct rn_hpu_options options;
	struct rn_grouping grouping;
	struct rn_bins bins;
	struct rn_hpu_call *one;
	uint32_t cap;
	uint64_t carry_calls, carry_errors, carry_ns, carry_bins;
	uint64_t beyond; /* calls of system calls above RN_HPU_ROWS */
	/* When all calls have passed: */
	struct rn_hpu hpu;
	double actual_ns;
	size_t first, n_bins;
	uint32_t *member; /* the rows that are correlated, the most called first */
	unsigned n_members;
	double **row, *pearson, *spearman;
	struct rn_points points;
	struct rn_kmeans kmeans;
	struct rn_silhouette silhouette;
	double mean[RN_HPU_FEATURES], sd[RN_HPU_FEATURES];
};

/** The most called first, then by name; arg is a struct rn_hpu_state. */
int rn_hpu_by_calls(const void *a, const void *b, void *arg);
int rn_hpu_emit(struct rn_hpu_state *s, struct rn_sink *sink, struct rn_error *err);

#endif
