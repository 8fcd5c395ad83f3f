/* SPDX-License-Identifier: MIT */
/* The commands errors, files, processes and slowest: one analysis each. */
#include "analyze/analysis/asked.h"
#include "analyze/command/question.h"
#include "analyze/filters/uses.h"

#define O struct rn_question_options
static const struct rn_option all_rows[] = {
	{ 'n', "limit", RN_UINT(O, limit), .argument = "N", .initial = "0",
		.help = "at most N rows; 0 is all" },
	{ RN_OPTIONS_END },
};
static const struct rn_option slowest_rows[] = {
	{ 'n', "limit", RN_UINT(O, limit), .argument = "N", .initial = "20", .min = 1, .max = 1 << 20,
		.help = "the N slowest" },
	{ RN_OPTIONS_END },
};
#undef O

/* What the index has counted is the answer, where nothing else is asked. RN_END: it is not. */
static int ask_index(struct rn_inquiry *q, const struct rn_question *question, struct rn_sink *sink,
	struct rn_error *err)
{
	struct rn_analyses *a;
	if (!q->index || rn_reader_header(q->reader)->sampling.len || q->n_pids || q->views.statuses != RN_STATUS_ALL ||
		rn_frame_options_select(&q->o->frames))
		return RN_END;
	int rc = rn_analyses_begin(&a, question, 1, err);
	if (!rc)
		rc = rn_selected_uses(q->selection, q->index, q->filter, rn_analyses_use, a, err);
	if (!rc)
		rc = rn_analyses_emit(a, sink, err);
	rn_analyses_free(a);
	return rc;
}

static int ask(struct rn_inquiry *q, const struct rn_analysis *analysis, struct rn_sink *sink,
	struct rn_error *err)
{
	const struct rn_header *h = rn_reader_header(q->reader);
	const struct rn_asked asked = { q->model, (enum rn_machine)h->machine, h->command_argv,
		q->o->limit, q->open, q->index };
	const struct rn_question question = { analysis, &asked };
	int rc = analysis->use ? ask_index(q, &question, sink, err) : RN_END;
	if (rc != RN_END)
		return rc;
	struct rn_source *source = rn_inquiry_source(q, err);
	rc = source ? rn_analyses_run(&question, 1, source, sink, err) : RN_E_NOMEM;
	rn_source_free(source);
	return rc;
}

/* How long the last of them took is known: blocks whose calls were all shorter are not read. */
static void look_for_slowest(struct rn_inquiry *q)
{
	if (q->index && q->open)
		q->floor.has_dur = rn_index_slow(q->index, q->o->limit, &q->floor.min_dur_ns);
}

static const char *const synopsis[] = { "[OPTIONS] [TRACE]", NULL };

static void nothing(struct rn_inquiry *q)
{
	(void)q;
}

#define TASKS (RN_MODEL_COMM | RN_MODEL_EXE | RN_MODEL_ARGV)
/* For calls as a listing shows them: where descriptors lead it tells when it is asked to. */
#define LISTED (RN_MODEL_COMM | RN_MODEL_NETLINK)

/* COMMAND(name, rows, what the model has to know, whether it is about files, before, summary) */
#define COMMAND(word, rows, wants, files, before, text) \
	static int answer_##word(struct rn_inquiry *q, struct rn_sink *sink, struct rn_error *err) \
	{ \
		before(q); \
		return ask(q, &rn_analysis_##word, sink, err); \
	} \
	static int run_##word(void *options, const struct rn_invocation *in, struct rn_error *err) \
	{ \
		return rn_question_run(options, in, wants, files, answer_##word, err); \
	} \
	const struct rn_command rn_command_##word = { \
		.name = #word, \
		.summary = text, \
		.synopsis = synopsis, \
		.options = { rows, rn_selection_rows, rn_question_rows }, \
		.options_size = sizeof(struct rn_question_options), \
		.grants = RN_GRANT_INDEX, \
		.run = run_##word, \
		.fini = rn_question_options_fini, \
	};

COMMAND(errors, all_rows, RN_ASKED_MODEL, true, nothing, "sum up failed calls by call, errno and path")
COMMAND(files, all_rows, RN_ASKED_MODEL, true, nothing, "sum up what was done to each file, pipe and socket")
COMMAND(processes, all_rows, TASKS, false, nothing, "show the tree of processes with what they executed and did")
COMMAND(slowest, slowest_rows, LISTED, false, look_for_slowest, "list the calls that took longest")
