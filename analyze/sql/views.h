/* SPDX-License-Identifier: MIT */
/**
 * views - the tables of a session besides syscalls, each emitted as a whole (rows_table.h).
 */
#ifndef RN_ANALYZE_SQL_VIEWS_H
#define RN_ANALYZE_SQL_VIEWS_H

#include "analyze/command/question.h"
#include "analyze/sql/frames.h"
#include "analyze/sql/rows_table.h"

/* What the views are taken from; borrowed. */
struct rn_views_of {
	struct rn_inquiry *q;
	struct rn_sql_frames *frames;
};

/* X(name): rn_view_NAME fills the view. Sorted. */
#define RN_SQL_VIEWS(X) \
	X(blocks) X(fds) X(frames) X(modules) X(processes) X(report_errors) X(report_files) \
	X(report_processes) X(report_slowest) X(report_summary) X(signals) X(stacks) X(threads)

#define X(name) int rn_view_##name(void *of, uint64_t n, struct rn_sink *sink, struct rn_error *err);
RN_SQL_VIEWS(X)
#undef X

#endif
