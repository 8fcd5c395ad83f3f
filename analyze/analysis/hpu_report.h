/* SPDX-License-Identifier: MIT */
/**
 * hpu_report - which system calls go together in time, which are alike, which cost most (--hpu-analysis).
 *
 * Time is cut into T equal bins (T from the number of calls, 30 to 2000 where the trace allows), and the
 * calls of each system call that begin in a bin are counted, or with measure time their latencies
 * summed. Rows with fewer than five bins that are not empty are left out; rows without variance have
 * no correlation. Pairs are told with the chance of such an r where there is none, adjusted for the
 * number of pairs (num/correlate.h).
 * Clusters: k-means over features of system calls (log10 calls, log10 mean latency, coefficient of
 * variation, share of errors), each less its mean and divided by its deviation, k from 2 to 8 by the best
 * silhouette. Hotspots: system calls with at least a tenth of all time.
 * At most RN_HPU_ROWS system calls, the first to appear.
 * Source: statistics of the original's --hpu-analysis, whose matrix was a placeholder.
 */
#ifndef RN_ANALYZE_ANALYSIS_HPU_REPORT_H
#define RN_ANALYZE_ANALYSIS_HPU_REPORT_H

#include "analyze/analysis/analysis.h"
#include "analyze/analysis/grouping.h"
#include "analyze/hpu/hpu.h"

#define RN_HPU_ROWS 512

enum rn_hpu_measure { RN_HPU_COUNTS, RN_HPU_TIME };

/** Options of rn_analysis_hpu. */
struct rn_hpu_options {
	enum rn_hpu_choice choice;
	enum rn_hpu_measure measure;
	bool cpu_only;
	bool costs; /* a table of what was predicted and measured: differs from run to run */
	struct rn_facts facts;
	/** Told what was chosen and why, when the work is done. NULL: nobody listens. */
	void (*tell)(void *arg, const struct rn_hpu *h, double actual_ns);
	void *arg;
};

extern const struct rn_analysis rn_analysis_hpu;

#endif
