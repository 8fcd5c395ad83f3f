/* SPDX-License-Identifier: MIT */
#include "analyze/strace_options.h"

#include "analyze/analysis/summary.h"

#include <stdlib.h>
#include <string.h>

static const struct rn_word clock_words[] = {
	{ "none", 0, NULL },
	{ "time", 1, "time of day" },
	{ "format:time", 1, NULL },
	{ "time,s", 1, NULL },
	{ "us", 2, NULL },
	{ "time,us", 2, "time of day with microseconds" },
	{ "precision:us", 2, NULL },
	{ "format:time,precision:us", 2, NULL },
	{ "unix,us", 3, "seconds since 1970 with microseconds" },
	{ "format:unix,precision:us", 3, NULL },
	{ NULL, 0, NULL },
};

/* The row's word of a table, into an unsigned. */
static int store_clock(void *field, const char *value, struct rn_error *err)
{
	for (const struct rn_word *w = clock_words; w->word; w++)
		if (strcmp(w->word, value) == 0) {
			*(unsigned *)field = (unsigned)w->value;
			return 0;
		}
	return rn_fail(err, RN_E_USAGE, "'%s' is not supported; use time, time,us or unix,us", value);
}

static int store_microseconds(void *field, const char *value, struct rn_error *err)
{
	if (strcmp(value, "us") != 0 && strcmp(value, "precision:us") != 0)
		return rn_fail(err, RN_E_USAGE, "'%s' is not supported; times have microseconds", value);
	*(bool *)field = true;
	return 0;
}

static int store_quiet(void *field, const char *value, struct rn_error *err)
{
	unsigned *quiet = field;
	if (strcmp(value, "attach,personality") == 0 || strcmp(value, "attach") == 0 ||
		strcmp(value, "personality") == 0)
		*quiet = 1;
	else if (strcmp(value, "attach,personality,exit") == 0 || strcmp(value, "attach,exit") == 0)
		*quiet = 2;
	else if (strcmp(value, "all") == 0)
		*quiet = 3;
	else if (strcmp(value, "none") == 0)
		*quiet = 0;
	else
		return rn_fail(err, RN_E_USAGE, "'%s' is not supported; use attach, attach,exit, "
			"all or none", value);
	return 0;
}

static int store_fds(void *field, const char *value, struct rn_error *err)
{
	bool path = strcmp(value, "path") == 0;
	if (!path && strcmp(value, "none") != 0)
		return rn_fail(err, RN_E_USAGE, "'%s' is not supported; use path or none", value);
	*(unsigned *)field = path;
	return 0;
}

static int store_hex(void *field, const char *value, struct rn_error *err)
{
	bool all = strcmp(value, "all") == 0;
	if (!all && strcmp(value, "non-ascii") != 0)
		return rn_fail(err, RN_E_USAGE, "'%s' is not supported; use non-ascii or all", value);
	*(unsigned *)field = all ? 2 : 1;
	return 0;
}

#define O struct rn_strace_options
const struct rn_option rn_strace_rows[] = {
	{ RN_HEADING("Startup") },
	{ 'E', "env", RN_STRINGS(O, live.env), .argument = "VAR[=VALUE]",
		.help = "set VAR for the command; without a value, remove it" },
	{ 'p', "attach", RN_STRINGS(O, live.report.pids), .argument = "PID",
		.help = "attach to the process with all its threads; may be repeated" },
	{ 'u', "user", RN_STRING(O, live.user), .argument = "USERNAME",
		.help = "run the command as USERNAME" },
	{ RN_HEADING("Tracing") },
	{ 'f', "follow-forks", RN_COUNTER(O, live.report.follow),
		.help = "trace children and threads, too; -ff: each into a file of its own, FILE.TID" },
	{ 0, "seccomp-bpf", RN_FLAG(O, seccomp), .help = "a hint that changes nothing here" },
	{ RN_HEADING("Filtering") },
	{ 'e', "expression", RN_STRINGS(O, expressions), .argument = "EXPR",
		.help = "trace=SET (or SET alone), status=SET, signal=SET, read=SET, "
			"write=SET, abbrev=none, quiet=WORDS" },
	{ 0, "trace", RN_STRINGS(O, trace), .argument = "SET", .help = "as -e trace=SET" },
	{ 0, "signal", RN_STRINGS(O, signals), .argument = "SET", .help = "as -e signal=SET" },
	{ 0, "status", RN_STRINGS(O, statuses), .argument = "SET", .help = "as -e status=SET" },
	{ 0, "read", RN_STRINGS(O, reads), .argument = "SET", .help = "as -e read=SET" },
	{ 0, "write", RN_STRINGS(O, writes), .argument = "SET", .help = "as -e write=SET" },
	{ 'P', "trace-path", RN_STRINGS(O, live.report.paths), .argument = "PATH",
		.help = "only the calls that touch PATH; may be repeated" },
	{ 'z', "successful-only", RN_FLAG(O, live.report.successful),
		.help = "only the calls that returned without an error" },
	{ 'Z', "failed-only", RN_FLAG(O, live.report.failed),
		.help = "only the calls that returned an error" },
	{ 0, "inject", RN_STRINGS(O, inject), .argument = "SPEC", .hidden = true },
	{ 0, "fault", RN_STRINGS(O, inject), .argument = "SPEC", .hidden = true },
	{ RN_HEADING("Output format") },
	{ 'a', "columns", RN_UINT(O, live.report.column), .argument = "COLUMN", .initial = "40",
		.max = 4096, .help = "let results begin in this column" },
	{ 0, "output-separately", RN_FLAG(O, live.report.separately), .help = "as -ff, with -f" },
	{ 'A', "output-append-mode", RN_FLAG(O, live.report.append), .help = "append to FILE" },
	{ 'i', "instruction-pointer", RN_FLAG(O, live.report.pcs),
		.help = "show the address from which each call was made" },
	{ 'n', "syscall-number", RN_FLAG(O, live.report.numbers),
		.help = "show the number of each call" },
	{ 'o', "output", RN_STRING(O, live.report.output), .argument = "FILE",
		.help = "write to FILE instead of standard error; |COMMAND is run to read it" },
	{ 'q', NULL, RN_COUNTER(O, live.report.quiet),
		.help = "no messages about attaching; -qq: nor about exits" },
	{ 0, "quiet", RN_CUSTOM(O, live.report.quiet, store_quiet), .argument = "WORDS",
		.argument_optional = true, .absent = "attach,personality",
		.help = "which messages are left out" },
	{ 'r', NULL, RN_FLAG(O, live.report.relative), .help = "show the time since the line before" },
	{ 0, "relative-timestamps", RN_CUSTOM(O, live.report.relative, store_microseconds),
		.argument = "us", .argument_optional = true, .absent = "us", .help = "as -r" },
	{ 's', "string-limit", RN_UINT(O, live.report.string_limit), .argument = "N",
		.initial = "32", .max = UINT32_MAX, .help = "show at most N bytes of a string" },
	{ 't', NULL, RN_COUNTER(O, live.report.clock),
		.help = "show the time of day; -tt with microseconds, -ttt in seconds since 1970" },
	{ 0, "absolute-timestamps", RN_CUSTOM(O, live.report.clock, store_clock),
		.argument = "FORMAT", .argument_optional = true, .absent = "time",
		.help = "the same: time, time,us or unix,us" },
	{ 0, "timestamps", RN_CUSTOM(O, live.report.clock, store_clock), .argument = "FORMAT",
		.argument_optional = true, .absent = "time", .help = "the same" },
	{ 'T', NULL, RN_FLAG(O, live.report.duration), .help = "show the time spent in each call" },
	{ 0, "syscall-times", RN_CUSTOM(O, live.report.duration, store_microseconds),
		.argument = "us", .argument_optional = true, .absent = "us", .help = "as -T" },
	{ 'v', "no-abbrev", RN_COUNTER(O, no_abbrev), .help = "abbreviate nothing" },
	{ 'x', NULL, RN_COUNTER(O, live.report.hex),
		.help = "show strings that are not ASCII in hexadecimal; -xx all strings" },
	{ 0, "strings-in-hex", RN_CUSTOM(O, live.report.hex, store_hex), .argument = "WHICH",
		.argument_optional = true, .absent = "all", .help = "non-ascii or all" },
	{ 'y', NULL, RN_COUNTER(O, fds), .help = "show the paths behind descriptors" },
	{ 0, "decode-fds", RN_CUSTOM(O, fds, store_fds), .argument = "path",
		.argument_optional = true, .absent = "path", .help = "as -y" },
	{ RN_HEADING("Statistics") },
	{ 'c', "summary-only", RN_FLAG(O, live.report.summary),
		.help = "count time, calls and errors of each system call; the time is wall-clock "
			"time, as with -w" },
	{ 'C', "summary", RN_FLAG(O, live.report.list_too), .help = "list the calls, then sum them up" },
	{ 'S', "summary-sort-by", RN_WORD(O, live.report.sort, rn_summary_sort_words),
		.argument = "COLUMN", .initial = "time", .help = "sort the summary by COLUMN" },
	{ 'U', "summary-columns", RN_CUSTOM(O, live.report.columns, rn_report_store_columns),
		.argument = "COLUMNS", .help = "these columns of the summary, in this order" },
	{ 'w', "summary-wall-clock", RN_FLAG(O, wall_clock),
		.help = "sum up wall-clock time, as is done anyway" },
	{ RN_OPTIONS_END },
};
#undef O

/* strace's names of qualifiers, of which some have more than one. */
enum qualifier { Q_TRACE, Q_ABBREV, Q_VERBOSE, Q_RAW, Q_SIGNAL, Q_READ, Q_WRITE, Q_INJECT, Q_STATUS,
	Q_QUIET, Q_KVM, Q_FDS };
static const struct {
	const char *name;
	enum qualifier q;
} qualifiers[] = {
	{ "trace", Q_TRACE }, { "t", Q_TRACE }, { "abbrev", Q_ABBREV }, { "a", Q_ABBREV },
	{ "verbose", Q_VERBOSE }, { "v", Q_VERBOSE }, { "raw", Q_RAW }, { "x", Q_RAW },
	{ "signal", Q_SIGNAL }, { "signals", Q_SIGNAL }, { "s", Q_SIGNAL }, { "read", Q_READ },
	{ "reads", Q_READ }, { "r", Q_READ }, { "write", Q_WRITE }, { "writes", Q_WRITE },
	{ "w", Q_WRITE }, { "fault", Q_INJECT }, { "inject", Q_INJECT }, { "status", Q_STATUS },
	{ "quiet", Q_QUIET }, { "silent", Q_QUIET }, { "silence", Q_QUIET }, { "q", Q_QUIET },
	{ "kvm", Q_KVM }, { "decode-fds", Q_FDS },
};

static enum qualifier qualifier_of(const char **expression)
{
	const char *equals = strchr(*expression, '=');
	size_t len = equals ? (size_t)(equals - *expression) : 0;
	for (size_t i = 0; equals && i < sizeof(qualifiers) / sizeof(*qualifiers); i++)
		if (strlen(qualifiers[i].name) == len &&
			memcmp(qualifiers[i].name, *expression, len) == 0) {
			*expression = equals + 1;
			return qualifiers[i].q;
		}
	return Q_TRACE;
}

static bool is_class(const char *word, size_t len)
{
	static const char *const classes[] = { "file", "process", "network", "signal", "ipc", "desc",
		"memory" };
	for (size_t i = 0; i < sizeof(classes) / sizeof(*classes); i++)
		if (strlen(classes[i]) == len && memcmp(classes[i], word, len) == 0)
			return true;
	return false;
}

/* A regex has no / at its end in strace's words. */
static void put_word(struct rn_buffer *out, const char *word, size_t len)
{
	const char *regex = len && *word == '?' ? word + 1 : word;
	if (is_class(word, len))
		rn_put_u8(out, '%');
	rn_put_bytes(out, word, len);
	if (len && *regex == '/' && (word + len == regex + 1 || word[len - 1] != '/'))
		rn_put_u8(out, '/');
}

void rn_strace_put_trace(struct rn_buffer *out, const char *set)
{
	bool negated = *set == '!';
	set += negated;
	rn_put_text(out, "trace=");
	if (negated && (strcmp(set, "all") == 0 || strcmp(set, "none") == 0)) {
		rn_put_text(out, *set == 'a' ? "none" : "all");
		return;
	}
	for (const char *end;; set = end + 1) {
		end = set + strcspn(set, ",");
		if (negated)
			rn_put_u8(out, '!');
		put_word(out, set, (size_t)(end - set));
		if (!*end)
			return;
		rn_put_u8(out, ',');
	}
}

/* The last set is the one that counts. */
static int set_trace(struct rn_strace_options *o, const char *set, struct rn_error *err)
{
	struct rn_strings *filters = &o->live.report.filters;
	struct rn_buffer text = RN_BUFFER_INIT;
	if (!filters->item)
		filters->item = calloc(1, sizeof(*filters->item));
	rn_strace_put_trace(&text, set);
	const char *kept = rn_buffer_ok(&text) ? rn_arena_dup(&o->text, rn_buffer_bytes(&text)) : NULL;
	rn_buffer_fini(&text);
	if (!filters->item || !kept)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	filters->item[0] = kept;
	filters->n = 1;
	return 0;
}

static int qualify(struct rn_strace_options *o, const char *expression, struct rn_error *err)
{
	const char *set = expression;
	switch (qualifier_of(&set)) {
	case Q_TRACE:
		return set_trace(o, set, err);
	case Q_FDS:
		return store_fds(&o->fds, set, err);
	case Q_QUIET:
		return store_quiet(&o->live.report.quiet, set, err);
	case Q_ABBREV:
		if (strcmp(set, "none") == 0 || strcmp(set, "!all") == 0) {
			o->no_abbrev = 1;
			return 0;
		}
		break;
	case Q_STATUS:
		return rn_views_set_status(&o->live.report.views, set, err);
	case Q_READ:
		return rn_views_set_fds(&o->live.report.views.read, set, err);
	case Q_WRITE:
		return rn_views_set_fds(&o->live.report.views.write, set, err);
	case Q_SIGNAL:
		return rn_views_set_signals(&o->live.report.views, set, err);
	case Q_INJECT:
		return rn_fail(err, RN_E_USAGE, "-e %s: tampering with system calls is not supported",
			expression);
	default:
		break;
	}
	return rn_fail(err, RN_E_USAGE, "-e %s is not supported", expression);
}

static int check(const struct rn_strace_options *o, struct rn_error *err)
{
	if (o->inject.n)
		return rn_fail(err, RN_E_USAGE, "--inject=%s: tampering with system calls is not "
			"supported", o->inject.item[0]);
	if (o->fds > 1)
		return rn_fail(err, RN_E_USAGE, "-yy is not supported; -y is");
	return 0;
}

int rn_strace_translate(struct rn_strace_options *o, struct rn_error *err)
{
	struct rn_report_options *r = &o->live.report;
	int rc = check(o, err);
	if (!r->output && r->follow > 1)
		r->follow = 1; /* without a file -ff is -f */
	if (!rc)
		rc = rn_report_prepare(r, err);
	for (size_t i = 0; i < o->expressions.n && !rc; i++)
		rc = qualify(o, o->expressions.item[i], err);
	for (size_t i = 0; i < o->trace.n && !rc; i++)
		rc = set_trace(o, o->trace.item[i], err);
	for (size_t i = 0; i < o->signals.n && !rc; i++)
		rc = rn_views_set_signals(&r->views, o->signals.item[i], err);
	for (size_t i = 0; i < o->reads.n && !rc; i++)
		rc = rn_views_set_fds(&r->views.read, o->reads.item[i], err);
	for (size_t i = 0; i < o->writes.n && !rc; i++)
		rc = rn_views_set_fds(&r->views.write, o->writes.item[i], err);
	for (size_t i = 0; i < o->statuses.n && !rc; i++)
		rc = rn_views_set_status(&r->views, o->statuses.item[i], err);
	o->ways.pid_column = r->follow && r->output && !r->separately;
	o->ways.births = !r->quiet && (r->pids.n || (r->follow && !r->output));
	r->ways = &o->ways;
	r->format = "text";
	r->fd_paths = o->fds;
	r->verbose = o->no_abbrev;
	return rc;
}

void rn_strace_options_fini(struct rn_strace_options *o)
{
	rn_live_options_fini(&o->live);
	rn_strings_fini(&o->expressions);
	rn_strings_fini(&o->trace);
	rn_strings_fini(&o->signals);
	rn_strings_fini(&o->statuses);
	rn_strings_fini(&o->reads);
	rn_strings_fini(&o->writes);
	rn_strings_fini(&o->inject);
	rn_arena_fini(&o->text);
}
