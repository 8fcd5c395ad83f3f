/* SPDX-License-Identifier: MIT */
/**
 * live - records and reports in one breath: what `renacer` and `renacer --strace` have in common.
 */
#ifndef RN_ANALYZE_LIVE_LIVE_H
#define RN_ANALYZE_LIVE_LIVE_H

#include "analyze/command/report.h"

struct rn_live_options {
	struct rn_report_options report; /* first: its rows fill it */
	bool misplaced_strace, profile_self, top;
	const char *interval, *command_output; /* of top */
	const char *keep, *stack, *user, *backend;
	struct rn_strings env, chaos, inject, fault;
};

/** Runs the operands, or attaches to report.pids, and reports to report.output. An exit status, which
 *  is the command's, or a negative RN_E_* when nothing was started. */
int rn_live(const struct rn_live_options *o, const struct rn_invocation *in, struct rn_error *err);

void rn_live_options_fini(struct rn_live_options *o);

#endif
