/* SPDX-License-Identifier: MIT */
/**
 * alerts - calls that are unusually slow by what came before them, told as they happen (--anomaly-realtime).
 *
 * Each system call has a window of its last `window` latencies. A call is judged before it enters
 * the window, by z = (x - mean) / s with s of a sample (n - 1), from RN_ALERTS_LEAST values on. Sums are
 * exact (num/moments.h): a spike that leaves the window leaves nothing behind. s counts for at least
 * 1 % of the mean and 1 ns, so that a window of equal values is not infinitely surprised. Calls are
 * taken in the order of their completion, which is the order of the file: what is told live is told
 * again, in the same order, of the trace that was kept. Only slowness is told, and only where it is worth
 * telling: at least half as long again as the mean.
 */
#ifndef RN_ANALYZE_ANALYSIS_ALERTS_H
#define RN_ANALYZE_ANALYSIS_ALERTS_H

#include "analyze/analysis/anomalies.h"

#define RN_ALERTS_LEAST 10
#define RN_ALERTS_WINDOW 100
#define RN_ALERTS_WINDOW_MAX 65536
#define RN_ALERTS_THRESHOLD 3.0

struct rn_alert {
	struct rn_bytes name; /* of the call; borrowed for the run */
	uint64_t ts_ns, latency_ns;
	uint64_t pid, tid;    /* 0: unknown */
	double mean_ns, sd_ns, score;
	enum rn_severity severity;
};

/** Options of rn_analysis_alerts. */
struct rn_alerts_options {
	double threshold; /* 0: RN_ALERTS_THRESHOLD */
	uint64_t window;  /* RN_ALERTS_LEAST .. RN_ALERTS_WINDOW_MAX; 0: RN_ALERTS_WINDOW */
	struct rn_facts facts;
	/** Called at once, in order; an error ends the analysis. NULL: nobody listens. */
	int (*tell)(void *arg, const struct rn_alert *a, struct rn_error *err);
	void *arg;
};

extern const struct rn_analysis rn_analysis_alerts;

#endif
