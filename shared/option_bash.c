/* SPDX-License-Identifier: MIT */
/* One function per command: what follows an option, else options, else operands. bash splits words
 * at "=", so that --name=VALUE arrives as three of them. */
#include "shared/option_completion.h"
#include "shared/option_docs.h"

static const char *const offers[RN_OFFERS] = {
	[RN_OFFER_FILES] = "-f", [RN_OFFER_FOLDERS] = "-d", [RN_OFFER_USERS] = "-u",
	[RN_OFFER_COMMANDS] = "-c", [RN_OFFER_PIDS] = "-W \"$(cd /proc && echo [0-9]*)\"",
	[RN_OFFER_FILTERS] = "-W trace=; compopt -o nospace 2>/dev/null",
};

static void print_argument(FILE *out, const struct rn_option *o)
{
	enum rn_offer offer = rn_option_offer(o);
	fputs("\t", out);
	if (o->short_name)
		fprintf(out, "-%c%s", o->short_name, o->long_name ? "|" : "");
	if (o->long_name)
		fprintf(out, "--%s", o->long_name);
	fputs(") ", out);
	if (offer == RN_OFFER_WORDS) {
		fputs("_renacer_offer -W '", out);
		rn_completion_words(out, o, " ");
		fputs("'; ", out);
	} else if (offers[offer]) {
		fprintf(out, "_renacer_offer %s; ", offers[offer]);
	}
	fputs("return ;;\n", out);
}

static void print_function(FILE *out, const struct rn_cli *cli, const char *program,
	const char *command)
{
	rn_completion_function(out, program, command);
	fputs("()\n{\n\tcase $prev in\n", out);
	for (struct rn_option_walk w = { .cli = cli }; rn_option_step_told(&w); )
		if (rn_option_takes(w.row) != RN_TAKES_NOTHING)
			print_argument(out, w.row);
	fputs("\ttrace) _renacer_offer -W '", out);
	rn_completion_classes(out, "");
	fputs("'; return ;;\n\tesac\n\tif [[ $cur == -* ]]; then\n\t\t_renacer_offer -W '", out);
	for (struct rn_option_walk w = { .cli = cli }; rn_option_step_told(&w); ) {
		if (w.row->short_name)
			fprintf(out, "-%c ", w.row->short_name);
		if (w.row->long_name)
			fprintf(out, "--%s ", w.row->long_name);
	}
	fprintf(out, "'\n\telse\n\t\t_renacer_offer %s\n\tfi\n}\n\n", offers[rn_cli_offer(cli)]);
}

/* The first word chooses between the commands and what the program does without one. */
static void print_commands(FILE *out, const struct rn_cli *cli)
{
	fputs("\tcase $COMP_CWORD,${COMP_WORDS[1]} in\n\t1,*) ;;\n", out);
	for (size_t i = 0; i < cli->n_commands; i++) {
		const char *command = rn_cli_last_word(&cli->commands[i]);
		fprintf(out, "\t*,%s) ", command);
		rn_completion_function(out, cli->name, command);
		fputs("; return ;;\n", out);
	}
	fputs("\tesac\n", out);
}

static void print_entry(FILE *out, const struct rn_cli *cli)
{
	rn_completion_function(out, cli->name, "");
	fputs("()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
		"\tif [[ $cur == = ]]; then\n\t\tcur=\n"
		"\telif [[ $prev == = ]]; then\n\t\tprev=${COMP_WORDS[COMP_CWORD-2]}\n\tfi\n", out);
	if (cli->n_commands)
		print_commands(out, cli);
	fputc('\t', out);
	rn_completion_function(out, cli->name, NULL);
	if (cli->n_commands) {
		fputs("\n\tif ((COMP_CWORD == 1)); then\n\t\tCOMPREPLY+=($(compgen -W '", out);
		for (size_t i = 0; i < cli->n_commands; i++)
			fprintf(out, "%s ", rn_cli_last_word(&cli->commands[i]));
		fputs("' -- \"$cur\"))\n\tfi", out);
	}
	fputs("\n}\n\ncomplete -o filenames -o bashdefault -F ", out);
	rn_completion_function(out, cli->name, "");
	fprintf(out, " %s\n", cli->name);
}

void rn_cli_bash(FILE *out, const struct rn_cli *cli)
{
	fputs("# bash completion, made from the option tables of the program.\n"
		"_renacer_offer()\n{\n\tmapfile -t COMPREPLY < <(compgen \"$@\" -- \"$cur\")\n}\n\n", out);
	print_function(out, cli, cli->name, NULL);
	for (size_t i = 0; i < cli->n_commands; i++)
		print_function(out, &cli->commands[i], cli->name,
			rn_cli_last_word(&cli->commands[i]));
	print_entry(out, cli);
}
