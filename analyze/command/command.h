/* SPDX-License-Identifier: MIT */
/**
 * command - the verbs of renacer-analyze: report, info, verify, ..
 *
 * Plug-ins are const structs with one line in analyze/command/all.c. main finds
 * the command by the first word of the command line (none: report), fills its
 * options from the table (shared/option.h), answers --help and --version, and
 * prints the error a command returns. A command writes its report to the stream
 * of analyze/command/output.h and its warnings to the diag it is given; it never
 * exits.
 */
#ifndef RN_ANALYZE_COMMAND_COMMAND_H
#define RN_ANALYZE_COMMAND_COMMAND_H

#include "shared/error.h"

#include <stdbool.h>
#include <stddef.h>

struct rn_diag;
struct rn_option;
struct rn_sandbox_rules;

/* Exit codes. main turns a negative RN_E_* into one: RN_E_USAGE 2, everything else 3. */
enum rn_exit {
	RN_EXIT_FINE = 0,
	RN_EXIT_FINDINGS = 1, /* what was asked to be looked for was found, or an assertion failed */
	RN_EXIT_USAGE = 2,
	RN_EXIT_UNREADABLE = 3, /* no trace, not a trace, or too damaged to answer */
};

/* What a command is started with. Everything is borrowed. */
struct rn_invocation {
	const char *program; /* argv[0] of the process */
	int argc;            /* the operands; argv[argc] is NULL */
	char **argv;
	bool dashes;         /* the first operand stands behind `--` */
	struct rn_diag *diag;
	const struct rn_sandbox_rules *sandbox; /* entered already, unless the command has sandbox_late */
	int in_front;        /* operands in front of `--`; argc when there is none */
};

/* What a command needs besides reading files and what its options say (enum rn_option_grant). */
enum rn_command_grant {
	RN_GRANT_INDEX = 1,   /* the index of each operand: made, renamed, removed */
	RN_GRANT_TRACE = 2,   /* each operand is replaced */
	RN_GRANT_HISTORY = 4, /* of a prompt, in the user's folder */
	RN_GRANT_NETWORK = 8, /* whatever its options */
};

#define RN_COMMAND_TABLES 6

struct rn_command {
	const char *name;                /* "info" */
	const char *summary;             /* one sentence without period: "tell what is in a trace" */
	const char *const *synopsis;     /* without the name: "[OPTIONS] [TRACE]"; NULL ends */
	/* Tables that fill one struct, each ending with RN_OPTIONS_END; unused ones NULL. */
	const struct rn_option *options[RN_COMMAND_TABLES];
	size_t options_size;             /* of that struct, zeroed before */
	bool options_first;              /* the first operand ends the options: a command to trace */
	unsigned grants;                 /* enum rn_command_grant */
	bool sandbox_late;               /* it starts programs first, and enters the sandbox itself */
	int failure;                     /* exit status of every error; 0: those of enum rn_exit */
	/** An exit code, or a negative RN_E_*. */
	int (*run)(void *options, const struct rn_invocation *in, struct rn_error *err);
	/** Frees what the options hold (struct rn_strings); NULL: nothing. Called after run, and when
	 *  the options were wrong. */
	void (*fini)(void *options);
};

extern const struct rn_command *const rn_commands[]; /* NULL ends it; sorted by name */
/** The program `renacer`, which is no verb of renacer-analyze (live.c). */
extern const struct rn_command rn_command_live;
/** `renacer --strace`, whose command line is strace's (strace/command.c). */
extern const struct rn_command rn_command_strace;
/** NULL when there is none of that name. */
const struct rn_command *rn_command_find(const char *name);

/** The trace a command reads when none is named. */
#define RN_DEFAULT_TRACE "renacer.rnt"
/** The one operand of most commands, the default when there is none, RN_E_USAGE when there is
 *  more than one. */
int rn_command_trace(const char **path, const struct rn_invocation *in, struct rn_error *err);

#endif
