/* SPDX-License-Identifier: MIT */
#include "analyze/strace_options.h"

#include "analyze/analysis/summary.h"

#include <stdlib.h>
#include <string.h>

/* Of -z and -Z the last one counts. */
static int store_successful(void *field, const char *value, struct rn_error *err)
{
	(void)value, (void)err;
	*(unsigned *)field = RN_STATUS_SUCCESSFUL;
	return 0;
}

static int store_failed(void *field, const char *value, struct rn_error *err)
{
	(void)value, (void)err;
	*(unsigned *)field = RN_STATUS_FAILED;
	return 0;
}

static const struct rn_word interruptible_words[] = {
	{ "1", 1, NULL }, { "anywhere", 1, NULL }, { "2", 2, NULL }, { "waiting", 2, NULL },
	{ "3", 3, NULL }, { "never", 3, NULL }, { "4", 4, NULL }, { "never_tstp", 4, NULL },
	{ NULL, 0, NULL },
};

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
	{ 'I', "interruptible", RN_WORD(O, interruptible, interruptible_words),
		.argument = "WHEN", .initial = "2",
		.help = "accepted: a signal never interrupts the tracer within a line" },
	{ 'b', "detach-on", RN_STRINGS(O, detach_on), .argument = "SYSCALL", .hidden = true },
	{ 'D', NULL, RN_COUNTER(O, daemonized), .hidden = true },
	{ 0, "daemonize", RN_STRINGS(O, daemonize), .argument = "WHICH", .argument_optional = true,
		.absent = "grandchild", .hidden = true },
	{ 0, "seccomp-bpf", RN_FLAG(O, seccomp), .help = "a hint that changes nothing here" },
	{ 'd', "debug", RN_FLAG(O, debug), .help = "accepted: there is no debug output" },
	{ RN_HEADING("Filtering") },
	{ 'e', "expression", RN_STRINGS(O, expressions), .argument = "EXPR",
		.help = "trace=SET (or SET alone), status=SET, signal=SET, read=SET, "
			"write=SET, abbrev=SET, verbose=SET, raw=SET, quiet=SET, decode-fds=SET, "
			"decode-pids=SET" },
	{ 0, "trace", RN_STRINGS(O, trace), .argument = "SET", .help = "as -e trace=SET" },
	{ 0, "signal", RN_STRINGS(O, signals), .argument = "SET", .help = "as -e signal=SET" },
	{ 0, "status", RN_STRINGS(O, statuses), .argument = "SET", .help = "as -e status=SET" },
	{ 0, "abbrev", RN_STRINGS(O, abbrevs), .argument = "SET", .help = "as -e abbrev=SET" },
	{ 0, "verbose", RN_STRINGS(O, verboses), .argument = "SET", .help = "as -e verbose=SET" },
	{ 0, "raw", RN_STRINGS(O, raws), .argument = "SET", .help = "as -e raw=SET" },
	{ 0, "read", RN_STRINGS(O, reads), .argument = "SET", .help = "as -e read=SET" },
	{ 0, "write", RN_STRINGS(O, writes), .argument = "SET", .help = "as -e write=SET" },
	{ 'P', "trace-path", RN_STRINGS(O, live.report.paths), .argument = "PATH",
		.help = "only the calls that touch PATH; may be repeated" },
	{ 'z', "successful-only", RN_CUSTOM(O, results, store_successful),
		.help = "only the calls that returned without an error" },
	{ 'Z', "failed-only", RN_CUSTOM(O, results, store_failed),
		.help = "only the calls that returned an error" },
	{ 0, "inject", RN_STRINGS(O, inject), .argument = "SPEC", .hidden = true },
	{ 0, "fault", RN_STRINGS(O, inject), .argument = "SPEC", .hidden = true },
	{ 0, "kvm", RN_STRINGS(O, kvm), .argument = "vcpu", .hidden = true },
	{ RN_HEADING("Output format") },
	{ 'a', "columns", RN_UINT(O, live.report.column), .argument = "COLUMN", .initial = "40",
		.max = 4096, .help = "let results begin in this column" },
	{ 0, "output-separately", RN_FLAG(O, live.report.separately), .help = "as -ff, with -f" },
	{ 'A', "output-append-mode", RN_FLAG(O, live.report.append), .help = "append to FILE" },
	{ 'i', "instruction-pointer", RN_FLAG(O, live.report.pcs),
		.help = "show the address from which each call was made" },
	{ 'k', "stack-traces", RN_FLAG(O, live.report.stacks),
		.help = "show the stack below each call" },
	{ 'n', "syscall-number", RN_FLAG(O, live.report.numbers),
		.help = "show the number of each call" },
	{ 'o', "output", RN_STRING(O, live.report.output), .argument = "FILE",
		.help = "write to FILE instead of standard error; |COMMAND is run to read it" },
	{ 'q', NULL, RN_COUNTER(O, live.report.quiet),
		.help = "no messages about attaching; -qq: nor about exits" },
	{ 0, "quiet", RN_STRINGS(O, quiets), .argument = "SET", .argument_optional = true,
		.absent = "attach,personality", .help = "which messages are left out: attach, exit, "
			"path-resolution, personality, thread-execve" },
	{ 0, "silent", RN_STRINGS(O, quiets), .argument = "SET", .argument_optional = true,
		.absent = "attach,personality", .help = "the same" },
	{ 0, "silence", RN_STRINGS(O, quiets), .argument = "SET", .argument_optional = true,
		.absent = "attach,personality", .help = "the same" },
	{ 'k', "stack-traces", RN_FLAG(O, stacks), .hidden = true },
	{ 'r', NULL, RN_FLAG(O, live.report.relative), .help = "show the time since the line before" },
	{ 0, "relative-timestamps", RN_STRING(O, live.report.relative_words),
		.argument = "PRECISION", .argument_optional = true, .absent = "us",
		.help = "the same in s, ms, us or ns" },
	{ 's', "string-limit", RN_UINT(O, live.report.string_limit), .argument = "N",
		.initial = "32", .max = UINT32_MAX, .help = "show at most N bytes of a string" },
	{ 't', NULL, RN_COUNTER(O, live.report.clock),
		.help = "show the time of day; -tt with microseconds, -ttt in seconds since 1970" },
	{ 0, "absolute-timestamps", RN_STRING(O, live.report.absolute),
		.argument = "FORMAT", .argument_optional = true, .absent = "time",
		.help = "the same: none, time or unix, with a comma and s, ms, us or ns behind it" },
	{ 0, "timestamps", RN_STRING(O, live.report.absolute), .argument = "FORMAT",
		.argument_optional = true, .absent = "time", .help = "the same" },
	{ 'T', NULL, RN_FLAG(O, live.report.duration), .help = "show the time spent in each call" },
	{ 0, "syscall-times", RN_STRING(O, live.report.duration_words), .argument = "PRECISION",
		.argument_optional = true, .absent = "us", .help = "the same in s, ms, us or ns" },
	{ 'v', "no-abbrev", RN_COUNTER(O, no_abbrev), .help = "abbreviate nothing" },
	{ 'x', NULL, RN_COUNTER(O, live.report.hex),
		.help = "show strings that are not ASCII in hexadecimal; -xx all strings" },
	{ 0, "strings-in-hex", RN_STRING(O, live.report.hex_words), .argument = "WHICH",
		.argument_optional = true, .absent = "all",
		.help = "none, non-ascii-chars, non-ascii or all" },
	{ 'X', "const-print-style", RN_WORD(O, live.report.constants, rn_report_constant_words),
		.initial = "abbrev", .argument = "FORMAT",
		.help = "show constants and flags as names (abbrev), numbers (raw) or both "
			"(verbose)" },
	{ 'y', NULL, RN_COUNTER(O, live.report.fds),
		.help = "show the paths behind descriptors; -yy: sockets and devices, too" },
	{ 0, "decode-fds", RN_STRINGS(O, fd_sets), .argument = "SET",
		.argument_optional = true, .absent = "path",
		.help = "the same: path, socket, dev, pidfd, all or none" },
	{ 'Y', NULL, RN_FLAG(O, live.report.comms), .help = "show the names of threads behind their ids" },
	{ 0, "decode-pids", RN_STRINGS(O, pid_sets), .argument = "SET",
		.help = "comm: as -Y; pidns: the ids in the tracer's pid namespace" },
	{ 0, "pidns-translation", RN_FLAG(O, pidns), .help = "as --decode-pids=pidns" },
	{ RN_HEADING("Statistics") },
	{ 'c', "summary-only", RN_FLAG(O, live.report.summary),
		.help = "count time, calls and errors of each system call; the time is wall-clock "
			"time, as with -w" },
	{ 'C', "summary", RN_FLAG(O, live.report.list_too), .help = "list the calls, then sum them up" },
	{ 'O', "summary-syscall-overhead", RN_STRINGS(O, overhead), .argument = "TIME",
		.help = "accepted: wall-clock time of calls is not corrected" },
	{ 'S', "summary-sort-by", RN_WORD(O, live.report.sort, rn_summary_sort_words),
		.argument = "COLUMN", .initial = "time", .help = "sort the summary by COLUMN" },
	{ 'U', "summary-columns", RN_CUSTOM(O, live.report.columns, rn_report_store_columns),
		.argument = "COLUMNS", .help = "these columns of the summary, in this order" },
	{ 'w', "summary-wall-clock", RN_FLAG(O, wall_clock),
		.help = "sum up wall-clock time, as is done anyway" },
	{ RN_HEADING("Miscellaneous") },
	{ 0, "tips", RN_STRINGS(O, tips), .argument = "WHICH", .argument_optional = true,
		.absent = "none", .help = "accepted: there are no tips" },
	{ RN_OPTIONS_END },
};
#undef O

/* strace's names of qualifiers, of which some have more than one. */
enum qualifier { Q_TRACE, Q_ABBREV, Q_VERBOSE, Q_RAW, Q_SIGNAL, Q_READ, Q_WRITE, Q_INJECT, Q_STATUS,
	Q_QUIET, Q_KVM, Q_FDS, Q_PIDS };
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
	{ "kvm", Q_KVM }, { "decode-fds", Q_FDS }, { "decode-fd", Q_FDS },
	{ "decode-pids", Q_PIDS }, { "decode-pid", Q_PIDS },
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

/* A set in our words that lives as long as the options; NULL: no memory. */
static const char *dup_calls(struct rn_strace_options *o, const char *set)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	rn_strace_put_trace(&text, set);
	const char *kept = rn_buffer_ok(&text) ? rn_arena_dup(&o->text, rn_buffer_bytes(&text)) : NULL;
	rn_buffer_fini(&text);
	return kept;
}

/* The last set is the one that counts. */
static int set_trace(struct rn_strace_options *o, const char *set, struct rn_error *err)
{
	struct rn_strings *filters = &o->live.report.filters;
	if (!filters->item)
		filters->item = calloc(1, sizeof(*filters->item));
	const char *kept = dup_calls(o, set);
	if (!filters->item || !kept)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	filters->item[0] = kept;
	filters->n = 1;
	return 0;
}

static int set_calls(struct rn_strace_options *o, const char **field, const char *set,
	struct rn_error *err)
{
	const char *kept = dup_calls(o, set);
	if (!kept)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	*field = kept + strlen("trace=");
	return 0;
}

static int qualify_as(struct rn_strace_options *o, enum qualifier q, const char *set,
	struct rn_error *err)
{
	struct rn_views *v = &o->live.report.views;
	switch (q) {
	case Q_TRACE:
		return set_trace(o, set, err);
	case Q_FDS:
		return rn_views_set_fd_details(v, set, err);
	case Q_PIDS:
		return rn_views_set_pid_details(v, set, err);
	case Q_QUIET:
		return rn_views_set_quiet(v, set, err);
	case Q_ABBREV:
		return set_calls(o, &v->abbrev, set, err);
	case Q_VERBOSE:
		return set_calls(o, &v->verbose, set, err);
	case Q_RAW:
		return set_calls(o, &v->raw, set, err);
	case Q_STATUS:
		return rn_views_set_status(v, set, err);
	case Q_READ:
		return rn_views_set_fds(&v->read, set, err);
	case Q_WRITE:
		return rn_views_set_fds(&v->write, set, err);
	case Q_SIGNAL:
		return rn_views_set_signals(v, set, err);
	case Q_INJECT:
		return rn_fail(err, RN_E_USAGE, "%s: tampering with system calls is not supported",
			set);
	case Q_KVM:
		return rn_fail(err, RN_E_USAGE, "%s: the exits of virtual CPUs are not supported", set);
	}
	return 0;
}

static int qualify_each(struct rn_strace_options *o, enum qualifier q, const struct rn_strings *sets,
	struct rn_error *err)
{
	int rc = 0;
	for (size_t i = 0; i < sets->n && !rc; i++)
		rc = qualify_as(o, q, sets->item[i], err);
	return rc;
}

/* Where two spellings of a wish would contradict each other; what is beyond us. */
static int check(const struct rn_strace_options *o, struct rn_error *err)
{
	const struct rn_report_options *r = &o->live.report;
	const struct {
		bool wrong;
		const char *message;
	} checks[] = {
		{ r->clock && r->absolute, "-t and --absolute-timestamps cannot be provided simultaneously" },
		{ r->hex && r->hex_words, "-x and --strings-in-hex cannot be provided simultaneously" },
		{ r->quiet && o->quiet_given, "-q and -e quiet/--quiet cannot be provided simultaneously" },
		{ r->fds && o->fds_given, "-y and --decode-fds cannot be provided simultaneously" },
		{ r->summary && r->list_too, "-c/--summary-only and -C/--summary are mutually exclusive" },
		{ o->wall_clock && !r->summary && !r->list_too, "-w/--summary-wall-clock must be given "
			"with (-c/--summary-only or -C/--summary)" },
		{ o->detach_on.n, "-b/--detach-on: leaving a process at its execve is not supported" },
		{ o->daemonized || o->daemonize.n, "-D/--daemonize is not supported: the tracer is always the "
			"parent of the command" },
		{ o->stacks, "-k/--stack-traces is not supported here: record with renacer-record, whose "
			"traces have the stacks" },
	};
	for (size_t i = 0; i < sizeof(checks) / sizeof(*checks); i++)
		if (checks[i].wrong)
			return rn_fail(err, RN_E_USAGE, "%s", checks[i].message);
	return 0;
}

/* Sets of -e in order, then those of long options: of a kind the last counts. */
static int qualify_all(struct rn_strace_options *o, struct rn_error *err)
{
	int rc = 0;
	for (size_t i = 0; i < o->expressions.n && !rc; i++) {
		const char *set = o->expressions.item[i];
		enum qualifier q = qualifier_of(&set);
		o->quiet_given |= q == Q_QUIET;
		o->fds_given |= q == Q_FDS;
		rc = qualify_as(o, q, set, err);
	}
	const struct {
		enum qualifier q;
		const struct rn_strings *sets;
	} options[] = {
		{ Q_TRACE, &o->trace }, { Q_SIGNAL, &o->signals }, { Q_READ, &o->reads },
		{ Q_WRITE, &o->writes }, { Q_STATUS, &o->statuses }, { Q_ABBREV, &o->abbrevs },
		{ Q_VERBOSE, &o->verboses }, { Q_RAW, &o->raws }, { Q_QUIET, &o->quiets },
		{ Q_FDS, &o->fd_sets }, { Q_PIDS, &o->pid_sets }, { Q_INJECT, &o->inject },
		{ Q_KVM, &o->kvm },
	};
	for (size_t i = 0; i < sizeof(options) / sizeof(*options) && !rc; i++)
		rc = qualify_each(o, options[i].q, options[i].sets, err);
	o->quiet_given |= o->quiets.n > 0;
	o->fds_given |= o->fd_sets.n > 0;
	return rc;
}

static void settle_ways(struct rn_strace_options *o)
{
	struct rn_report_options *r = &o->live.report;
	struct rn_views *v = &r->views;
	static const unsigned levels[] = { 0, RN_QUIET_ATTACH | RN_QUIET_PERSONALITY,
		RN_QUIET_ATTACH | RN_QUIET_PERSONALITY | RN_QUIET_EXIT, RN_QUIET_ALL };
	if (r->quiet)
		v->quiet = levels[r->quiet < 3 ? r->quiet : 3];
	r->quiet = 0; /* told to the report by v->quiet */
	bool attaches = v->quiet & RN_QUIET_ATTACH;
	o->ways.pid_column = r->follow && r->output && !r->separately;
	o->ways.births = !attaches && (r->pids.n || (r->follow && !r->output));
	r->ways = &o->ways;
	r->format = "text";
	if (o->results)
		v->statuses = o->results;
	if (o->pidns)
		v->pids |= RN_PIDS_NS;
	if (o->no_abbrev)
		v->abbrev = "none";
}

int rn_strace_translate(struct rn_strace_options *o, struct rn_error *err)
{
	struct rn_report_options *r = &o->live.report;
	if (!r->output && r->follow > 1)
		r->follow = 1; /* without a file -ff is -f */
	int rc = rn_report_prepare(r, err);
	if (!rc)
		rc = qualify_all(o, err);
	if (!rc)
		rc = check(o, err);
	if (!rc)
		settle_ways(o);
	return rc;
}

void rn_strace_options_fini(struct rn_strace_options *o)
{
	struct rn_strings *const lists[] = { &o->expressions, &o->trace, &o->signals, &o->statuses,
		&o->reads, &o->writes, &o->inject, &o->abbrevs, &o->verboses, &o->raws, &o->quiets,
		&o->fd_sets, &o->pid_sets, &o->kvm, &o->detach_on, &o->daemonize, &o->overhead,
		&o->tips };
	rn_live_options_fini(&o->live);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		rn_strings_fini(lists[i]);
	rn_arena_fini(&o->text);
}
