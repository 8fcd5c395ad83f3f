/* SPDX-License-Identifier: MIT */
#include "analyze/strace/options.h"

#include "analyze/analysis/summary.h"

#include <stdlib.h>
#include <string.h>

/* Of -z and -Z the last one counts, and strace says so. */
static int store_result(struct rn_strace_results *field, unsigned status)
{
	field->contrary |= field->wanted && field->wanted != status;
	field->wanted = status;
	return 0;
}

static int store_successful(void *field, const char *value, struct rn_error *err)
{
	(void)value, (void)err;
	return store_result(field, RN_STATUS_SUCCESSFUL);
}

static int store_failed(void *field, const char *value, struct rn_error *err)
{
	(void)value, (void)err;
	return store_result(field, RN_STATUS_FAILED);
}

static const struct rn_word interruptible_words[] = {
	{ "1", 1, NULL }, { "anywhere", 1, NULL }, { "always", 1, NULL },
	{ "2", 2, NULL }, { "waiting", 2, NULL },
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
	{ 0, "follow-forks", RN_COUNTER(O, follow_long),
		.help = "trace children and threads, too" },
	{ 'f', NULL, RN_COUNTER(O, live.report.follow),
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
	{ 0, "inject", RN_STRINGS(O, inject), .argument = "RULE",
		.help = "SET:error=ERRNO|:retval=N:signal=SIG:syscall=PURE:delay_enter=TIME:delay_exit=TIME:"
			"poke_enter=@argN=HEX:poke_exit=@argN=HEX:when=EXPR: tamper with calls" },
	{ 0, "fault", RN_STRINGS(O, fault), .argument = "RULE",
		.help = "SET[:error=ERRNO][:when=EXPR]: let calls fail, with ENOSYS where no error is given" },
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
	{ 'o', "output", RN_STRING(O, live.report.output), .argument = "FILE", .grants = RN_OPTION_WRITES,
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

void rn_strace_options_fini(struct rn_strace_options *o)
{
	struct rn_strings *const lists[] = { &o->expressions, &o->trace, &o->signals, &o->statuses,
		&o->reads, &o->writes, &o->inject, &o->fault, &o->abbrevs, &o->verboses, &o->raws, &o->quiets,
		&o->fd_sets, &o->pid_sets, &o->kvm, &o->detach_on, &o->daemonize, &o->overhead,
		&o->tips };
	rn_live_options_fini(&o->live);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++)
		rn_strings_fini(lists[i]);
	rn_arena_fini(&o->text);
	rn_buffer_fini(&o->messages);
}
