/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/alerts.h"
#include "analyze/analysis/anomalies.h"
#include "analyze/analysis/asked.h"
#include "analyze/analysis/functions.h"
#include "analyze/analysis/hpu_report.h"
#include "analyze/analysis/latency.h"
#include "analyze/analysis/ml.h"
#include "analyze/analysis/rewritten.h"
#include "analyze/analysis/summary.h"

const struct rn_analysis *const rn_analyses[] = {
	&rn_analysis_alerts,
	&rn_analysis_anomalies,
	&rn_analysis_errors,
	&rn_analysis_files,
	&rn_analysis_functions,
	&rn_analysis_hpu,
	&rn_analysis_latency,
	&rn_analysis_ml,
	&rn_analysis_processes,
	&rn_analysis_rewritten,
	&rn_analysis_slowest,
	&rn_analysis_summary,
	NULL,
};
