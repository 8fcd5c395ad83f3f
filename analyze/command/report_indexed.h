/* SPDX-License-Identifier: MIT */
/**
 * report_indexed - a summary that the index answers, as if the trace had been read.
 */
#ifndef RN_ANALYZE_COMMAND_REPORT_INDEXED_H
#define RN_ANALYZE_COMMAND_REPORT_INDEXED_H

#include "analyze/analysis/summary.h"
#include "analyze/command/report_plan.h"

/** -c, and --histogram where it is asked for (rn_report_plan_by_index, rn_report_plan_by_parts). RN_END: the index does not tell, and nothing
 *  was emitted. */
int rn_report_by_index(struct rn_report_plan *p, const struct rn_summary_options *options, struct rn_sink *sink,
	struct rn_error *err);

#endif
