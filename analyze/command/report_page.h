/* SPDX-License-Identifier: MIT */
/**
 * report_page - the tables that a page of calls (--format html) has besides what was asked for.
 *
 * A page is looked at by people who do not know yet what to ask: it has the summary, percentiles and anomalies,
 * the slowest calls, errors, files and processes, whatever the options say; each with at most so many rows.
 */
#ifndef RN_ANALYZE_COMMAND_REPORT_PAGE_H
#define RN_ANALYZE_COMMAND_REPORT_PAGE_H

#include "analyze/analysis/asked.h"
#include "analyze/command/report.h"

struct rn_report_page {
	struct rn_summary_options summary;
	struct rn_asked slowest, errors, files, processes;
	struct rn_question question[RN_STATISTICS_MAX + 5];
	size_t n;
};

/** Whether the options ask for a page of calls. */
bool rn_report_is_page(const struct rn_report_options *o);
/** What is borrowed lives as long as the page; everybody: no filter leaves anything out. */
void rn_report_page_init(struct rn_report_page *page, const struct rn_report_options *o,
	const struct rn_header *header, const struct rn_model *model, const struct rn_statistics *statistics,
	bool everybody);

#endif
