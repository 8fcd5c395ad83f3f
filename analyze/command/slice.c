/* SPDX-License-Identifier: MIT */
/* slice - a smaller trace: the calls that the filters want, and the state that makes them readable. */
#include "analyze/command/command.h"
#include "analyze/command/question.h"
#include "analyze/rewrite/copy.h"
#include "analyze/rewrite/keep.h"
#include "analyze/source/orphans.h"
#include "shared/diag.h"

#define O struct rn_question_options
static const struct rn_option rows[] = {
	RN_QUESTION_CALL_ROWS,
	{ RN_HEADING("Output") },
	{ 'o', "output", RN_STRING(O, output), .argument = "FILE", .grants = RN_OPTION_WRITES,
		.help = "write the slice to FILE, which is replaced; must be given" },
	{ 'q', "quiet", RN_FLAG(O, quiet), .help = "no warnings, and nothing about what was written" },
	{ RN_OPTIONS_END },
};
#undef O

struct slicing {
	struct rn_inquiry *q;
	struct rn_keep *keep;
};

static int slice_meta(void *arg, struct rn_event *ev, bool *keep, struct rn_error *err)
{
	struct slicing *s = arg;
	bool moment = ev->kind == RN_EV_SIGNAL || ev->kind == RN_EV_LOST || ev->kind == RN_EV_NOTE ||
		ev->kind == RN_EV_DETAIL;
	*keep = rn_keep_meta(s->keep, ev) && (!moment || rn_selection_shows(s->q->selection, ev));
	return *keep && ev->kind == RN_EV_MAP ? rn_keep_mapping(s->keep, ev, err) : 0;
}

static int slice_module(void *arg, struct rn_module_image *m, bool *keep, struct rn_error *err)
{
	struct slicing *s = arg;
	(void)err;
	*keep = rn_keep_module(s->keep, m);
	return 0;
}

static void put_words(struct rn_buffer *out, const struct rn_inquiry *q)
{
	rn_put_text(out, "sliced:");
	for (size_t i = 0; i < q->o->expressions.n; i++)
		rn_put_format(out, " -e %s", q->o->expressions.item[i]);
	for (size_t i = 0; i < q->o->pids.n; i++)
		rn_put_format(out, " -p %s", q->o->pids.item[i]);
	for (size_t i = 0; i < rn_selection_words(q->selection)->n; i++)
		rn_put_format(out, " %s", rn_selection_words(q->selection)->item[i]);
}

static int write_slice(struct slicing *s, struct rn_orphans *orphans,
	struct rn_writer_totals *totals, struct rn_error *err)
{
	const struct rn_copy_hooks hooks = { .arg = s, .meta = slice_meta, .module = slice_module };
	struct rn_buffer what = RN_BUFFER_INIT;
	struct rn_source *calls = rn_inquiry_calls(s->q, orphans, err);
	put_words(&what, s->q);
	int rc = calls && rn_buffer_ok(&what) ? rn_reader_rewind(s->q->reader, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc)
		rc = rn_copy(calls, s->q->path, s->q->o->output, rn_buffer_cstr(&what), &hooks, totals,
			err);
	rn_source_free(calls);
	rn_buffer_fini(&what);
	return rc;
}

static int slice(struct rn_inquiry *q, struct rn_writer_totals *totals, struct rn_error *err)
{
	struct slicing s = { .q = q };
	struct rn_orphans orphans = { 0 };
	int rc = rn_orphans_find(&orphans, q->reader, err);
	if (!rc)
		rc = rn_reader_rewind(q->reader, err);
	struct rn_source *calls = rc ? NULL : rn_inquiry_calls(q, &orphans, err);
	if (calls)
		s.keep = rn_keep_new(calls, q->model, err);
	rn_source_free(calls);
	if (!rc)
		rc = s.keep ? write_slice(&s, &orphans, totals, err) : err->code;
	rn_keep_free(s.keep);
	rn_orphans_fini(&orphans);
	return rc;
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	const struct rn_question_options *o = options;
	struct rn_inquiry q = { .o = o };
	struct rn_writer_totals totals = { 0 };
	const char *path;
	int rc = rn_command_trace(&path, in, err);
	if (!rc && !o->output)
		rc = rn_fail(err, RN_E_USAGE, "where to? give -o FILE");
	if (!rc)
		rc = rn_inquiry_init(&q, o, err);
	if (!rc)
		rc = rn_inquiry_open(&q, path, 0, err);
	if (!rc && !q.whole)
		rc = rn_fail(err, RN_E_USAGE, "slice needs a file, not a pipe");
	if (!rc)
		rc = slice(&q, &totals, err);
	if (!rc) {
		rn_inquiry_warn(&q, in->diag);
		rn_diag_note(in->diag, "%s: %llu calls, %llu other events, %llu bytes", o->output,
			(unsigned long long)totals.calls,
			(unsigned long long)(totals.events - totals.calls),
			(unsigned long long)totals.file_bytes);
	}
	rn_inquiry_fini(&q);
	return rc;
}

static const char *const synopsis[] = { "[OPTIONS] -o FILE [TRACE]", NULL };

const struct rn_command rn_command_slice = {
	.name = "slice",
	.summary = "write a smaller trace: some calls and what makes them readable",
	.synopsis = synopsis,
	.options = { rn_selection_rows, rows },
	.options_size = sizeof(struct rn_question_options),
	.run = run,
	.fini = rn_question_options_fini,
};
