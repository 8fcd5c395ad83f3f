/* SPDX-License-Identifier: MIT */
#include "analyze/command/report.h"

#include "analyze/analysis/rewritten.h"
#include "analyze/circumstances.h"
#include "analyze/command/output.h"
#include "analyze/command/report_indexed.h"
#include "analyze/command/report_plan.h"
#include "analyze/provenance.h"
#include "analyze/recorder_cost.h"
#include "analyze/report/report.h"
#include "analyze/source/follow.h"
#include "analyze/weights/estimates.h"
#include "shared/diag.h"
#include "shared/suggest.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAMAGE_SHOWN 10

#define O struct rn_report_options
static const struct rn_option offline_rows[] = {
	{ RN_HEADING("Of a recorded trace") },
	{ 'p', "pid", RN_STRINGS(O, pids), .argument = "PID",
		.help = "only the process or thread with this id; may be repeated" },
	{ 'f', "follow-forks", RN_COUNTER(O, follow),
		.help = "accepted for the sake of habit: every process of the trace is shown anyway; -ff is "
			"--output-separately" },
	{ 0, "follow", RN_FLAG(O, follow_file),
		.help = "read on while the trace is being written, until its recording ends or ^C" },
	{ RN_OPTIONS_END },
};
#undef O

static bool wants_colour(const struct rn_report_options *o, FILE *stream)
{
	const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
	if (o->colour != RN_COLOUR_AUTO || o->ways || o->separately)
		return o->colour == RN_COLOUR_ALWAYS && !o->ways;
	return !(no && *no) && terminal && strcmp(terminal, "dumb") != 0 && isatty(fileno(stream));
}

static int tell_provenance(const struct rn_report_plan *p, struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_provenance provenance = { p->reader, p->o->filters.item,
		p->o->filters.n, rn_selection_words(p->selection), p->model };
	return rn_provenance_emit(&provenance, sink, err);
}

/* Whether the statistics count calls by their weight. Through a pipe weights are known at its end: those of one
 * system call each can still be weighed then. */
static bool weighs(const struct rn_report_plan *p)
{
	return rn_reader_seekable(p->reader) ||
		(p->o->statistics.by == RN_BY_NAME && !p->o->profile.function_time);
}

struct marks {
	struct rn_estimates *estimates;
	struct rn_sink *sink; /* that marks what is an estimate */
};

static int begin_marks(struct marks *m, const struct rn_report_plan *p, struct rn_sink *sink, struct rn_error *err)
{
	*m = (struct marks){ NULL, sink };
	return weighs(p) ? rn_estimates_new(&m->estimates, rn_reader_header(p->reader), sink, &m->sink, err) : 0;
}

static int end_marks(struct marks *m, int rc, struct rn_error *err)
{
	if (!rc)
		rc = rn_estimates_note(m->estimates, err);
	rn_estimates_free(m->estimates);
	return rc;
}

/* Not where standard error is for alerts. A pipe tells at its end. */
static void tell_cost_first(const struct rn_report_plan *p)
{
	if (!p->o->statistics.realtime)
		rn_recorder_cost_note(p->reader, p->diag);
}

static void tell_cost_last(const struct rn_report_plan *p)
{
	struct rn_model_end end;
	rn_model_end(p->model, &end);
	if (!rn_reader_seekable(p->reader) && !p->o->statistics.realtime)
		rn_recorder_cost_say(p->reader, &end, p->diag);
}

static int sum_up(struct rn_report_plan *p, FILE *stream, struct rn_error *err)
{
	struct rn_summary_options options = { p->o->sort, p->o->duration,
		(enum rn_machine)rn_reader_header(p->reader)->machine, p->o->columns, p->o->ways, p->o->ways,
		p->model, p->filter, rn_report_plan_is_open(p) };
	struct rn_question questions[RN_STATISTICS_MAX + 3];
	struct rn_functions_options functions;
	struct rn_rewritten_options rewritten = { .model = p->model };
	size_t n = 0;
	const struct rn_report *report;
	struct rn_sink *sink;
	int rc = rn_report_choose(&report, p->o->format, err);
	if (!rc)
		rc = rn_profile_options_read(&functions, &p->o->profile, err);
	if (!rc)
		rc = report->begin(&sink, stream, err);
	if (rc)
		return rc;
	if (report->bare)
		tell_cost_first(p);
	if (p->o->summary)
		questions[n++] = (struct rn_question){ &rn_analysis_summary, &options };
	for (size_t i = 0; i < p->statistics.n; i++)
		questions[n++] = p->statistics.question[i];
	functions.frames = p->frames;
	if (p->o->profile.function_time)
		questions[n++] = (struct rn_question){ &rn_analysis_functions, &functions };
	if (p->o->frames.rewrite_errors) {
		rewritten.maps = rn_frames_maps(p->frames);
		questions[n++] = (struct rn_question){ &rn_analysis_rewritten, &rewritten };
	}
	rc = rn_report_plan_by_index(p) || rn_report_plan_by_parts(p) ? rn_report_by_index(p, &options, sink, err) : RN_END;
	if (rc == RN_END) {
		struct marks m;
		rc = begin_marks(&m, p, sink, err);
		if (!rc)
			rc = rn_analyses_run(questions, n, p->source, m.sink, err);
		rc = end_marks(&m, rc, err);
	}
	if (!rc && !p->o->ways)
		rc = tell_provenance(p, sink, err);
	int end = report->end(sink, rc ? NULL : err);
	if (!rc && report->bare)
		tell_cost_last(p);
	return rc ? rc : end;
}

/* The summary behind the listing. */
static int sum_up_listed(const struct rn_report_plan *p, struct rn_tally_set *set, FILE *stream,
	struct rn_error *err)
{
	const struct rn_summary_options options = { p->o->sort, p->o->duration,
		(enum rn_machine)rn_reader_header(p->reader)->machine, p->o->columns, p->o->ways, true,
		p->model, p->filter, rn_report_plan_is_open(p) };
	const struct rn_report *report;
	struct rn_sink *sink;
	int rc = rn_report_choose(&report, "text", err);
	if (!rc)
		rc = report->begin(&sink, stream, err);
	if (rc)
		return rc;
	rc = rn_summary_emit(set, &options, sink, err);
	int end = report->end(sink, rc ? NULL : err);
	return rc ? rc : end;
}

/* The statistics, part of a document of one piece. A page says on top where its numbers come from, too. */
static int put_statistics(void *arg, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_report_plan *p = arg;
	struct marks m;
	int rc = rn_report_plan_walk(p, err);
	if (!rc)
		rc = begin_marks(&m, p, sink, err);
	if (!rc)
		rc = end_marks(&m, rn_analyses_emit(p->analyses, m.sink, err), err);
	if (!rc && rn_report_is_page(p->o) && rn_reader_header(p->reader)->sampling.len)
		rc = rn_sink_note(sink, rn_bytes_str("calls were left out while recording: the list of calls and the pictures made "
			"of it are of the calls kept"), err);
	if (!rc && rn_report_is_page(p->o))
		rc = tell_provenance(p, sink, err);
	else if (!rc)
		rc = rn_circumstances_note(rn_reader_header(p->reader), sink, err);
	return rc;
}

/* The statistics behind a listing, set apart by an empty line. */
static int append_statistics(struct rn_report_plan *p, FILE *stream, struct rn_error *err)
{
	const struct rn_report *report;
	struct rn_sink *sink;
	int rc = rn_report_choose(&report, p->o->format, err);
	if (!rc)
		rc = rn_report_plan_walk(p, err);
	if (!rc && strcmp(p->o->format, "jsonl") != 0)
		fputc('\n', stream);
	if (!rc)
		rc = report->begin(&sink, stream, err);
	if (rc)
		return rc;
	struct marks m;
	rc = begin_marks(&m, p, sink, err);
	if (!rc)
		rc = end_marks(&m, rn_analyses_emit(p->analyses, m.sink, err), err);
	if (!rc)
		rc = rn_circumstances_note(rn_reader_header(p->reader), sink, err);
	int end = report->end(sink, rc ? NULL : err);
	return rc ? rc : end;
}

static int list(struct rn_report_plan *p, FILE *stream, struct rn_error *err)
{
	struct rn_tally_set *set = p->o->list_too ? rn_tally_set_new() : NULL;
	struct rn_listing_job job = { rn_listing_find(p->o->format), &p->style, p->source, p->model,
		p->pids, p->n_pids, p->selection, stream, p->o->separately ? p->o->output : NULL, p->o->append, set,
		stderr, NULL, NULL, p->frames };
	bool within = strcmp(p->o->format, "json") == 0 || strcmp(p->o->format, "markdown") == 0 ||
		rn_report_is_page(p->o); /* one document */
	int rc = 0;
	if (!rn_report_is_page(p->o)) /* which tells on itself */
		tell_cost_first(p);
	if (p->analyses && within) {
		job.appendix = put_statistics;
		job.appendix_arg = p;
	}
	if (p->o->list_too && !set)
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	else if (!job.writer)
		rc = rn_fail(err, RN_E_USAGE, "events cannot be listed as %s", p->o->format);
	if (!rc)
		rc = rn_listing_run(&job, NULL, err);
	if (!rc && set)
		rc = sum_up_listed(p, set, stream, err);
	if (!rc && p->analyses && !within)
		rc = append_statistics(p, stream, err);
	rn_tally_set_free(set);
	return rc;
}

static void warn_of_damage(const struct rn_report_plan *p, struct rn_diag *diag)
{
	uint64_t n = rn_reader_n_damage(p->reader);
	for (size_t i = 0; i < n && i < DAMAGE_SHOWN; i++) {
		const struct rn_damage *d = rn_reader_damage(p->reader, i);
		if (d)
			rn_diag_warn(diag, "damaged trace: %s (at byte %llu)", d->text,
				(unsigned long long)d->offset);
	}
	if (n > DAMAGE_SHOWN)
		rn_diag_warn(diag, "damaged trace: %llu more places; `renacer-analyze verify` lists them",
			(unsigned long long)(n - DAMAGE_SHOWN));
}

static bool has_task(const struct rn_model *m, uint64_t id)
{
	for (uint32_t i = 0; i < rn_model_n_tasks(m); i++) {
		const struct rn_task *t = rn_model_task_at(m, i);
		if (t->tid == id || t->pid == id)
			return true;
	}
	return false;
}

/* Why sums are not weighed; NULL: they are. */
static const char *why_unweighed(const struct rn_report_plan *p)
{
	if (!rn_report_is_tables(p->o))
		return p->analyses && weighs(p) ? "those that were kept are listed; the statistics count each by its weight" :
			"those that were kept are listed; -c and --stats-extended count each by its weight";
	return weighs(p) ? NULL : "numbers, but those of -c, are of the calls kept: what they stand for is known at the end, "
		"and a pipe is read once";
}

/* A recorded trace has calls, and the filters none of them. Of a program that runs, filters may leave nothing. */
static bool is_emptied(const struct rn_report_plan *p, bool left)
{
	bool selects = p->filter || !rn_report_plan_is_open(p);
	return selects && !left && !p->n_calls && !rn_report_plan_by_index(p) && rn_reader_seekable(p->reader) &&
		!p->o->recorder_warns && !p->o->paths.n;
}

/* left: who read the report has gone, and with it what was still to come through a pipe. */
static void warn(const struct rn_report_plan *p, bool left, struct rn_diag *diag)
{
	struct rn_model_end end;
	uint64_t recorded = rn_reader_header(p->reader)->string_bytes;
	rn_model_end(p->model, &end);
	if (recorded && p->o->string_limit > recorded && !rn_report_is_tables(p->o))
		rn_diag_warn(diag, "-s %llu: the recorder kept at most %llu bytes of each buffer",
			(unsigned long long)p->o->string_limit, (unsigned long long)recorded);
	uint64_t n_warnings = diag->n_warnings;
	for (size_t i = 0; i < p->n_pids; i++)
		if (!has_task(p->model, p->pids[i]))
			rn_diag_warn(diag, "-p %llu: no such process in the trace",
				(unsigned long long)p->pids[i]);
	rn_selection_warn(p->selection, diag);
	if (diag->n_warnings == n_warnings && is_emptied(p, left))
		rn_selection_warn_none(p->selection, &p->o->filters, &p->o->pids,
			rn_frame_options_select(&p->o->frames) || p->o->views.statuses != RN_STATUS_ALL, diag);
	warn_of_damage(p, diag);
	bool seen = rn_reader_seekable(p->reader) || !left;
	if (seen && !rn_reader_complete(p->reader) && !rn_reader_n_damage(p->reader))
		rn_diag_warn(diag, "the trace has no end: its recorder was stopped short; "
				   "everything up to its last block is here");
	if (!p->o->ways)
		rn_circumstances_warn(rn_reader_header(p->reader), rn_model_sampling(p->model), why_unweighed(p), diag);
	rn_recorder_cost_warn(&end, diag);
	for (size_t i = 0; p->filter && !p->o->recorder_warns &&
		i < rn_filter_warnings(p->filter); i++)
		rn_diag_warn(diag, "%s", rn_filter_warning(p->filter, i));
}

/* A trace of which nothing at all is left answers no question. */
static int judge(const struct rn_report_plan *p, struct rn_error *err)
{
	if (!rn_reader_n_damage(p->reader) || !rn_reader_seekable(p->reader) ||
		rn_reader_n_blocks(p->reader))
		return RN_EXIT_FINE;
	return rn_fail(err, RN_E_CORRUPT, "nothing of the trace can be read");
}

int rn_report_on(const struct rn_report_options *o, struct rn_reader *r, FILE *stream,
	struct rn_diag *diag, struct rn_model_end *end, struct rn_error *err)
{
	struct rn_report_plan p = { .o = o, .reader = r, .statistics.diag = diag };
	p.style.colour = wants_colour(o, stream);
	p.diag = diag;
	diag->quiet |= o->quiet > 0 || o->ways;
	int rc = rn_report_plan_init(&p, err);
	if (!rc)
		rc = rn_report_is_tables(o) ? sum_up(&p, stream, err) : list(&p, stream, err);
	if (p.model && end)
		rn_model_end(p.model, end);
	if (!rc || rc == RN_E_PIPE)
		warn(&p, rc == RN_E_PIPE, diag);
	if (!rc)
		rc = judge(&p, err);
	if (!rc && p.statistics.alarm.n_high)
		rc = RN_EXIT_FINDINGS;
	rn_report_plan_fini(&p);
	return rc;
}

static void fini(void *options)
{
	rn_report_options_fini(options);
}

/* A word that is no file may have been meant as a command. */
static void suggest_command(const char *word, struct rn_error *err)
{
	struct rn_suggest near = rn_suggest_for(rn_bytes_str(word));
	for (size_t i = 0; rn_commands[i]; i++)
		rn_suggest_try(&near, rn_commands[i]->name);
	size_t len = strlen(err->message);
	if (near.best)
		snprintf(err->message + len, sizeof(err->message) - len,
			"; did you mean the command '%s'?", near.best);
}

static int open_followed(struct rn_reader **r, struct rn_follow **follow, const char *path,
	struct rn_error *err)
{
	int fd;
	int rc = rn_follow_start(follow, path, &fd, err);
	return rc ? rc : rn_reader_open_fd(r, fd, path, err);
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	struct rn_report_options *o = options;
	struct rn_reader *r = NULL;
	struct rn_output out = { .file = NULL };
	const char *path;
	struct rn_follow *follow = NULL;
	int rc = rn_command_trace(&path, in, err);
	if (!rc)
		rc = rn_report_prepare(o, err);
	if (!rc)
		rc = rn_report_check(o, err);
	if (!rc)
		rc = o->follow_file ? open_followed(&r, &follow, path, err) :
			rn_reader_open(&r, path, err);
	if (rc == RN_E_NOT_FOUND)
		suggest_command(path, err);
	if (!rc)
		rc = rn_output_open(&out, o->separately ? NULL : o->output, path, o->append, err);
	o->trace = path;
	if (!rc)
		rc = rn_report_on(o, r, out.file, in->diag, NULL, err);
	rc = rn_output_close(&out, rc, err);
	rn_reader_close(r);
	rn_follow_finish(follow);
	return rc;
}

static const char *const synopsis[] = { "[OPTIONS] [TRACE]", NULL };

const struct rn_command rn_command_report = {
	.name = "report",
	.summary = "list the system calls of a trace, or sum them up",
	.synopsis = synopsis,
	.options = { rn_report_rows, rn_selection_rows, rn_frame_rows, rn_profile_rows,
		rn_statistics_rows, offline_rows },
	.options_size = sizeof(struct rn_report_options),
	.grants = RN_GRANT_INDEX,
	.run = run,
	.fini = fini,
};
