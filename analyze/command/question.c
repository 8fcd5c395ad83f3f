/* SPDX-License-Identifier: MIT */
#include "analyze/command/question.h"

#include "analyze/circumstances.h"
#include "analyze/command/output.h"
#include "analyze/command/report.h"
#include "analyze/index/stacks.h"
#include "analyze/provenance.h"
#include "analyze/recorder_cost.h"
#include "analyze/report/report.h"
#include "analyze/source/modules.h"
#include "analyze/source/orphans.h"
#include "analyze/source/stacks.h"
#include "analyze/weights/estimates.h"
#include "shared/diag.h"
#include "shared/filter.h"

#include <stdlib.h>

#define O struct rn_question_options
const struct rn_option rn_question_rows[] = {
	RN_QUESTION_CALL_ROWS,
	{ RN_HEADING("Output") },
	{ 0, "format", RN_STRING(O, format), .argument = "FORMAT", .initial = "text",
		.help = "text, html (a page), json (one document), jsonl (an object a line), csv or markdown" },
	{ 'o', "output", RN_STRING(O, output), .argument = "FILE", .grants = RN_OPTION_WRITES,
		.help = "write to FILE instead of standard output" },
	{ 'q', "quiet", RN_FLAG(O, quiet), .help = "no warnings" },
	{ RN_OPTIONS_END },
};
#undef O

void rn_question_options_fini(void *options)
{
	struct rn_question_options *o = options;
	rn_selection_options_fini(&o->selection);
	rn_frame_options_fini(&o->frames);
	rn_strings_fini(&o->expressions);
	rn_strings_fini(&o->pids);
}

#define RN_INQUIRY_BITS (RN_INQUIRY_FILES | RN_INQUIRY_FRAMES)

/* Of the expressions those for rn_filter are left in `kept`. */
static int sort_expressions(struct rn_inquiry *q, struct rn_strings *kept, struct rn_error *err)
{
	const struct rn_strings *all = &q->o->expressions;
	int rc = 0;
	rn_views_init(&q->views);
	kept->item = calloc(all->n + 1, sizeof(*kept->item));
	if (!kept->item)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; i < all->n && !rc; i++) {
		bool taken;
		rc = rn_views_add(&q->views, all->item[i], &taken, err);
		if (!taken)
			kept->item[kept->n++] = all->item[i];
	}
	return rc;
}

int rn_inquiry_init(struct rn_inquiry *q, const struct rn_question_options *o, struct rn_error *err)
{
	struct rn_strings kept = { 0 };
	*q = (struct rn_inquiry){ .o = o };
	rn_limits_init(&q->floor);
	int rc = sort_expressions(q, &kept, err);
	if (!rc && kept.n)
		rc = rn_filter_of(&q->filter, &kept, err);
	rn_strings_fini(&kept);
	if (!rc)
		rc = rn_report_pids(&o->pids, &q->pids, &q->n_pids, err);
	if (!rc)
		rc = rn_selection_new(&q->selection, &o->selection, err);
	if (!rc)
		rc = rn_frame_options_check(&o->frames, err);
	q->open = !rc && !q->filter && !q->n_pids && q->views.statuses == RN_STATUS_ALL &&
		rn_selection_is_open(q->selection);
	return rc;
}

/* The model need know no descriptors: which files calls are about, of which there are none that the index does not
 * know, is all that was to be asked of these. *spares: nothing else is asked of it either. */
static int ask_less(struct rn_inquiry *q, bool *spares, struct rn_error *err)
{
	struct rn_event lost = { .kind = RN_EV_LOST };
	if (q->n_pids || rn_selection_asks_model(q->selection, true)) {
		rn_model_free(q->model);
		q->model = rn_model_new(rn_selection_wants(q->selection, true));
		return q->model ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	}
	*spares = true;
	lost.LOST.count = rn_index_lost_events(q->index);
	int rc = rn_model_scan_end(q->model, q->reader, err);
	return rc < 0 ? rc : rn_model_event(q->model, &lost, err);
}

/* The same of a model that must know the rest. */
static int ask_no_files(struct rn_inquiry *q, unsigned wants, struct rn_error *err)
{
	unsigned spared = RN_INQUIRY_BITS | (wants & RN_INQUIRY_FILES ? RN_MODEL_FDS | RN_MODEL_CWD : 0);
	unsigned less = (wants & ~spared) | rn_selection_wants(q->selection, true);
	if (!q->index || less == rn_model_wants(q->model) || !rn_index_is_whole(q->index))
		return 0;
	rn_model_free(q->model);
	q->model = rn_model_new(less);
	return q->model ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

/* The index as it is, and whether it spares knowing the model. */
static int look_for_index(struct rn_inquiry *q, bool files, bool *spares, struct rn_error *err)
{
	struct rn_orphans orphans;
	*spares = false;
	if (!rn_reader_seekable(q->reader) || q->o->selection.no_index)
		return 0;
	int rc = rn_index_open(&q->index, q->path, q->reader, NULL, RN_INDEX_USE, NULL, err);
	if (rc || !q->index)
		return rc;
	rn_selection_use_index(q->selection, q->index);
	q->by_index = files;
	if (!files || rn_reader_header(q->reader)->sampling.len || !rn_index_is_whole(q->index))
		return 0;
	rc = rn_index_orphans(q->index, &orphans, err);
	bool all_known = rc == 0 && !orphans.n;
	rn_orphans_fini(&orphans);
	if (rc < 0 || !all_known)
		return rc < 0 ? rc : 0;
	return ask_less(q, spares, err);
}

/* One is made where it pays. */
static int make_index(struct rn_inquiry *q, bool files, struct rn_diag *diag, struct rn_error *err)
{
	if (!q->whole || q->index || q->o->selection.no_index || !rn_index_is_worth(q->reader) ||
		!(files || rn_selection_profits(q->selection)))
		return 0;
	int rc = rn_index_open(&q->index, q->path, q->reader, q->model, RN_INDEX_MAKE, diag, err);
	if (q->index)
		rn_selection_use_index(q->selection, q->index);
	return rc;
}

static int open_trace(struct rn_inquiry *q, const char *path, unsigned wants, struct rn_error *err)
{
	q->path = path;
	int rc = rn_reader_open(&q->reader, path, err);
	if (rc)
		return rc;
	q->model = rn_model_new((wants & ~RN_INQUIRY_BITS) | rn_selection_wants(q->selection, false));
	if (!q->model)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	q->whole = rn_reader_seekable(q->reader);
	return 0;
}

/* Stacks come from the index, which is made where those of all calls are asked for. */
static int open_frames(struct rn_inquiry *q, struct rn_diag *diag, struct rn_error *err)
{
	bool make = q->whole && q->open && rn_index_is_worth_stacks(q->reader);
	enum rn_index_way way = make ? RN_INDEX_MAKE : RN_INDEX_USE;
	bool helps = q->whole && !q->o->selection.no_index && !q->o->frames.unwinder;
	int rc = helps && !q->index ? rn_index_open(&q->index, q->path, q->reader, NULL, way, diag, err) : 0;
	if (!rc)
		rc = rn_frames_new_indexed(&q->frames, &q->o->frames, q->reader, &q->index, q->path, make, diag,
			err);
	if (q->index)
		rn_selection_use_index(q->selection, q->index);
	return rc;
}

static int finish_opening(struct rn_inquiry *q, unsigned wants, struct rn_diag *diag, struct rn_error *err)
{
	int rc = wants & RN_INQUIRY_FRAMES ? open_frames(q, diag, err) : 0;
	return rc ? rc : rn_selection_begin(q->selection, q->reader, q->model, q->whole, err);
}

int rn_inquiry_open(struct rn_inquiry *q, const char *path, unsigned wants, struct rn_error *err)
{
	int rc = open_trace(q, path, wants, err);
	if (!rc && q->whole)
		rc = rn_model_scan(q->model, q->reader, err);
	return rc ? rc : finish_opening(q, wants, NULL, err);
}

int rn_inquiry_open_indexed(struct rn_inquiry *q, const char *path, unsigned wants, bool files,
	struct rn_diag *diag, struct rn_error *err)
{
	bool spares = false;
	int rc = open_trace(q, path, wants, err);
	if (!rc)
		rc = look_for_index(q, files, &spares, err);
	if (!rc && !files)
		rc = ask_no_files(q, wants, err);
	if (!rc && q->whole && !spares)
		rc = rn_index_scan_model(q->index, q->model, q->reader, err);
	if (!rc)
		rc = make_index(q, files, diag, err);
	return rc ? rc : finish_opening(q, wants, diag, err);
}

static struct rn_source *selected(struct rn_inquiry *q)
{
	struct rn_source *s = rn_source_trace(q->reader, q->whole ? NULL : q->model);
	if (s && q->floor.has_dur)
		s = rn_source_limits(s, &q->floor);
	if (s && q->frames && !q->whole)
		s = rn_source_modules(s, rn_frames_modules(q->frames));
	if (s && q->filter)
		s = rn_source_syscalls(s, q->filter);
	if (s && q->n_pids)
		s = rn_source_pids(s, q->model, q->pids, q->n_pids);
	if (s)
		s = rn_selection_source(q->selection, s);
	if (s && q->frames && rn_frame_options_select(&q->o->frames))
		s = rn_source_stacks(s, q->frames);
	if (s && q->views.statuses != RN_STATUS_ALL)
		s = rn_source_status(s, q->model, q->views.statuses);
	q->asked = true;
	return s ? rn_source_counted(s, &q->n_calls) : NULL;
}

struct rn_source *rn_inquiry_calls(struct rn_inquiry *q, struct rn_orphans *orphans,
	struct rn_error *err)
{
	struct rn_source *s = selected(q);
	s = s ? rn_source_calls(s, orphans) : NULL;
	if (!s)
		rn_fail(err, RN_E_NOMEM, "out of memory");
	return s;
}

struct rn_source *rn_inquiry_events(struct rn_inquiry *q, struct rn_error *err)
{
	struct rn_source *s = selected(q);
	s = s ? rn_source_settled(s) : NULL;
	if (s && q->whole && !q->why_unweighed)
		s = rn_source_weights(s, rn_model_sampling(q->model));
	if (!s)
		rn_fail(err, RN_E_NOMEM, "out of memory");
	return s;
}

struct rn_source *rn_inquiry_source(struct rn_inquiry *q, struct rn_error *err)
{
	struct rn_source *s = rn_inquiry_events(q, err);
	if (s && q->by_index)
		s->wants = RN_WANT(ARGS); /* as rn_index_files does */
	if (s)
		rn_source_skip(s);
	return s;
}

void rn_inquiry_fini(struct rn_inquiry *q)
{
	rn_frames_free(q->frames);
	rn_selection_free(q->selection);
	rn_index_close(q->index);
	rn_model_free(q->model);
	rn_filter_free(q->filter);
	free(q->pids);
	rn_reader_close(q->reader);
}

void rn_inquiry_warn(const struct rn_inquiry *q, struct rn_diag *diag)
{
	struct rn_model_end end;
	rn_model_end(q->model, &end);
	diag->quiet |= q->o->quiet;
	uint64_t n_warnings = diag->n_warnings;
	rn_selection_warn(q->selection, diag);
	bool selects = !q->open || rn_frame_options_select(&q->o->frames);
	if (q->asked && !q->n_calls && selects && diag->n_warnings == n_warnings && rn_reader_n_blocks(q->reader))
		rn_selection_warn_none(q->selection, &q->o->expressions, &q->o->pids,
			rn_frame_options_select(&q->o->frames), diag);
	for (size_t i = 0; q->filter && i < rn_filter_warnings(q->filter); i++)
		rn_diag_warn(diag, "%s", rn_filter_warning(q->filter, i));
	if (rn_reader_n_damage(q->reader))
		rn_diag_warn(diag, "damaged trace: %llu places; `renacer-analyze verify` lists them",
			(unsigned long long)rn_reader_n_damage(q->reader));
	else if (!rn_reader_complete(q->reader))
		rn_diag_warn(diag, "the trace has no end: its recorder was stopped short; "
				   "everything up to its last block is here");
	rn_circumstances_warn(rn_reader_header(q->reader), rn_model_sampling(q->model), q->whole ? q->why_unweighed :
		"numbers are of the calls kept: what they stand for is known at the end, and a pipe is read once", diag);
	rn_recorder_cost_warn(&end, diag);
}

int rn_inquiry_provenance(const struct rn_inquiry *q, struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_provenance provenance = { q->reader, q->o->expressions.item,
		q->o->expressions.n, rn_selection_words(q->selection), q->model };
	return rn_provenance_emit(&provenance, sink, err);
}

static int mark_answer(struct rn_inquiry *q, struct rn_sink *sink, rn_question_answer *answer,
	struct rn_error *err)
{
	struct rn_estimates *estimates = NULL;
	struct rn_sink *marked = sink;
	int rc = q->whole && !q->why_unweighed ?
		rn_estimates_new(&estimates, rn_reader_header(q->reader), sink, &marked, err) : 0;
	if (!rc)
		rc = answer(q, marked, err);
	if (!rc)
		rc = rn_estimates_note(estimates, err);
	rn_estimates_free(estimates);
	return rc ? rc : rn_inquiry_provenance(q, sink, err);
}

static int write_answer(struct rn_inquiry *q, const struct rn_report *report, rn_question_answer *answer,
	struct rn_error *err)
{
	struct rn_output out;
	struct rn_sink *sink;
	int rc = rn_output_open(&out, q->o->output, q->path, false, err);
	if (rc)
		return rc;
	rc = report->begin(&sink, out.file, err);
	if (!rc) {
		rc = mark_answer(q, sink, answer, err);
		int end = report->end(sink, rc ? NULL : err);
		rc = rc ? rc : end;
	}
	return rn_output_close(&out, rc, err);
}

int rn_question_run(const struct rn_question_options *o, const struct rn_invocation *in, unsigned wants,
	bool files, rn_question_answer *answer, struct rn_error *err)
{
	const struct rn_report *report;
	struct rn_inquiry q = { .o = o };
	const char *path;
	int rc = rn_command_trace(&path, in, err);
	if (!rc)
		rc = rn_report_choose(&report, o->format, err);
	if (!rc)
		rc = rn_inquiry_init(&q, o, err);
	if (!rc)
		rc = rn_inquiry_open_indexed(&q, path, wants, files, in->diag, err);
	if (!rc && !o->quiet && report->bare)
		rn_recorder_cost_note(q.reader, in->diag);
	if (!rc)
		rc = write_answer(&q, report, answer, err);
	if (!rc || rc == RN_E_PIPE)
		rn_inquiry_warn(&q, in->diag);
	rn_inquiry_fini(&q);
	return rc;
}
