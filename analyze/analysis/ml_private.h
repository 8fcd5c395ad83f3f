/* SPDX-License-Identifier: MIT */
/**
 * ml_private - what the parts of the ml analysis share: ml.c collects and judges, ml_emit.c tells.
 */
#ifndef RN_ANALYZE_ANALYSIS_ML_PRIVATE_H
#define RN_ANALYZE_ANALYSIS_ML_PRIVATE_H

#include "analyze/analysis/ml.h"
#include "analyze/num/iforest.h"
#include "analyze/num/kmeans.h"

/* A call that passed, for the clustering of single calls. */
struct rn_ml_call {
	uint64_t dur_ns;
	uint32_t group;
};

/* One clustering. */
struct rn_ml_model {
	struct rn_points points;
	struct rn_kmeans kmeans;
	struct rn_silhouette silhouette;
	unsigned clusters; /* after capping; 0: there is too little to cluster */
};

struct rn_ml_anomaly {
	struct rn_slow_call call;
	unsigned cluster;
	double score, distance;
	const char *why;
};

/* Of one system call, beside struct rn_slow_group. */
struct rn_ml_group {
	double median_ns, p95_ns;
	size_t point;          /* among the system calls; SIZE_MAX: none returned */
	struct rn_baseline z;
	uint64_t both, only_ml, only_z, judged;
};

struct rn_ml {
	bool sampled; /* calls were left out while recording */
	struct rn_ml_options options;
	struct rn_slow_calls calls;
	struct rn_ml_call *sample;
	size_t n_sample, stride, skip;
	uint64_t n_calls;      /* from which the sample is */
	/* When all calls have passed: */
	struct rn_ml_group *group;
	struct rn_ml_model syscalls, events;
	struct rn_iforest *forest;
	struct rn_baseline *spread; /* of the distances in each cluster of events */
	struct rn_ml_anomaly *anomaly;
	size_t n_anomalies;
};

bool rn_ml_takes(const struct rn_ml *s, uint32_t group);
int rn_ml_emit(struct rn_ml *s, struct rn_sink *sink, struct rn_error *err);

#endif
