/* SPDX-License-Identifier: MIT */
#include "analyze/command/cli.h"

#include "shared/diag.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void describe_command(struct rn_command_cli *d, const struct rn_command *c)
{
	struct rn_option_set *set = d->command_set[d->cli.n_commands];
	struct rn_cli *cli = &d->command[d->cli.n_commands++];
	*cli = (struct rn_cli){ .name = c->name, .summary = c->summary, .synopsis = c->synopsis,
		.sets = set, .options_first = c->options_first };
	for (size_t i = 0; i < RN_COMMAND_TABLES && c->options[i]; i++)
		set[cli->n_sets++] = (struct rn_option_set){ c->options[i], NULL };
	set[cli->n_sets++] = (struct rn_option_set){ rn_sandbox_option_rows, NULL };
}

void rn_command_describe(struct rn_command_cli *d, const struct rn_command *c, const char *name,
	void *options, bool with_commands)
{
	memset(d, 0, sizeof(*d));
	snprintf(d->name, sizeof(d->name), "%s", name);
	d->cli = (struct rn_cli){ .name = d->name, .summary = c->summary, .synopsis = c->synopsis,
		.sets = d->set, .options_first = c->options_first };
	for (size_t i = 0; i < RN_COMMAND_TABLES && c->options[i]; i++)
		d->set[d->cli.n_sets++] = (struct rn_option_set){ c->options[i], options };
	d->set[d->cli.n_sets++] = (struct rn_option_set){ rn_sandbox_option_rows, &d->sandbox };
	d->set[d->cli.n_sets++] = (struct rn_option_set){ rn_cli_standard, &d->wishes };
	if (!with_commands)
		return;
	d->cli.commands = d->command;
	for (size_t i = 0; rn_commands[i] && i < RN_COMMANDS_MAX; i++)
		describe_command(d, rn_commands[i]);
}

/* A reader that went away got what it wanted. */
static int exit_code_of(int rc)
{
	if (rc >= 0)
		return rc;
	if (rc == RN_E_PIPE)
		return RN_EXIT_FINE;
	return rc == RN_E_USAGE ? RN_EXIT_USAGE : RN_EXIT_UNREADABLE;
}

static int finish(struct rn_diag *diag, int rc, const struct rn_error *err)
{
	if (rc == RN_E_USAGE)
		rn_diag_usage(diag, err);
	else if (rc < 0 && rc != RN_E_PIPE)
		rn_diag_error(diag, err);
	return exit_code_of(rc);
}

static int run(const struct rn_command *c, struct rn_command_cli *d, void *options, struct rn_invocation *in,
	struct rn_error *err)
{
	struct rn_grants grants;
	int rc = rn_grants_init(&grants, c, &d->cli, in, &d->sandbox, err);
	in->sandbox = &grants.rules;
	if (!rc && !c->sandbox_late)
		rc = rn_sandbox_enter(&grants.rules, err);
	rc = rc < 0 ? rc : c->run(options, in, err); /* RN_END: there is no sandbox to be had */
	rn_grants_fini(&grants);
	return rc;
}

int rn_command_main(const struct rn_command *c, const char *name, const char *program, int argc,
	char **argv)
{
	struct rn_error err = { 0 };
	struct rn_operands rest;
	struct rn_command_cli d;
	struct rn_diag diag;
	rn_diag_init(&diag, name, stderr);
	void *options = calloc(1, c->options_size + 1);
	int rc = options ? 0 : rn_fail(&err, RN_E_NOMEM, "out of memory");
	rn_command_describe(&d, c, name, options,
		!strchr(name, ' ') && rn_command_find(c->name) == c);
	if (!rc)
		rc = rn_options_parse(&d.cli, argc, argv, &rest, &err);
	if (!rc && !rn_cli_answer(stdout, &d.cli, &d.wishes)) {
		struct rn_invocation in = { program, argc - rest.first, argv + rest.first,
			rest.dashes && rest.after_dashes == rest.first, &diag, NULL,
			(rest.dashes ? rest.after_dashes : argc) - rest.first };
		rc = run(c, &d, options, &in, &err);
	}
	int status = finish(&diag, rc, &err);
	if (rc < 0 && rc != RN_E_PIPE && c->failure)
		status = c->failure;
	if (options && c->fini)
		c->fini(options);
	free(options);
	rn_diag_fini(&diag);
	return status;
}
