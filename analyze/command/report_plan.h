/* SPDX-License-Identifier: MIT */
/**
 * report_plan - everything between the options of a report and its output.
 *
 * The source of calls with all its filters, the model, the style. Internal to the report command.
 */
#ifndef RN_ANALYZE_COMMAND_REPORT_PLAN_H
#define RN_ANALYZE_COMMAND_REPORT_PLAN_H

#include "analyze/command/report.h"
#include "analyze/command/report_page.h"
#include "analyze/index/index.h"
#include "analyze/listing/listing.h"
#include "shared/filter.h"

struct rn_report_plan {
	const struct rn_report_options *o;
	struct rn_reader *reader;
	struct rn_filter *filter;
	struct rn_selection *selection;
	struct rn_filter *abbreviated, *followed, *raw; /* NULL: not said */
	uint64_t *pids;
	size_t n_pids;
	struct rn_model *model;
	struct rn_frames *frames; /* NULL: not asked for */
	struct rn_source *source;
	struct rn_index *index;   /* NULL: none */
	uint64_t n_calls;         /* that the filters left, when the source was read */
	struct rn_diag *diag;     /* for progress; may be NULL */
	struct rn_listing_style style;
	struct rn_statistics statistics;
	struct rn_report_page page;   /* of --format html */
	struct rn_analyses *analyses; /* of the statistics or the page, behind a listing; NULL: none, or with the summary */
};

/** o and reader are set, the rest is zero. RN_E_USAGE, RN_E_NOMEM, what reading fails with. */
int rn_report_plan_init(struct rn_report_plan *p, struct rn_error *err);
/** What the statistics have not seen by themselves while the listing ran: the trace once more. */
int rn_report_plan_walk(struct rn_report_plan *p, struct rn_error *err);
/** Whether nothing but the names of calls leaves any out. */
bool rn_report_plan_is_open(const struct rn_report_plan *p);
/** Whether the summary can be had of the index alone. */
bool rn_report_plan_by_index(const struct rn_report_plan *p);
/** Whether it is of a time and threads, so that the index spares most of the trace. */
bool rn_report_plan_by_parts(const struct rn_report_plan *p);
/** The calls that the filters leave of some blocks (rn_source_blocks). NULL: no memory. */
struct rn_source *rn_report_plan_blocks(struct rn_report_plan *p, const uint8_t *wanted, struct rn_orphans *orphans);
/** Also after a failed init. */
void rn_report_plan_fini(struct rn_report_plan *p);

#endif
