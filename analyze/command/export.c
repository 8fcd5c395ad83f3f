/* SPDX-License-Identifier: MIT */
/* export - a trace in a format that other tools open. */
#include "analyze/command/output.h"
#include "analyze/export/clickhouse.h"
#include "shared/diag.h"

#include <unistd.h>

struct options {
	struct rn_question_options question; /* first: its rows fill it */
	const char *format, *sqlite, *clickhouse, *database;
	int weight;
	bool create;
	uint64_t lot;
	bool no_args, no_stacks, own_only;
};

#define O struct options
static const struct rn_option rows[] = {
	{ RN_HEADING("Format") },
	{ 0, "format", RN_STRING(O, format), .argument = "FORMAT",
		.help = "chrome (trace events in JSON), perfetto (its protocol buffers), speedscope, pprof, folded "
			"(stacks), otlp, otlp-protobuf (OpenTelemetry's spans), csv, jsonl (a row an event), "
			"sqlite (a database)" },
	{ 'o', "output", RN_STRING(O, question.output), .argument = "FILE", .grants = RN_OPTION_WRITES,
		.help = "write to FILE instead of standard output" },
	{ 0, "sqlite", RN_STRING(O, sqlite), .argument = "FILE", .grants = RN_OPTION_WRITES,
		.help = "the same as --format sqlite -o FILE" },
	{ RN_HEADING("To a server") },
	{ 0, "clickhouse", RN_STRING(O, clickhouse), .argument = "URL", .grants = RN_OPTION_NETWORK,
		.help = "load the events of one or more traces into the ClickHouse server at http://HOST:8123; what is "
			"there of a trace already is not loaded again" },
	{ 0, "create", RN_FLAG(O, create), .help = "make database and tables there, where there are none" },
	{ 0, "database", RN_STRING(O, database), .argument = "NAME", .initial = "renacer",
		.help = "the database there" },
	{ 0, "lot", RN_UINT(O, lot), .argument = "ROWS", .initial = "100000", .min = 1, .max = 1000000,
		.help = "send at most so many rows at a time" },
	{ RN_HEADING("What is in it") },
	{ 'w', "weight", RN_WORD(O, weight, rn_weight_words), .argument = "WHAT", .initial = "time",
		.help = "what profiles (folded, speedscope, pprof) sum up first: time in system calls, their "
			"number (calls), the bytes they moved or their errors" },
	{ 0, "no-args", RN_FLAG(O, no_args),
		.help = "without arguments and results: smaller, and equal calls look alike" },
	{ 0, "no-stacks", RN_FLAG(O, no_stacks), .help = "without stacks: smaller, faster" },
	{ 0, "own-code", RN_FLAG(O, own_only),
		.help = "of stacks only frames of the user's own code (see --user-code)" },
	{ 'q', "quiet", RN_FLAG(O, question.quiet), .help = "no warnings" },
	{ RN_OPTIONS_END },
};
static const struct rn_option call_rows[] = {
	{ RN_HEADING("Which calls") },
	RN_QUESTION_CALL_ROWS,
	{ RN_OPTIONS_END },
};
#undef O

static int choose(struct options *o, const struct rn_export **out, struct rn_error *err)
{
	if (o->sqlite) {
		if (o->format && strcmp(o->format, "sqlite") != 0)
			return rn_fail(err, RN_E_USAGE, "--sqlite FILE and --format %s: one at a time", o->format);
		o->format = "sqlite";
		o->question.output = o->sqlite;
	}
	if (!o->format)
		return rn_fail(err, RN_E_USAGE, "say what to write: --format FORMAT");
	int rc = rn_export_choose(out, o->format, err);
	if (!rc && o->weight != RN_WEIGHT_time && !((*out)->traits & RN_EXPORT_WEIGHTS))
		rc = rn_fail(err, RN_E_USAGE, "--weight is for formats that sum up, and %s does not", o->format);
	if (!rc && (*out)->write && !o->question.output)
		rc = rn_fail(err, RN_E_USAGE, "--format %s needs a file: -o FILE", o->format);
	if (!rc && (*out)->traits & RN_EXPORT_BINARY && !o->question.output && isatty(STDOUT_FILENO))
		rc = rn_fail(err, RN_E_USAGE, "--format %s is not for a terminal: -o FILE", o->format);
	return rc;
}

static void warn(const struct rn_inquiry *q, const struct rn_export *x,
	const struct rn_export_totals *totals, bool stacks, struct rn_diag *diag)
{
	rn_inquiry_warn(q, diag);
	if (!stacks || !(x->traits & RN_EXPORT_STACKS) || !rn_reader_header(q->reader)->stack_bytes)
		return;
	if (totals->without_stack)
		rn_diag_warn(diag, "%llu of %llu calls were recorded without a stack",
			(unsigned long long)totals->without_stack, (unsigned long long)totals->calls);
	if (totals->cut_stacks)
		rn_diag_warn(diag, "%llu of %llu stacks are incomplete; `renacer-analyze info` tells more",
			(unsigned long long)totals->cut_stacks, (unsigned long long)totals->calls);
}

static int write_stream(const struct rn_export *x, struct rn_inquiry *q, const struct rn_export_look *look,
	struct rn_diag *diag, struct rn_export_totals *totals, struct rn_error *err)
{
	struct rn_output out;
	int rc = rn_output_open(&out, q->o->output, q->path, false, err);
	if (rc)
		return rc;
	const struct rn_export_way way = { .stream = out.file, .diag = diag };
	rc = rn_export_walk(x, q, look, &way, totals, err);
	return rn_output_close(&out, rc, err);
}

static int open_inquiry(struct rn_inquiry *q, const struct options *o, const char *path, unsigned wants,
	struct rn_diag *diag, struct rn_error *err)
{
	int rc = rn_inquiry_init(q, &o->question, err);
	bool selects = rn_frame_options_select(&o->question.frames);
	return rc ? rc : rn_inquiry_open_indexed(q, path, wants | (selects ? RN_INQUIRY_FRAMES : 0), false, diag,
		err);
}

static int load_trace(struct rn_clickhouse *c, const struct options *o, const struct rn_export_look *look,
	const char *path, struct rn_diag *diag, struct rn_error *err)
{
	struct rn_inquiry q = { .o = &o->question };
	struct rn_clickhouse_load done;
	int rc = open_inquiry(&q, o, path, rn_export_wants(&rn_export_clickhouse, look), diag, err);
	if (!rc && !q.whole)
		rc = rn_fail(err, RN_E_USAGE, "a trace is loaded from a file, not from a pipe");
	if (!rc)
		rc = rn_clickhouse_load(c, &q, look, diag, &done, err);
	if (!rc)
		rn_diag_note(diag, "%s: %llu events loaded, %llu were there", path,
			(unsigned long long)done.loaded, (unsigned long long)done.there);
	if (!rc)
		rn_inquiry_warn(&q, diag);
	else
		rn_error_prefix(err, "%s", path);
	rn_inquiry_fini(&q);
	return rc;
}

static int load(const struct options *o, const struct rn_export_look *look, const struct rn_invocation *in,
	struct rn_error *err)
{
	struct rn_clickhouse *c = NULL;
	int rc = rn_clickhouse_open(&c, o->clickhouse, o->database, o->lot, err);
	if (!rc && o->create)
		rc = rn_clickhouse_create(c, err);
	if (!rc && !in->argc)
		rc = load_trace(c, o, look, RN_DEFAULT_TRACE, in->diag, err);
	for (int i = 0; i < in->argc && !rc; i++)
		rc = load_trace(c, o, look, in->argv[i], in->diag, err);
	rn_clickhouse_close(c);
	return rc;
}

static int write_file(struct options *o, const struct rn_export_look *look, const struct rn_invocation *in,
	struct rn_error *err)
{
	struct rn_inquiry q = { .o = &o->question };
	struct rn_export_totals totals = { 0 };
	const struct rn_export *x = NULL;
	const char *path;
	int rc = rn_command_trace(&path, in, err);
	if (!rc)
		rc = choose(o, &x, err);
	if (!rc)
		rc = open_inquiry(&q, o, path, rn_export_wants(x, look), in->diag, err);
	if (!rc)
		rc = x->write ? x->write(&q, o->question.output, in->diag, err) :
			write_stream(x, &q, look, in->diag, &totals, err);
	if (!rc || rc == RN_E_PIPE)
		warn(&q, x, &totals, !look->no_stacks, in->diag);
	rn_inquiry_fini(&q);
	return rc;
}

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	struct options *o = options;
	const struct rn_export_look look = { (enum rn_weight)o->weight, o->no_args, o->no_stacks, o->own_only };
	in->diag->quiet |= o->question.quiet;
	if (o->clickhouse && (o->format || o->sqlite || o->question.output))
		return rn_fail(err, RN_E_USAGE, "--clickhouse writes no file: without --format, --sqlite and -o");
	if (!o->clickhouse && o->create)
		return rn_fail(err, RN_E_USAGE, "--create goes with --clickhouse URL");
	return o->clickhouse ? load(o, &look, in, err) : write_file(o, &look, in, err);
}

static const char *const synopsis[] = { "--format FORMAT [OPTIONS] [TRACE]",
	"--clickhouse URL [OPTIONS] [TRACE..]", NULL };

const struct rn_command rn_command_export = {
	.name = "export",
	.summary = "write a trace in a format that other tools open",
	.synopsis = synopsis,
	.options = { rows, call_rows, rn_selection_rows, rn_frame_rows },
	.options_size = sizeof(struct options),
	.grants = RN_GRANT_INDEX,
	.run = run,
	.fini = rn_question_options_fini,
};
