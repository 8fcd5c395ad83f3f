/* SPDX-License-Identifier: MIT */
/**
 * anomalies - calls that took unusually long, judged when all calls are known (--anomaly-threshold).
 *
 * Each system call has a baseline of its own (num/baseline.h). Every call whose score is above the
 * threshold is listed, the highest score first: when, which process and thread, how long, the
 * baseline, the score, its severity (Low up to 4, Medium up to 5, High above) and, where stacks are
 * known, the function. Calls that wait (waiting.h) are left out unless asked for. What could not be
 * judged is said. Of a system call at most RN_SLOW_KEPT are listed; the others are counted.
 */
#ifndef RN_ANALYZE_ANALYSIS_ANOMALIES_H
#define RN_ANALYZE_ANALYSIS_ANOMALIES_H

#include "analyze/analysis/analysis.h"
#include "analyze/analysis/slow_calls.h"
#include "analyze/num/baseline.h"

/** 3.5 of the modified scores, 3 of z-scores. */
double rn_method_threshold(enum rn_method method);

enum rn_severity { RN_SEVERITY_LOW, RN_SEVERITY_MEDIUM, RN_SEVERITY_HIGH, RN_SEVERITIES };
enum rn_severity rn_severity_of(double score);
const char *rn_severity_name(enum rn_severity s); /* "Low", "Medium", "High" */

/** Options of rn_analysis_anomalies. */
struct rn_anomalies_options {
	enum rn_method method;
	double threshold; /* 0: the method's own */
	bool waiting;     /* judge calls that wait, too */
	struct rn_facts facts;
	struct rn_reader *reader; /* to look up functions again; NULL or not seekable: no functions */
	size_t budget_bytes;
};

extern const struct rn_analysis rn_analysis_anomalies;

#endif
