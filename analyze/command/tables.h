/* SPDX-License-Identifier: MIT */
/**
 * tables - commands whose answer is tables: their options, and where the tables go.
 */
#ifndef RN_ANALYZE_COMMAND_TABLES_H
#define RN_ANALYZE_COMMAND_TABLES_H

#include "analyze/command/command.h"
#include "analyze/table.h"
#include "format/reader.h"
#include "shared/option.h"

/** First member of the options of such a command. */
struct rn_tables_options {
	const char *format; /* --format */
	const char *output; /* -o */
};
extern const struct rn_option rn_tables_options[]; /* fills it */

/** Answers a question about the trace at path by tables; o is the first member of the command's options.
 *  *exit_code is 0 before; what it holds after success is the command's. */
typedef int rn_tables_emit(const struct rn_tables_options *o, struct rn_reader *r, const char *path, struct rn_sink *sink,
	int *exit_code, struct rn_error *err);

/** The `run` of such a command: chooses the writer, opens the trace and only then the output, which is
 *  never the trace itself. The document is ended also when emit failed. An exit code, or RN_E_*. */
int rn_tables_run(const struct rn_tables_options *o, const struct rn_invocation *in,
	rn_tables_emit *emit, struct rn_error *err);

#endif
