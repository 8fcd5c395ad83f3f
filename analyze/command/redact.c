/* SPDX-License-Identifier: MIT */
/* redact - a copy of a trace that may be shared. */
#include "analyze/rewrite/redact.h"

#include "analyze/command/command.h"
#include "analyze/report/report.h"
#include "shared/diag.h"
#include "shared/option.h"

struct redact_options {
	const char *output, *format;
	int stacks;
	bool quiet;
};

static const struct rn_word stack_words[] = {
	{ "drop", 0, "none, and no registers" },
	{ "scrub", 1, "only words that are addresses of code or of the stack" },
	{ NULL, 0, NULL },
};

#define O struct redact_options
static const struct rn_option rows[] = {
	{ 0, "stacks", RN_WORD(O, stacks, stack_words), .argument = "WHAT", .initial = "drop",
		.help = "of stacks and registers keep nothing (drop), or only words that are addresses of "
			"code or of the stack itself (scrub): then functions can still be told, and of the "
			"images of code unwind tables and the names of functions stay" },
	{ RN_HEADING("Output") },
	{ 'o', "output", RN_STRING(O, output), .argument = "FILE", .grants = RN_OPTION_WRITES,
		.help = "write the copy to FILE, which is replaced; must be given" },
	{ 0, "format", RN_STRING(O, format), .argument = "FORMAT", .initial = "text",
		.help = "of the report of what was removed: text, json (one document), jsonl (an object a "
			"line), csv or markdown" },
	{ 'q', "quiet", RN_FLAG(O, quiet), .help = "no report" },
	{ RN_OPTIONS_END },
};
#undef O

static int redact(struct rn_redact *r, struct rn_reader *reader, const char *path, const char *output,
	struct rn_error *err)
{
	const struct rn_copy_hooks hooks = rn_redact_hooks(r);
	struct rn_source *calls = rn_source_trace(reader, NULL);
	int rc = calls ? rn_copy(calls, path, output, r->scrub_stacks ? "redacted, stacks scrubbed" :
		"redacted", &hooks, NULL, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
	rn_source_free(calls);
	return rc;
}

static int open_trace(struct rn_reader **reader, struct rn_modules_table **modules, const char *path,
	struct rn_error *err)
{
	int rc = rn_reader_open(reader, path, err);
	if (!rc && !rn_reader_seekable(*reader))
		rc = rn_fail(err, RN_E_USAGE, "redact needs a file, not a pipe");
	if (!rc)
		rc = rn_reader_index(*reader, err);
	if (rc)
		return rc;
	*modules = rn_modules_new();
	rc = *modules ? rn_modules_scan(*modules, *reader, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	return rc ? rc : rn_reader_rewind(*reader, err);
}

static int tell(const struct rn_redact *r, const struct rn_report *report, struct rn_error *err)
{
	struct rn_sink *sink;
	int rc = report->begin(&sink, stdout, err);
	if (rc)
		return rc;
	rc = rn_redact_emit(r, sink, err);
	int end = report->end(sink, rc ? NULL : err);
	return rc ? rc : end;
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	const struct redact_options *o = options;
	struct rn_redact r = { 0 };
	struct rn_reader *reader = NULL;
	struct rn_modules_table *modules = NULL;
	const struct rn_report *report;
	const char *path;
	int rc = rn_command_trace(&path, in, err);
	if (!rc && !o->output)
		rc = rn_fail(err, RN_E_USAGE, "where to? give -o FILE");
	if (!rc)
		rc = rn_report_choose(&report, o->format, err);
	if (!rc)
		rc = open_trace(&reader, &modules, path, err);
	if (!rc)
		rc = rn_redact_init(&r, o->stacks, modules, err);
	if (!rc)
		rc = redact(&r, reader, path, o->output, err);
	if (!rc && rn_reader_n_damage(reader))
		rn_diag_warn(in->diag, "%s is damaged: what could be read was copied", path);
	if (!rc && !o->quiet)
		rc = tell(&r, report, err);
	rn_redact_fini(&r);
	rn_modules_free(modules);
	rn_reader_close(reader);
	return rc;
}

static const char *const synopsis[] = { "[OPTIONS] -o FILE [TRACE]", NULL };

const struct rn_command rn_command_redact = {
	.name = "redact",
	.summary = "write a copy of a trace without what should not be shared",
	.synopsis = synopsis,
	.options = { rows },
	.options_size = sizeof(struct redact_options),
	.run = run,
};
