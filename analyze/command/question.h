/* SPDX-License-Identifier: MIT */
/**
 * question - commands that answer with tables about selected calls: their options and their way.
 *
 * Options of every such command: the filters (analyze/filters/selection.h), -e, -p, the format and the
 * output. The way: open the trace, make its model and its source, ask, write, warn.
 */
#ifndef RN_ANALYZE_COMMAND_QUESTION_H
#define RN_ANALYZE_COMMAND_QUESTION_H

#include "analyze/command/command.h"
#include "analyze/filters/limits.h"
#include "analyze/filters/selection.h"
#include "analyze/index/index.h"
#include "analyze/model/model.h"
#include "analyze/source/source.h"
#include "analyze/symbol/frames.h"
#include "analyze/table.h"
#include "analyze/views.h"

/* First member of the options of such a command. */
struct rn_question_options {
	struct rn_selection_options selection; /* first: rn_selection_rows fill it */
	struct rn_frame_options frames;        /* second: rn_frame_rows fill it, where the command has them */
	struct rn_strings expressions, pids;   /* -e, -p */
	const char *format, *output;
	bool quiet;
	uint64_t limit;                        /* -n, where the command has it; 0: no limit */
};
RN_FRAMES_BEGIN(struct rn_question_options);
/* Which calls: rows of tables over a struct that begins with rn_question_options. */
#define RN_QUESTION_CALL_ROWS \
	{ 'e', "expression", RN_STRINGS(struct rn_question_options, expressions), .argument = "trace=SPEC", \
		.help = "only the calls that SPEC names: names, %classes, /regexes/, each with ! in " \
			"front for all but those; status=SET: only calls that were successful, failed, " \
			"unfinished; may be repeated" }, \
	{ 'p', "pid", RN_STRINGS(struct rn_question_options, pids), .argument = "PID", \
		.help = "only the process or thread with this id; may be repeated" }
extern const struct rn_option rn_question_rows[]; /* fills it but for selection and limit */
void rn_question_options_fini(void *options);

struct rn_filter;
struct rn_orphans;

/* Everything between the options and the answer. */
struct rn_inquiry {
	const struct rn_question_options *o;
	const char *path;
	struct rn_reader *reader;
	struct rn_filter *filter;      /* of -e trace=; NULL: none */
	struct rn_views views;
	uint64_t *pids;
	size_t n_pids;
	struct rn_selection *selection;
	struct rn_model *model;
	struct rn_frames *frames;      /* where they were wanted (RN_INQUIRY_FRAMES); else NULL */
	bool whole;                    /* the model knows the whole trace */
	bool open;                     /* nothing is filtered */
	bool by_index;                 /* which files a call is about is asked of the index */
	bool asked;                    /* for calls */
	uint64_t n_calls;              /* that were left by the filters whenever it was */
	struct rn_index *index;        /* NULL: none, or not asked for */
	struct rn_limits floor;        /* has_dur: the answer has no calls shorter than that */
	const char *why_unweighed;     /* set by commands whose numbers are of the calls kept, where others
	                                * were left out: why; NULL: calls count by their weight (weights.h) */
};

/** Reads the words; nothing is opened. RN_E_USAGE. Fini also after an error. */
int rn_inquiry_init(struct rn_inquiry *q, const struct rn_question_options *o, struct rn_error *err);
/* Beside enum rn_model_want: descriptors and directories are wanted for the files of calls alone, which an index knows. */
#define RN_INQUIRY_FILES (1u << 30)
/* The same: stacks are looked at. */
#define RN_INQUIRY_FRAMES (1u << 31)
/** Opens the trace and makes a model that remembers `wants` (enum rn_model_want) and what the filters ask;
 *  of a seekable trace it knows everything from here on. */
int rn_inquiry_open(struct rn_inquiry *q, const char *path, unsigned wants, struct rn_error *err);
/** The same with the index there is; where it pays and files (the answer is about nothing but calls and
 *  their files) or a filter by path profit, one is made: then wants has RN_MODEL_FDS | RN_MODEL_CWD. With
 *  files and a whole index the model knows of losses alone. diag: for progress. */
int rn_inquiry_open_indexed(struct rn_inquiry *q, const char *path, unsigned wants, bool files,
	struct rn_diag *diag, struct rn_error *err);
/** The calls that are wanted, settled; NULL: no memory. Free it before the inquiry. */
struct rn_source *rn_inquiry_source(struct rn_inquiry *q, struct rn_error *err);
/** The same for who wants to see other events as well: blocks without such calls come, too. */
struct rn_source *rn_inquiry_events(struct rn_inquiry *q, struct rn_error *err);
/** The same calls for who reads blocks out of order or more than once: none is handed over late, those
 *  that never completed stand where they began. The trace is seekable. */
struct rn_source *rn_inquiry_calls(struct rn_inquiry *q, struct rn_orphans *orphans,
	struct rn_error *err);
void rn_inquiry_fini(struct rn_inquiry *q);
/** What the user should know: names nothing had, damage, losses. */
void rn_inquiry_warn(const struct rn_inquiry *q, struct rn_diag *diag);
/** Where the numbers come from; after the tables. */
int rn_inquiry_provenance(const struct rn_inquiry *q, struct rn_sink *sink, struct rn_error *err);

/** Answers by tables. */
typedef int rn_question_answer(struct rn_inquiry *q, struct rn_sink *sink, struct rn_error *err);
/** The `run` of such a command; files as in rn_inquiry_open_indexed. An exit code, or RN_E_*. */
int rn_question_run(const struct rn_question_options *o, const struct rn_invocation *in, unsigned wants,
	bool files, rn_question_answer *answer, struct rn_error *err);

#endif
