/* SPDX-License-Identifier: MIT */
/**
 * ml - system calls and single calls grouped by what they are like; what fits nowhere (--ml-anomaly).
 *
 * Two clusterings by k-means (num/kmeans.h), both on logarithms, whose unit (decades) all features
 * share, so that nothing is scaled:
 *   system calls   log10 of the median latency in ns, log10 of P95 / median. Silhouette printed.
 *   single calls   log10 of the latency, log10 of latency / median of the same system call. Of calls
 *                  that do not wait (waiting.h) unless asked; beyond RN_ML_SAMPLE every so-manieth.
 * Anomalies are single calls, at least ten times as slow as the median of their system call. By
 * k-means: those in a rare (below 1 %) cluster whose centre is as slow, and those slower than their
 * centre and farther from it than is usual in that cluster (modified z-score of the distance above
 * 3.5). By isolation forest (num/iforest.h): those with a score above 0.6. They are looked for among
 * the slowest of each system call (slow_calls.h).
 * The comparison counts calls found by both, by this only, by z-score only, and Cohen's kappa.
 * JSON: the group ml_analysis, in which clusters, silhouette_score and anomalies[syscall,
 * avg_time_us, cluster] are the original renacer's.
 */
#ifndef RN_ANALYZE_ANALYSIS_ML_H
#define RN_ANALYZE_ANALYSIS_ML_H

#include "analyze/analysis/analysis.h"
#include "analyze/analysis/anomalies.h"

#define RN_ML_SAMPLE ((size_t)1 << 17)
#define RN_ML_CLUSTERS 3
#define RN_ML_CLUSTERS_MAX 64

enum rn_ml_method { RN_ML_KMEANS, RN_ML_IFOREST };

/** Options of rn_analysis_ml. */
struct rn_ml_options {
	enum rn_ml_method method;
	unsigned clusters; /* 2 .. RN_ML_CLUSTERS_MAX; 0: RN_ML_CLUSTERS; capped at the distinct values */
	bool compare;
	enum rn_method z_method; /* what it is compared with */
	double threshold;  /* of that; 0: its own */
	bool waiting;
	struct rn_facts facts;
};

extern const struct rn_analysis rn_analysis_ml;

/** Cohen's kappa of two judges; NaN where chance alone explains all. */
double rn_kappa(uint64_t both, uint64_t only_a, uint64_t only_b, uint64_t neither);

#endif
