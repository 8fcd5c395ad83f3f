/* SPDX-License-Identifier: MIT */
/**
 * info - the command that tells what is in a trace.
 *
 * Tables: trace (a record: command, host, kernel, when, duration, recorder and its
 * options and cost, counts, sizes), events (by kind), sections (sizes), modules,
 * lost (by cause), damage. A fact that nobody knows is null, and has no line in text.
 */
#ifndef RN_ANALYZE_COMMAND_INFO_H
#define RN_ANALYZE_COMMAND_INFO_H

#include "analyze/table.h"
#include "format/reader.h"

/** Walks the reader to its end and writes the tables. path stands in the report. */
int rn_info_emit(struct rn_reader *r, const char *path, struct rn_sink *sink, struct rn_error *err);

#endif
