/* SPDX-License-Identifier: MIT */
/**
 * top - where the streams of a recorder and its command lead, and `renacer --top` itself.
 *
 * As a rule: input is ours, standard output is ours or, where the report has that, our standard error. With --top on
 * a terminal the screen and its keys are the view's: the command reads nothing, and what it writes comes
 * through a pipe and stands below the table, or goes to the file of --command-output.
 */
#ifndef RN_ANALYZE_LIVE_TOP_H
#define RN_ANALYZE_LIVE_TOP_H

#include "analyze/live/live.h"
#include "analyze/live/recorder.h"

struct rn_live_streams {
	struct rn_recorder_streams of_recorder;
	int null_fd, pipe_fd, file_fd; /* opened for the recorder alone; -1: none */
	int output_fd;                 /* what the command writes, to be read; -1: not here */
	bool screen;
	const char *command;           /* NULL: processes were attached to */
	pid_t recorder;
};

/** Wrong words and what does not go together. RN_E_USAGE. */
int rn_live_top_check(const struct rn_live_options *o, struct rn_error *err);
/** stream: of the report. RN_E_IO, RN_E_PERM, .. */
int rn_live_streams_open(struct rn_live_streams *s, const struct rn_live_options *o, FILE *stream,
	const char *command, struct rn_error *err);
/** The recorder has its own now; recorder 0: it was not started. */
void rn_live_streams_started(struct rn_live_streams *s, pid_t recorder);
/** There is no trace to show: passes on what was said about that, and closes it. */
void rn_live_streams_tell(struct rn_live_streams *s);
/** As rn_top_run. Closes the output. */
int rn_live_top(const struct rn_live_options *o, struct rn_live_streams *s,
	const struct rn_report_options *report, struct rn_reader *reader, FILE *stream, struct rn_diag *diag,
	struct rn_model_end *end, struct rn_error *err);

#endif
