/* SPDX-License-Identifier: MIT */
/**
 * top - a recording as a table that is drawn again and again while it goes on.
 *
 * On a terminal a screen with keys; elsewhere a line of text every interval. At the end the table as it was last,
 * as an ordinary report. One at a time in a process.
 */
#ifndef RN_ANALYZE_TOP_TOP_H
#define RN_ANALYZE_TOP_TOP_H

#include "analyze/command/report.h"

#include <sys/types.h>

struct rn_top {
	const struct rn_report_options *report; /* the filters */
	const char *subject;                    /* what is traced */
	FILE *stream;                           /* where lines and the last table go */
	bool command;                           /* it is a command, not processes that ran already */
	bool screen;                            /* standard input and output are a terminal to be used */
	int output_fd;                          /* what the command writes, to be read and closed; -1: not here */
	pid_t recorder;                         /* is sent SIGTERM to end the recording */
	uint64_t interval_ms;
	struct rn_diag *diag;
};

/** Until the recording has ended. *end as of rn_report_on. 0, RN_END: the user wanted it to end, RN_E_PIPE, or why
 *  the view could not go on. */
int rn_top_run(const struct rn_top *top, struct rn_reader *reader, struct rn_model_end *end, struct rn_error *err);

#endif
