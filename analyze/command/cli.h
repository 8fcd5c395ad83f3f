/* SPDX-License-Identifier: MIT */
/**
 * cli - a command of the analyzer as a command line: parsed, run and described.
 */
#ifndef RN_ANALYZE_COMMAND_CLI_H
#define RN_ANALYZE_COMMAND_CLI_H

#include "analyze/command/command.h"
#include "analyze/command/grants.h"
#include "shared/option.h"

#define RN_COMMANDS_MAX 32

/* A description and what it points to; do not copy. */
struct rn_command_cli {
	struct rn_cli cli;
	char name[64];
	struct rn_option_set set[RN_COMMAND_TABLES + 2];
	struct rn_sandbox_options sandbox;
	struct rn_cli_wishes wishes;
	struct rn_cli command[RN_COMMANDS_MAX];
	struct rn_option_set command_set[RN_COMMANDS_MAX][RN_COMMAND_TABLES + 1];
};

/** Describes c as started under `name` ("renacer-analyze info"). options: the struct to be filled;
 *  NULL when it is only to be described. with_commands: lists all commands, as the first one's help does. */
void rn_command_describe(struct rn_command_cli *d, const struct rn_command *c, const char *name,
	void *options, bool with_commands);

/** Parses argv[1..argc) as the command line of c, answers --help and --version on stdout, runs it,
 *  and prints its error. The exit status of the process. */
int rn_command_main(const struct rn_command *c, const char *name, const char *program, int argc,
	char **argv);

#endif
