/* SPDX-License-Identifier: MIT */
/**
 * info_cost - what a recording cost over time, and when less was recorded than was asked for.
 */
#ifndef RN_ANALYZE_COMMAND_INFO_COST_H
#define RN_ANALYZE_COMMAND_INFO_COST_H

#include "analyze/source/contents.h"
#include "analyze/table.h"

/** The tables "cost" (a row for each COST event, at most 60 of a long recording for people: sums of several then) and
 *  "detail" (a row for each step); nothing where the trace has no such events. */
int rn_info_cost_emit(const struct rn_contents *c, struct rn_sink *sink, struct rn_error *err);

#endif
