/* SPDX-License-Identifier: MIT */
/**
 * statistics - the options of a report that ask for numbers, and the questions they come to.
 */
#ifndef RN_ANALYZE_COMMAND_STATISTICS_H
#define RN_ANALYZE_COMMAND_STATISTICS_H

#include "analyze/analysis/analysis.h"
#include "analyze/analysis/alerts.h"
#include "analyze/analysis/hpu_report.h"
#include "analyze/analysis/latency.h"
#include "analyze/analysis/ml.h"
#include "analyze/command/alarm.h"
#include "shared/option.h"

struct rn_diag;

/* What the command line says; a member of struct rn_report_options. */
struct rn_statistics_options {
	bool extended, histogram, intervals;
	int by;
	const char *percentiles;
	double threshold; /* 0: not given */
	int method;       /* enum rn_method; METHOD_USUAL: not given */
	bool waiting, realtime;
	uint64_t window;
	const char *alert_exec;
	bool ml, ml_compare, hpu, hpu_cpu_only, hpu_costs;
	int hpu_backend;  /* enum rn_hpu_choice */
	int hpu_measure;  /* enum rn_hpu_measure */
	int ml_method;    /* enum rn_ml_method */
	uint64_t ml_clusters;
};

extern const struct rn_option rn_statistics_rows[];

#define RN_STATISTICS_MAX 8

/* The questions of one report with their options; do not copy. */
struct rn_statistics {
	struct rn_question question[RN_STATISTICS_MAX];
	size_t n;
	struct rn_latency_options latency;
	struct rn_anomalies_options anomalies;
	struct rn_alerts_options alerts;
	struct rn_ml_options ml;
	struct rn_hpu_options hpu;
	struct rn_diag *diag; /* for remarks; set before init, may be NULL */
	struct rn_alarm alarm; /* n_high: alerts of severity High so far */
};

/** Wrong words among the options. RN_E_USAGE. */
int rn_statistics_check(const struct rn_statistics_options *o, struct rn_error *err);
/** Whether anything is asked. */
bool rn_statistics_wanted(const struct rn_statistics_options *o);
/** Whether what is asked is how latencies of each system call are spread, and nothing else. */
bool rn_statistics_is_histogram(const struct rn_statistics_options *o);
/** Whether the model is to be complete before the calls are looked at. */
bool rn_statistics_asks_model(const struct rn_statistics_options *o);
/** Whether stacks are needed, and of a trace that can be read again, whether they are of use. */
bool rn_statistics_wants_stacks(const struct rn_statistics_options *o);
bool rn_statistics_uses_stacks(const struct rn_statistics_options *o);
/** What the model must know: enum rn_model_want bits. */
unsigned rn_statistics_model(const struct rn_statistics_options *o);
/** Fills s, zeroed but for diag; sort is enum rn_summary_sort. RN_E_USAGE. */
int rn_statistics_init(struct rn_statistics *s, const struct rn_statistics_options *o,
	const struct rn_facts *facts, struct rn_reader *reader, int sort, struct rn_error *err);

#endif
