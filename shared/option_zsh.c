/* SPDX-License-Identifier: MIT */
/* One call of _arguments per command; its specifications are quoted once for the shell and once for
 * _arguments itself. */
#include "shared/option_completion.h"
#include "shared/option_docs.h"

static const char *const offers[RN_OFFERS] = {
	[RN_OFFER_NOTHING] = " ", [RN_OFFER_FILES] = "_files", [RN_OFFER_FOLDERS] = "_files -/",
	[RN_OFFER_PIDS] = "_pids", [RN_OFFER_USERS] = "_users",
	[RN_OFFER_COMMANDS] = "_command_names -e",
};

/* The explanation of an option, within '[..]'. */
static void put_explanation(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs("'\\''", out);
		else if (strchr("[]:\\", *text))
			fprintf(out, "\\%c", *text);
		else
			fputc(*text, out);
	}
}

static void print_argument(FILE *out, const struct rn_option *o)
{
	enum rn_takes takes = rn_option_takes(o);
	enum rn_offer offer = rn_option_offer(o);
	if (takes == RN_TAKES_NOTHING)
		return;
	fprintf(out, "%s:%s:", takes == RN_TAKES_PERHAPS ? ":" : "",
		o->argument ? o->argument : "word");
	if (offer == RN_OFFER_WORDS) {
		fputc('(', out);
		rn_completion_words(out, o, " ");
		fputc(')', out);
	} else if (offer == RN_OFFER_FILTERS) {
		fputc('(', out);
		rn_completion_classes(out, "trace=");
		fputc(')', out);
	} else {
		fputs(offers[offer], out);
	}
}

/* '*-o+[..]:FILE:_files': repeated at will, the argument behind it or in the same word. */
static void print_spelling(FILE *out, const struct rn_option *o, bool is_long)
{
	enum rn_takes takes = rn_option_takes(o);
	fputs(" \\\n\t\t'*", out);
	if (is_long)
		fprintf(out, "--%s", o->long_name);
	else
		fprintf(out, "-%c", o->short_name);
	if (takes != RN_TAKES_NOTHING)
		fputs(is_long ? (takes == RN_TAKES_PERHAPS ? "=-" : "=")
			: (takes == RN_TAKES_PERHAPS ? "-" : "+"), out);
	fputc('[', out);
	put_explanation(out, o->help ? o->help : "");
	fputc(']', out);
	print_argument(out, o);
	fputc('\'', out);
}

static void print_function(FILE *out, const struct rn_cli *cli, const char *program,
	const char *command)
{
	rn_completion_function(out, program, command);
	fputs("()\n{\n\t_arguments -s -S", out);
	for (struct rn_option_walk w = { .cli = cli }; rn_option_step_told(&w); ) {
		if (w.row->short_name)
			print_spelling(out, w.row, false);
		if (w.row->long_name)
			print_spelling(out, w.row, true);
	}
	if (rn_cli_offer(cli) == RN_OFFER_COMMANDS)
		fputs(" \\\n\t\t'(-)1:command:_command_names -e' \\\n\t\t'*::argument:_normal'\n}\n\n", out);
	else
		fputs(" \\\n\t\t'*:trace:_files'\n}\n\n", out);
}

static void print_commands(FILE *out, const struct rn_cli *cli)
{
	fputs("if ((CURRENT == 2)); then\n\tlocal -a commands=(", out);
	for (size_t i = 0; i < cli->n_commands; i++) {
		fprintf(out, "\n\t\t'%s:", rn_cli_last_word(&cli->commands[i]));
		put_explanation(out, cli->commands[i].summary);
		fputc('\'', out);
	}
	fputs("\n\t)\n\t_describe command commands\nfi\n"
		"if ((CURRENT > 2)) && (($+functions[", out);
	rn_completion_function(out, cli->name, "$words[2]");
	fputs("])); then\n\tshift words\n\t((CURRENT--))\n\t", out);
	rn_completion_function(out, cli->name, "$words[1]");
	fputs("\n\treturn\nfi\n", out);
}

void rn_cli_zsh(FILE *out, const struct rn_cli *cli)
{
	fprintf(out, "#compdef %s\n# zsh completion, made from the option tables of the program.\n\n",
		cli->name);
	print_function(out, cli, cli->name, NULL);
	for (size_t i = 0; i < cli->n_commands; i++)
		print_function(out, &cli->commands[i], cli->name,
			rn_cli_last_word(&cli->commands[i]));
	if (cli->n_commands)
		print_commands(out, cli);
	rn_completion_function(out, cli->name, NULL);
	fputc('\n', out);
}
