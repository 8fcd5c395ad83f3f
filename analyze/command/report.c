/* SPDX-License-Identifier: MIT */
#include "analyze/command/report.h"

#include "analyze/analysis/summary.h"
#include "analyze/analysis/tally.h"
#include "analyze/command/output.h"
#include "analyze/listing/listing.h"
#include "analyze/provenance.h"
#include "analyze/report/report.h"
#include "analyze/source_paths.h"
#include "shared/diag.h"
#include "shared/filter.h"
#include "shared/suggest.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DAMAGE_SHOWN 10

int rn_report_store_columns(void *field, const char *value, struct rn_error *err)
{
	return rn_summary_columns(field, value, err);
}

enum { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };
static const struct rn_word colour_words[] = {
	{ "auto", COLOUR_AUTO, "on a terminal, unless NO_COLOR is set" },
	{ "always", COLOUR_ALWAYS, NULL },
	{ "never", COLOUR_NEVER, NULL },
	{ NULL, 0, NULL },
};

#define O struct rn_report_options
const struct rn_option rn_report_rows[] = {
	{ RN_HEADING("What is reported") },
	{ 'c', "summary-only", RN_FLAG(O, summary),
		.help = "count time, calls and errors of each system call instead of listing them" },
	{ 'C', "summary", RN_FLAG(O, list_too), .help = "list the calls, then sum them up" },
	{ 'S', "summary-sort-by", RN_WORD(O, sort, rn_summary_sort_words), .argument = "COLUMN",
		.initial = "time", .help = "with -c and -C: sort by COLUMN" },
	{ 'U', "summary-columns", RN_CUSTOM(O, columns, rn_report_store_columns),
		.argument = "COLUMNS", .help = "with -c and -C: these columns in this order; of "
			"time-percent, total-time, min-time, max-time, avg-time, calls, errors, name" },
	{ 'e', "expression", RN_STRINGS(O, filters), .argument = "trace=SPEC",
		.help = "only the calls that SPEC names: names, %classes, /regexes/, each with ! in "
			"front for all but those; may be repeated. status=SET: only calls that were "
			"successful, failed, unfinished; signal=SET: of the signals only these; "
			"read=SET, write=SET: dump what passes through these descriptors; ! in "
			"front negates such a SET" },
	{ 'P', "trace-path", RN_STRINGS(O, paths), .argument = "PATH",
		.help = "only the calls that name PATH or use a descriptor that leads there; may be "
			"repeated" },
	{ 'z', "successful-only", RN_FLAG(O, successful),
		.help = "only the calls that returned without an error" },
	{ 'Z', "failed-only", RN_FLAG(O, failed), .help = "only the calls that returned an error" },
	{ RN_HEADING("How it looks") },
	{ 'T', "syscall-times", RN_FLAG(O, duration), .help = "show the time spent in each call" },
	{ 't', "absolute-timestamps", RN_COUNTER(O, clock),
		.help = "show the time of day; -tt with microseconds, -ttt in seconds since 1970" },
	{ 'a', "columns", RN_UINT(O, column), .argument = "COLUMN", .initial = "40",
		.max = 4096, .help = "let results begin in this column" },
	{ 'i', "instruction-pointer", RN_FLAG(O, pcs),
		.help = "show the address from which each call was made" },
	{ 'n', "syscall-number", RN_FLAG(O, numbers), .help = "show the number of each call" },
	{ 'r', "relative-timestamps", RN_FLAG(O, relative),
		.help = "show the time since the line before" },
	{ 's', "string-limit", RN_UINT(O, string_limit), .argument = "N", .initial = "32",
		.max = UINT32_MAX, .help = "show at most N bytes of a string" },
	{ 'v', "no-abbrev", RN_FLAG(O, verbose), .help = "abbreviate nothing" },
	{ 'x', "hex", RN_COUNTER(O, hex),
		.help = "show strings that are not ASCII in hexadecimal; -xx all strings" },
	{ 'y', "decode-fds", RN_FLAG(O, fd_paths), .help = "show the paths behind descriptors" },
	{ 0, "color", RN_WORD(O, colour, colour_words), .initial = "auto",
		.help = "colour the lines of calls: auto (on a terminal, unless NO_COLOR is set), "
			"always or never" },
	{ RN_HEADING("Where it goes") },
	{ 0, "format", RN_STRING(O, format), .argument = "FORMAT", .initial = "text",
		.help = "text, json (one document), jsonl (an object a line) or csv" },
	{ 'o', "output", RN_STRING(O, output), .argument = "FILE",
		.help = "write the report to FILE instead of standard output" },
	{ 'A', "output-append-mode", RN_FLAG(O, append),
		.help = "with -o: append to FILE instead of overwriting it" },
	{ 0, "output-separately", RN_FLAG(O, separately),
		.help = "with -o: the lines of each thread go to a file of its own, FILE.TID" },
	{ 'q', "quiet", RN_COUNTER(O, quiet),
		.help = "no warnings; -qq: no lines about the ends of processes either" },
	{ RN_OPTIONS_END },
};

static const struct rn_option offline_rows[] = {
	{ RN_HEADING("Of a recorded trace") },
	{ 'p', "pid", RN_STRINGS(O, pids), .argument = "PID",
		.help = "only the process or thread with this id; may be repeated" },
	{ 'f', "follow-forks", RN_COUNTER(O, follow),
		.help = "accepted for the sake of habit: every process of the trace is shown anyway; -ff is "
			"--output-separately" },
	{ RN_OPTIONS_END },
};
#undef O

int rn_report_prepare(struct rn_report_options *o, struct rn_error *err)
{
	size_t kept = 0;
	int rc = 0;
	rn_views_init(&o->views);
	for (size_t i = 0; i < o->filters.n && !rc; i++) {
		bool taken;
		rc = rn_views_add(&o->views, o->filters.item[i], &taken, err);
		if (!taken)
			o->filters.item[kept++] = o->filters.item[i];
	}
	o->filters.n = kept;
	if (o->successful && o->failed)
		return rn_fail(err, RN_E_USAGE, "-z and -Z are for opposite calls");
	if (o->successful || o->failed)
		o->views.statuses = o->failed ? RN_STATUS_FAILED : RN_STATUS_SUCCESSFUL;
	o->separately |= o->follow > 1;
	if (!rc && o->separately && (!o->output || o->summary || o->list_too))
		rc = rn_fail(err, RN_E_USAGE, "-ff needs -o FILE, and neither -c nor -C");
	if (!rc && o->list_too && o->format && strcmp(o->format, "text") != 0)
		rc = rn_fail(err, RN_E_USAGE, "-C is for text; use -c for a summary as %s", o->format);
	return rc;
}

int rn_report_check(const struct rn_report_options *o, struct rn_error *err)
{
	const struct rn_report *report;
	struct rn_filter *filter = NULL;
	int rc = rn_report_choose(&report, o->format, err);
	if (!rc)
		rc = rn_filter_of(&filter, &o->filters, err);
	rn_filter_free(filter);
	return rc;
}

/* One id; *word moves behind it. */
static bool take_id(const char **word, uint64_t *id)
{
	char *end;
	errno = 0;
	*id = strtoull(*word, &end, 10);
	bool ok = **word >= '0' && **word <= '9' && !errno && *id && *id <= INT32_MAX;
	*word = end;
	return ok;
}

int rn_report_pids(const struct rn_strings *words, uint64_t **ids, size_t *n, struct rn_error *err)
{
	size_t cap = 1;
	*n = 0;
	for (size_t i = 0; i < words->n; i++)
		cap += strlen(words->item[i]);
	*ids = calloc(cap, sizeof(**ids));
	if (!*ids)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; i < words->n; i++) {
		const char *at = words->item[i];
		do {
			if (!take_id(&at, &(*ids)[(*n)++]) || (*at && *at != ','))
				return rn_fail(err, RN_E_USAGE, "-p: '%s' is not a process id",
					words->item[i]);
		} while (*at++ == ',');
	}
	return 0;
}

/* Everything between the options and the output. */
struct plan {
	const struct rn_report_options *o;
	struct rn_reader *reader;
	struct rn_filter *filter;
	uint64_t *pids;
	size_t n_pids;
	struct rn_model *model;
	struct rn_source *source;
	struct rn_listing_style style;
};

static void plan_fini(struct plan *p)
{
	rn_source_free(p->source);
	rn_model_free(p->model);
	rn_filter_free(p->filter);
	free(p->pids);
}

static bool wants_colour(const struct rn_report_options *o, FILE *stream)
{
	const char *no = getenv("NO_COLOR"), *terminal = getenv("TERM");
	if (o->colour != COLOUR_AUTO || o->ways || o->separately)
		return o->colour == COLOUR_ALWAYS && !o->ways;
	return !(no && *no) && terminal && strcmp(terminal, "dumb") != 0 && isatty(fileno(stream));
}

static void plan_style(struct plan *p)
{
	const struct rn_report_options *o = p->o;
	p->style.decode.string_limit = (uint32_t)o->string_limit;
	p->style.decode.verbose = o->verbose;
	p->style.decode.fd_paths = o->fd_paths;
	p->style.decode.hex_strings = o->hex > 2 ? 2 : (uint8_t)o->hex;
	p->style.clock = o->clock > 3 ? 3 : o->clock;
	p->style.relative = o->relative;
	p->style.duration = o->duration;
	p->style.no_exits = o->quiet > 1;
	p->style.numbers = o->numbers;
	p->style.pcs = o->pcs;
	p->style.read = rn_fd_set_empty(&o->views.read) ? NULL : &o->views.read;
	p->style.write = rn_fd_set_empty(&o->views.write) ? NULL : &o->views.write;
	p->style.no_signals = o->views.signals != UINT64_MAX;
	p->style.signals = o->views.signals;
	p->style.whole = o->views.statuses != RN_STATUS_ALL;
	p->style.has_column = true;
	p->style.column = (uint32_t)o->column;
	if (o->ways) {
		p->style.as_strace = true;
		p->style.pid_column = o->ways->pid_column;
		p->style.births = o->ways->births;
	}
}

/* Filters narrow by the cheapest question first: the directories answer it for whole blocks. A summary
 * of all processes asks the model nothing before the end, so it saves the walk before the walk. */
static int plan_source(struct plan *p, struct rn_error *err)
{
	bool scan = rn_reader_seekable(p->reader) && (!p->o->summary || p->o->pids.n);
	int rc = scan ? rn_model_scan(p->model, p->reader, err) : 0;
	if (rc)
		return rc;
	p->source = rn_source_trace(p->reader, scan ? NULL : p->model);
	if (p->source && p->filter)
		p->source = rn_source_syscalls(p->source, p->filter);
	if (p->source && p->n_pids)
		p->source = rn_source_pids(p->source, p->model, p->pids, p->n_pids);
	if (p->source && p->o->paths.n)
		p->source = rn_source_paths(p->source, p->model, &p->o->paths);
	if (p->source && p->o->views.statuses != RN_STATUS_ALL)
		p->source = rn_source_status(p->source, p->o->views.statuses);
	if (p->source && p->o->summary)
		p->source = rn_source_settled(p->source);
	return p->source ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

static int plan_init(struct plan *p, struct rn_error *err)
{
	int rc = 0;
	plan_style(p);
	if (p->o->filters.n)
		rc = rn_filter_of(&p->filter, &p->o->filters, err);
	if (!rc)
		rc = rn_report_pids(&p->o->pids, &p->pids, &p->n_pids, err);
	if (rc)
		return rc;
	p->model = rn_model_new((p->o->fd_paths ? RN_MODEL_FDS | RN_MODEL_CWD : 0) |
		(p->o->paths.n ? RN_MODEL_FDS : 0));
	return p->model ? plan_source(p, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
}

static int tell_provenance(const struct plan *p, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_model_end end;
	rn_model_end(p->model, &end);
	const struct rn_provenance provenance = { p->reader, p->o->filters.item,
		p->o->filters.n, end.lost_events };
	return rn_provenance_emit(&provenance, sink, err);
}

static int sum_up(const struct plan *p, FILE *stream, struct rn_error *err)
{
	struct rn_summary_options options = { p->o->sort, p->o->duration,
		(enum rn_machine)rn_reader_header(p->reader)->machine, p->o->columns, p->o->ways, p->o->ways };
	struct rn_question question = { &rn_analysis_summary, &options };
	const struct rn_report *report;
	struct rn_sink *sink;
	int rc = rn_report_choose(&report, p->o->format, err);
	if (!rc)
		rc = report->begin(&sink, stream, err);
	if (rc)
		return rc;
	rc = rn_analyses_run(&question, 1, p->source, sink, err);
	if (!rc && !p->o->ways)
		rc = tell_provenance(p, sink, err);
	int end = report->end(sink, rc ? NULL : err);
	return rc ? rc : end;
}

/* The summary behind the listing. */
static int sum_up_listed(const struct plan *p, struct rn_tally_set *set, FILE *stream,
	struct rn_error *err)
{
	const struct rn_summary_options options = { p->o->sort, p->o->duration,
		(enum rn_machine)rn_reader_header(p->reader)->machine, p->o->columns, p->o->ways, true };
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

static int list(const struct plan *p, FILE *stream, struct rn_error *err)
{
	struct rn_tally_set *set = p->o->list_too ? rn_tally_set_new() : NULL;
	struct rn_listing_job job = { rn_listing_find(p->o->format), &p->style, p->source, p->model,
		p->pids, p->n_pids, stream, p->o->separately ? p->o->output : NULL, p->o->append, set,
		stderr };
	int rc = 0;
	if (p->o->list_too && !set)
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	else if (!job.writer)
		rc = rn_fail(err, RN_E_USAGE, "events cannot be listed as %s", p->o->format);
	if (!rc)
		rc = rn_listing_run(&job, NULL, err);
	if (!rc && set)
		rc = sum_up_listed(p, set, stream, err);
	rn_tally_set_free(set);
	return rc;
}

static void warn_of_damage(const struct plan *p, struct rn_diag *diag)
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

static void warn(const struct plan *p, struct rn_diag *diag)
{
	struct rn_model_end end;
	uint64_t recorded = rn_reader_header(p->reader)->string_bytes;
	rn_model_end(p->model, &end);
	if (recorded && p->o->string_limit > recorded && !p->o->summary)
		rn_diag_warn(diag, "-s %llu: the recorder kept at most %llu bytes of each buffer",
			(unsigned long long)p->o->string_limit, (unsigned long long)recorded);
	for (size_t i = 0; i < p->n_pids; i++)
		if (!has_task(p->model, p->pids[i]))
			rn_diag_warn(diag, "-p %llu: no such process in the trace",
				(unsigned long long)p->pids[i]);
	warn_of_damage(p, diag);
	if (!rn_reader_complete(p->reader) && !rn_reader_n_damage(p->reader))
		rn_diag_warn(diag, "the trace has no end: its recorder was stopped short; "
				   "everything up to its last block is here");
	if (end.lost_events)
		rn_diag_warn(diag, "%llu events were lost while recording",
			(unsigned long long)end.lost_events);
	for (size_t i = 0; p->filter && !p->o->recorder_warns &&
		i < rn_filter_warnings(p->filter); i++)
		rn_diag_warn(diag, "%s", rn_filter_warning(p->filter, i));
}

/* A trace of which nothing at all is left answers no question. */
static int judge(const struct plan *p, struct rn_error *err)
{
	if (!rn_reader_n_damage(p->reader) || !rn_reader_seekable(p->reader) ||
		rn_reader_n_blocks(p->reader))
		return RN_EXIT_FINE;
	return rn_fail(err, RN_E_CORRUPT, "nothing of the trace can be read");
}

int rn_report_on(const struct rn_report_options *o, struct rn_reader *r, FILE *stream,
	struct rn_diag *diag, struct rn_model_end *end, struct rn_error *err)
{
	struct plan p = { .o = o, .reader = r };
	p.style.colour = wants_colour(o, stream);
	diag->quiet |= o->quiet > 0 || o->ways;
	int rc = plan_init(&p, err);
	if (!rc)
		rc = o->summary ? sum_up(&p, stream, err) : list(&p, stream, err);
	if (p.model && end)
		rn_model_end(p.model, end);
	if (!rc || rc == RN_E_PIPE)
		warn(&p, diag);
	if (!rc)
		rc = judge(&p, err);
	plan_fini(&p);
	return rc;
}

void rn_report_options_fini(struct rn_report_options *o)
{
	rn_strings_fini(&o->filters);
	rn_strings_fini(&o->pids);
	rn_strings_fini(&o->paths);
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

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	struct rn_report_options *o = options;
	struct rn_reader *r = NULL;
	struct rn_output out = { .file = NULL };
	const char *path;
	int rc = rn_command_trace(&path, in, err);
	if (!rc)
		rc = rn_report_prepare(o, err);
	if (!rc)
		rc = rn_report_check(o, err);
	if (!rc)
		rc = rn_reader_open(&r, path, err);
	if (rc == RN_E_NOT_FOUND)
		suggest_command(path, err);
	if (!rc)
		rc = rn_output_open(&out, o->separately ? NULL : o->output, path, o->append, err);
	if (!rc)
		rc = rn_report_on(o, r, out.file, in->diag, NULL, err);
	rc = rn_output_close(&out, rc, err);
	rn_reader_close(r);
	return rc;
}

static const char *const synopsis[] = { "[OPTIONS] [TRACE]", NULL };

const struct rn_command rn_command_report = {
	.name = "report",
	.summary = "list the system calls of a trace, or sum them up",
	.synopsis = synopsis,
	.options = { rn_report_rows, offline_rows },
	.options_size = sizeof(struct rn_report_options),
	.run = run,
	.fini = fini,
};
