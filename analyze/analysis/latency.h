/* SPDX-License-Identifier: MIT */
/**
 * latency - how long calls took: mean, deviation, extremes, percentiles, histograms (--stats-extended).
 *
 * One row for each group of calls (grouping.h). Everything is exact over all n calls that
 * returned; calls that never did are counted and have no latency. Percentiles are R-7
 * (num/quantile.h); those that n values cannot support are named in too_few_for. Where calls were left
 * out while recording, each counts by its weight (latency_parts.h).
 * Memory is bounded: num/values.h.
 */
#ifndef RN_ANALYZE_ANALYSIS_LATENCY_H
#define RN_ANALYZE_ANALYSIS_LATENCY_H

#include "analyze/analysis/analysis.h"
#include "analyze/analysis/grouping.h"
#include "analyze/analysis/latency_parts.h"
#include "analyze/num/values.h"

#define RN_PERCENTILES_MAX 32

/* What --percentiles names, in percent, in the user's order. */
struct rn_percentiles {
	unsigned n;
	struct {
		double percent;
		char word[16]; /* as the user wrote it: "99.9" */
	} of[RN_PERCENTILES_MAX];
};

/** Reads "50,90,99.9". RN_E_USAGE: not a number from 0 to 100, given twice, too many. */
int rn_percentiles_read(struct rn_percentiles *p, const char *list, struct rn_error *err);
#define RN_PERCENTILES_USUAL "50,75,90,95,99"

/** Options of rn_analysis_latency. */
struct rn_latency_options {
	enum rn_by by;
	int sort; /* enum rn_summary_sort */
	struct rn_percentiles percentiles; /* n 0: the usual */
	bool no_table, histogram, intervals;
	struct rn_facts facts;
	size_t budget_bytes; /* of values in memory; 0: RN_VALUES_BUDGET */
};

extern const struct rn_analysis rn_analysis_latency;

/* One group. */
struct rn_latency_row {
	struct rn_bytes name;
	struct rn_latency_parts parts;
	struct rn_latency_sum sum; /* of the parts, when all calls have passed */
	uint8_t abi;               /* of its first call that returned */
	uint32_t nr;
};

/** The table latency_intervals: between which values each percentile lies with 95 % confidence. */
int rn_latency_intervals_emit(struct rn_values *values, const struct rn_latency_row *rows, size_t n,
	enum rn_by by, const struct rn_percentiles *percentiles, struct rn_sink *sink, struct rn_error *err);
/** Orders rows, whose names and sums are known; sort: enum rn_summary_sort. RN_E_NOMEM. */
int rn_latency_rows_sort(struct rn_latency_row *rows, size_t n, int sort, struct rn_error *err);
/** The table latency_histogram of rows. Buckets are [2^k, 2^(k+1)) ns, 0 ns among the first. */
int rn_latency_histogram_emit(struct rn_values *values, const struct rn_latency_row *rows,
	size_t n, enum rn_by by, struct rn_sink *sink, struct rn_error *err);
#define RN_LATENCY_BUCKETS 64
/** The same, counted by somebody else: *count is of rows[i] and borrowed until the next. */
typedef int rn_latency_count(void *arg, size_t i, const uint64_t **count, struct rn_error *err);
int rn_latency_histogram_emit_counts(rn_latency_count *count, void *arg, const struct rn_latency_row *rows, size_t n,
	enum rn_by by, struct rn_sink *sink, struct rn_error *err);

#endif
