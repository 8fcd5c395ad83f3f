/* SPDX-License-Identifier: MIT */
/**
 * grants - what a command line needs of the world, as rules of a sandbox: of the command (enum rn_command_grant)
 * and of the options that were given (enum rn_option_grant).
 */
#ifndef RN_ANALYZE_COMMAND_GRANTS_H
#define RN_ANALYZE_COMMAND_GRANTS_H

#include "analyze/command/command.h"
#include "analyze/sandbox/sandbox.h"
#include "shared/option.h"

#define RN_GRANTS_TREES 6

struct rn_sandbox_options {
	int mode; /* enum rn_sandbox_mode */
};
/** --sandbox; every command has it. */
extern const struct rn_option rn_sandbox_option_rows[];

struct rn_grants {
	struct rn_sandbox_rules rules; /* borrows what is here */
	struct rn_strings files;
	char **owned;                  /* index paths, for rn_grants_fini */
	size_t n_owned;
	char *tree[RN_GRANTS_TREES + 1];
	size_t n_trees;
};

/** cli: of command c, its options parsed. RN_E_NOMEM. rn_grants_fini after success and failure alike. */
int rn_grants_init(struct rn_grants *g, const struct rn_command *c, const struct rn_cli *cli,
	const struct rn_invocation *in, const struct rn_sandbox_options *o, struct rn_error *err);
void rn_grants_fini(struct rn_grants *g);

#endif
