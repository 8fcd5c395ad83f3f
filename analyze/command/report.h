/* SPDX-License-Identifier: MIT */
/**
 * report - the command without a name: a listing of the trace, or with -c its summary.
 *
 * `renacer` reports with the same options on what a recorder sends it.
 */
#ifndef RN_ANALYZE_COMMAND_REPORT_H
#define RN_ANALYZE_COMMAND_REPORT_H

#include "analyze/analysis/summary.h"
#include "analyze/command/profile.h"
#include "analyze/command/statistics.h"
#include "analyze/command/command.h"
#include "analyze/filters/selection.h"
#include "analyze/listing/listing.h"
#include "analyze/symbol/frames.h"
#include "analyze/views.h"
#include "format/reader.h"
#include "shared/option.h"

#include <stdio.h>

struct rn_model_end;

/* What only a tracer that stands in for strace does. */
struct rn_strace_ways {
	bool pid_column; /* -f and -o: an id in front of each line */
	bool births;     /* "Process N attached", on standard error */
};

enum rn_colour { RN_COLOUR_AUTO, RN_COLOUR_ALWAYS, RN_COLOUR_NEVER };

/* What rn_report_prepare makes of the words about times and strings. */
struct rn_report_look {
	enum rn_clock clock;
	uint8_t clock_digits, relative_digits, duration_digits;
	uint8_t hex_strings; /* enum rn_hex_strings */
};

struct rn_report_options {
	struct rn_selection_options selection; /* first: rn_selection_rows fill it */
	struct rn_frame_options frames;        /* second: rn_frame_rows */
	const char *trace;                     /* the file that is read; NULL: a pipe, or nobody says */
	const struct rn_strace_ways *ways; /* NULL: none of that */
	bool summary, duration, relative, verbose, comms;
	unsigned clock, quiet, hex, fds, follow; /* how often -t, -q, -x, -y, -f were given */
	const char *absolute, *relative_words, *duration_words, *hex_words, *fd_words, *pid_words;
	int constants;       /* enum rn_constants */
	struct rn_report_look look;
	uint64_t string_limit, column, page_rows;
	bool follow_file;    /* --follow */
	bool recorder_warns; /* of words in the filters: not once more here */
	bool stacks; /* -k */
	bool append, numbers, pcs, successful, failed, list_too, separately;
	struct rn_views views;
	struct rn_statistics_options statistics;
	struct rn_profile_options profile;
	struct rn_summary_columns columns;
	int sort, colour; /* colour: enum rn_colour */
	const char *format, *output;
	struct rn_strings filters, pids, paths;
};

RN_FRAMES_BEGIN(struct rn_report_options);

/** Whether the answer is tables alone, without a listing. */
static inline bool rn_report_is_tables(const struct rn_report_options *o)
{
	return o->summary || o->profile.function_time;
}
/** Whether the report needs to know where calls came from. */
bool rn_report_wants_frames(const struct rn_report_options *o);

/* What concerns the report alone; fills struct rn_report_options, as a struct's first member, too. */
extern const struct rn_option rn_report_rows[];

/** To be called first: sorts the expressions of -e, of which only trace= stay in filters. RN_E_USAGE. */
int rn_report_prepare(struct rn_report_options *o, struct rn_error *err);
/** Wrong words among the options, found before anything is opened or run. RN_E_USAGE, .. */
int rn_report_check(const struct rn_report_options *o, struct rn_error *err);

/** Reports what the reader yields to an open stream. *end (may be NULL) tells how the recording ended.
 *  An exit code, or a negative RN_E_*: RN_E_PIPE when the stream's reader went away. */
int rn_report_on(const struct rn_report_options *o, struct rn_reader *r, FILE *stream,
	struct rn_diag *diag, struct rn_model_end *end, struct rn_error *err);

/** The ids among words like "12" and "12,13"; *ids is the caller's to free, also on error. RN_E_USAGE. */
int rn_report_pids(const struct rn_strings *words, uint64_t **ids, size_t *n, struct rn_error *err);

/** The words of -X. */
extern const struct rn_word rn_report_constant_words[];

/** What a row for -U stores by. */
int rn_report_store_columns(void *field, const char *value, struct rn_error *err);

void rn_report_options_fini(struct rn_report_options *o);

#endif
