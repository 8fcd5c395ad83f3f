/* SPDX-License-Identifier: MIT */
/**
 * command - the verbs of renacer-analyze: report, info, verify, ..
 *
 * Plug-ins are const structs with one line in analyze/command/all.c. main finds
 * the command by the first word of the command line (none: report), fills its
 * options from the table (shared/option.h), answers --help and --version, and
 * prints the error a command returns. A command writes its report to the stream
 * of analyze/command/output.h; it never writes to stderr but for warnings of its own
 * through rn_warn (shared/diag.h), and never exits.
 */
#ifndef RN_ANALYZE_COMMAND_COMMAND_H
#define RN_ANALYZE_COMMAND_COMMAND_H

#include "shared/error.h"

#include <stddef.h>

struct rn_option;

/* Exit codes. main turns a negative RN_E_* into one: RN_E_USAGE 2, everything else 3. */
enum rn_exit {
	RN_EXIT_FINE = 0,
	RN_EXIT_FINDINGS = 1, /* what was asked to be looked for was found, or an assertion failed */
	RN_EXIT_USAGE = 2,
	RN_EXIT_UNREADABLE = 3, /* no trace, not a trace, or too damaged to answer */
};

struct rn_command {
	const char *name;                /* "info" */
	const char *summary;             /* one sentence without period: "tell what is in a trace" */
	const char *const *synopsis;     /* without the name: "[OPTIONS] [TRACE]"; NULL ends */
	const struct rn_option *options; /* ends with RN_OPTIONS_END */
	size_t options_size;             /* of the zeroed struct that the options fill */
	/** argv: the operands, argv[argc] is NULL. An exit code, or a negative RN_E_*. */
	int (*run)(void *options, int argc, char **argv, struct rn_error *err);
	/** Frees what the options hold (struct rn_strings); NULL: nothing. Called after run, and when
	 *  the options were wrong. */
	void (*fini)(void *options);
};

extern const struct rn_command *const rn_commands[]; /* NULL ends it; sorted by name */
/** NULL when there is none of that name. */
const struct rn_command *rn_command_find(const char *name);

/** The trace a command reads when none is named. */
#define RN_DEFAULT_TRACE "renacer.rnt"
/** The one operand of most commands: argv[0], the default when there is none, RN_E_USAGE when
 *  there is more than one. */
int rn_command_trace(const char **path, int argc, char **argv, struct rn_error *err);

#endif
