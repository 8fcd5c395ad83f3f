/* SPDX-License-Identifier: MIT */
/* One `complete` line per option; a condition tells the commands apart. */
#include "shared/option_completion.h"
#include "shared/option_docs.h"

static const char *const offers[RN_OFFERS] = {
	[RN_OFFER_NOTHING] = " -x", [RN_OFFER_FILES] = " -r -F",
	[RN_OFFER_FOLDERS] = " -x -a '(__fish_complete_directories)'",
	[RN_OFFER_PIDS] = " -x -a '(__fish_complete_pids)'",
	[RN_OFFER_USERS] = " -x -a '(__fish_complete_users)'",
	[RN_OFFER_COMMANDS] = " -x -a '(__fish_complete_command)'",
};

static void put_quoted(FILE *out, const char *text)
{
	fputc('\'', out);
	for (; *text; text++)
		fprintf(out, "%s%c", *text == '\'' || *text == '\\' ? "\\" : "", *text);
	fputc('\'', out);
}

static void print_offer(FILE *out, const struct rn_option *o)
{
	enum rn_offer offer = rn_option_offer(o);
	if (offer != RN_OFFER_WORDS && offer != RN_OFFER_FILTERS) {
		fputs(offers[offer], out);
		return;
	}
	fputs(" -x -a '", out);
	if (offer == RN_OFFER_WORDS)
		rn_completion_words(out, o, " ");
	else
		rn_completion_classes(out, "trace=");
	fputc('\'', out);
}

static void print_option(FILE *out, const struct rn_option *o, const char *program,
	const char *condition)
{
	fprintf(out, "complete -c %s -n \"%s\"", program, condition);
	if (o->short_name)
		fprintf(out, " -s %c", o->short_name);
	if (o->long_name)
		fprintf(out, " -l %s", o->long_name);
	fputs(" -d ", out);
	put_quoted(out, o->help ? o->help : "");
	if (rn_option_takes(o) != RN_TAKES_NOTHING)
		print_offer(out, o);
	fputc('\n', out);
}

static void print_options(FILE *out, const struct rn_cli *cli, const char *program,
	const char *condition)
{
	for (struct rn_option_walk w = { .cli = cli }; rn_option_step_told(&w); )
		print_option(out, w.row, program, condition);
}

static void print_commands(FILE *out, const struct rn_cli *cli, const char *all)
{
	char condition[160];
	for (size_t i = 0; i < cli->n_commands; i++) {
		const struct rn_cli *command = &cli->commands[i];
		fprintf(out, "complete -c %s -n \"not __fish_seen_subcommand_from %s\" -a %s -d ",
			cli->name, all, rn_cli_last_word(command));
		put_quoted(out, command->summary);
		fputc('\n', out);
		snprintf(condition, sizeof(condition), "__fish_seen_subcommand_from %.100s",
			rn_cli_last_word(command));
		print_options(out, command, cli->name, condition);
	}
}

void rn_cli_fish(FILE *out, const struct rn_cli *cli)
{
	struct rn_buffer all = RN_BUFFER_INIT, condition = RN_BUFFER_INIT;
	for (size_t i = 0; i < cli->n_commands; i++)
		rn_put_format(&all, "%s%s", i ? " " : "", rn_cli_last_word(&cli->commands[i]));
	if (cli->n_commands)
		rn_put_format(&condition, "not __fish_seen_subcommand_from %s",
			rn_buffer_cstr(&all));
	else
		rn_put_text(&condition, "true");
	fputs("# fish completion, made from the option tables of the program.\n", out);
	print_options(out, cli, cli->name, rn_buffer_cstr(&condition));
	print_commands(out, cli, rn_buffer_cstr(&all));
	if (rn_cli_offer(cli) == RN_OFFER_COMMANDS)
		fprintf(out, "complete -c %s -n \"%s\" -x -a '(__fish_complete_subcommand)'\n",
			cli->name, rn_buffer_cstr(&condition));
	rn_buffer_fini(&all);
	rn_buffer_fini(&condition);
}
