/* SPDX-License-Identifier: MIT */
/**
 * report - the command without a name: a listing of the trace, or with -c its summary.
 */
#ifndef RN_ANALYZE_COMMAND_REPORT_H
#define RN_ANALYZE_COMMAND_REPORT_H

#include "analyze/command/command.h"
#include "shared/option.h"

struct rn_report_options {
	const char *output;
};

#endif
