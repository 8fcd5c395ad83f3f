/* SPDX-License-Identifier: MIT */
/* The options of a report: their rows, and what is to be said about their words. */
#include "analyze/command/report.h"

#include "analyze/command/report_look.h"
#include "analyze/command/report_page.h"
#include "analyze/report/report.h"
#include "shared/filter.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int rn_report_store_columns(void *field, const char *value, struct rn_error *err)
{
	return rn_summary_columns(field, value, err);
}

static const struct rn_word colour_words[] = {
	{ "auto", RN_COLOUR_AUTO, "on a terminal, unless NO_COLOR is set" },
	{ "always", RN_COLOUR_ALWAYS, NULL },
	{ "never", RN_COLOUR_NEVER, NULL },
	{ NULL, 0, NULL },
};

const struct rn_word rn_report_constant_words[] = {
	{ "abbrev", RN_CONSTANTS_NAMED, "their names" },
	{ "raw", RN_CONSTANTS_RAW, "numbers" },
	{ "verbose", RN_CONSTANTS_BOTH, "numbers with the names in comments" },
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
			"read=SET, write=SET: dump what passes through these descriptors; "
			"decode-fds=, decode-pids=, quiet=SET: as --decode-fds, --decode-pids, "
			"-q; ! in front negates such a SET. abbrev=, verbose=, raw=SPEC: of these "
			"calls structures are abbreviated, followed at all, arguments are numbers" },
	{ 'P', "trace-path", RN_STRINGS(O, paths), .argument = "PATH",
		.help = "only the calls that name PATH or use a descriptor that leads there; may be "
			"repeated" },
	{ 'z', "successful-only", RN_FLAG(O, successful),
		.help = "only the calls that returned without an error" },
	{ 'Z', "failed-only", RN_FLAG(O, failed), .help = "only the calls that returned an error" },
	{ RN_HEADING("How it looks") },
	{ 'T', NULL, RN_FLAG(O, duration), .help = "show the time spent in each call" },
	{ 0, "syscall-times", RN_STRING(O, duration_words), .argument = "PRECISION",
		.argument_optional = true, .absent = "us", .help = "the same in s, ms, us or ns" },
	{ 't', NULL, RN_COUNTER(O, clock),
		.help = "show the time of day; -tt with microseconds, -ttt in seconds since 1970" },
	{ 0, "absolute-timestamps", RN_STRING(O, absolute), .argument = "FORMAT",
		.argument_optional = true, .absent = "time",
		.help = "the same: time, unix or none, with a comma and s, ms, us or ns behind it" },
	{ 'a', "columns", RN_UINT(O, column), .argument = "COLUMN", .initial = "40",
		.max = 4096, .help = "let results begin in this column" },
	{ 'i', "instruction-pointer", RN_FLAG(O, pcs),
		.help = "show the address from which each call was made" },
	{ 'k', "stack-traces", RN_FLAG(O, stacks),
		.help = "show the whole stack below each call; with --source its lines, too" },
	{ 'n', "syscall-number", RN_FLAG(O, numbers), .help = "show the number of each call" },
	{ 'r', NULL, RN_FLAG(O, relative), .help = "show the time since the line before" },
	{ 0, "relative-timestamps", RN_STRING(O, relative_words), .argument = "PRECISION",
		.argument_optional = true, .absent = "us", .help = "the same in s, ms, us or ns" },
	{ 's', "string-limit", RN_UINT(O, string_limit), .argument = "N", .initial = "32",
		.max = UINT32_MAX, .help = "show at most N bytes of a string" },
	{ 'v', "no-abbrev", RN_FLAG(O, verbose), .help = "abbreviate nothing" },
	{ 'x', "hex", RN_COUNTER(O, hex),
		.help = "show strings that are not ASCII in hexadecimal; -xx all strings" },
	{ 0, "strings-in-hex", RN_STRING(O, hex_words), .argument = "WHICH",
		.argument_optional = true, .absent = "all", .help = "none, non-ascii, all, or "
			"non-ascii-chars: hexadecimal where escapes are octal otherwise" },
	{ 'X', "const-print-style", RN_WORD(O, constants, rn_report_constant_words),
		.initial = "abbrev", .argument = "STYLE",
		.help = "show constants and flags as names (abbrev), numbers (raw) or both "
			"(verbose)" },
	{ 'y', NULL, RN_COUNTER(O, fds),
		.help = "show the paths behind descriptors; -yy: sockets and devices, too" },
	{ 0, "decode-fds", RN_STRING(O, fd_words), .argument = "SET", .argument_optional = true,
		.absent = "path", .help = "the same: path, socket, dev, pidfd, all or none" },
	{ 'Y', NULL, RN_FLAG(O, comms), .help = "show the names of threads behind their ids" },
	{ 0, "decode-pids", RN_STRING(O, pid_words), .argument = "SET",
		.help = "comm: as -Y; pidns: the ids that the recorder knew threads of other pid "
			"namespaces by" },
	{ 0, "color", RN_WORD(O, colour, colour_words), .initial = "auto",
		.help = "colour the lines of calls: auto (on a terminal, unless NO_COLOR is set), "
			"always or never" },
	{ RN_HEADING("Where it goes") },
	{ 0, "format", RN_STRING(O, format), .argument = "FORMAT", .initial = "text",
		.help = "text, html (a page), json (one document), jsonl (an object a line), csv or markdown (a comment)" },
	{ 0, "html-rows", RN_UINT(O, page_rows), .argument = "N", .initial = "1048576", .min = 1024,
		.max = 1 << 26, .help = "with --format html: at most N calls are in the page, of more all "
			"tables, the slowest, those that failed and a sample of the rest" },
	{ 'o', "output", RN_STRING(O, output), .argument = "FILE", .grants = RN_OPTION_WRITES,
		.help = "write the report to FILE instead of standard output" },
	{ 'A', "output-append-mode", RN_FLAG(O, append),
		.help = "with -o: append to FILE instead of overwriting it" },
	{ 0, "output-separately", RN_FLAG(O, separately),
		.help = "with -o: the lines of each thread go to a file of its own, FILE.TID" },
	{ 'q', "quiet", RN_COUNTER(O, quiet),
		.help = "no warnings; -qq: no lines about the ends of processes either" },
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
	if (!rc)
		rc = rn_report_settle_look(o, err);
	if (o->successful && o->failed)
		return rn_fail(err, RN_E_USAGE, "-z and -Z are for opposite calls");
	if (o->successful || o->failed)
		o->views.statuses = o->failed ? RN_STATUS_FAILED : RN_STATUS_SUCCESSFUL;
	o->separately |= o->follow > 1;
	if (rn_report_is_page(o)) /* its reader may want to know more than was asked */
		o->statistics.extended = true;
	if (o->frames.rewrite && !o->stacks && !rn_report_is_tables(o))
		o->frames.source = true;
	if (!rc && o->separately && o->format && !strcmp(o->format, "markdown"))
		rc = rn_fail(err, RN_E_USAGE, "-ff is for listings, not for --format markdown");
	if (!rc && o->separately && rn_report_is_page(o))
		rc = rn_fail(err, RN_E_USAGE, "-ff is for listings, not for --format html");
	if (!rc && o->separately && (!o->output || rn_report_is_tables(o) || o->list_too))
		rc = rn_fail(err, RN_E_USAGE, "-ff needs -o FILE, and neither -c nor -C");
	if (!rc && o->list_too && o->format && strcmp(o->format, "text") != 0)
		rc = rn_fail(err, RN_E_USAGE, "-C is for text; use -c for a summary as %s", o->format);
	return rc;
}

bool rn_report_wants_frames(const struct rn_report_options *o)
{
	return o->stacks || rn_report_is_page(o) || o->frames.source || o->frames.rewrite_errors || o->profile.function_time ||
		rn_statistics_wants_stacks(&o->statistics) ||
		rn_frame_options_select(&o->frames);
}

int rn_report_check(const struct rn_report_options *o, struct rn_error *err)
{
	const struct rn_report *report;
	struct rn_filter *filter = NULL;
	int rc = rn_report_choose(&report, o->format, err);
	if (!rc)
		rc = rn_filter_of(&filter, &o->filters, err);
	rn_filter_free(filter);
	struct rn_selection *selection = NULL;
	if (!rc)
		rc = rn_selection_new(&selection, &o->selection, err);
	rn_selection_free(selection);
	struct rn_functions_options functions;
	if (!rc)
		rc = rn_frame_options_check(&o->frames, err);
	if (!rc)
		rc = rn_profile_options_read(&functions, &o->profile, err);
	return rc ? rc : rn_statistics_check(&o->statistics, err);
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

void rn_report_options_fini(struct rn_report_options *o)
{
	rn_selection_options_fini(&o->selection);
	rn_frame_options_fini(&o->frames);
	rn_strings_fini(&o->filters);
	rn_strings_fini(&o->pids);
	rn_strings_fini(&o->paths);
}
