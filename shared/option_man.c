/* SPDX-License-Identifier: MIT */
#include "shared/option_docs.h"

#include "shared/option_value.h"

#include <ctype.h>

/* Text of man(7): what it would take for a request, an escape or a hyphen is escaped. */
static void put_roff(FILE *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '\\')
			fputs("\\e", out);
		else if (*text == '-')
			fputs("\\-", out);
		else
			fputc(*text, out);
	}
}

static void put_font(FILE *out, char font, const char *text)
{
	fprintf(out, "\\f%c", font);
	put_roff(out, text);
	fputs("\\fR", out);
}

static void print_words(FILE *out, const struct rn_option *o)
{
	for (const struct rn_word *w = o->words; w && w->word; w++) {
		if (!w->help)
			continue;
		fputs(".br\n", out);
		put_font(out, 'B', w->word);
		fputs(": ", out);
		put_roff(out, w->help);
		fputc('\n', out);
	}
}

static void print_argument(FILE *out, const struct rn_option *o)
{
	struct rn_buffer argument = RN_BUFFER_INIT;
	enum rn_takes takes = rn_option_takes(o);
	if (takes == RN_TAKES_NOTHING)
		return;
	rn_option_argument(&argument, o);
	fputs(takes == RN_TAKES_ONE ? " " : o->long_name ? "[=" : "[", out);
	put_font(out, 'I', rn_buffer_cstr(&argument));
	fputs(takes == RN_TAKES_ONE ? "" : "]", out);
	rn_buffer_fini(&argument);
}

static void print_option(FILE *out, const struct rn_option *o)
{
	fputs(".TP\n", out);
	if (o->short_name)
		fprintf(out, "\\fB\\-%c\\fR%s", o->short_name, o->long_name ? ", " : "");
	if (o->long_name) {
		fputs("\\fB\\-\\-", out);
		put_roff(out, o->long_name);
		fputs("\\fR", out);
	}
	print_argument(out, o);
	fputc('\n', out);
	put_roff(out, o->help ? o->help : "");
	fputc('\n', out);
	print_words(out, o);
	if (o->initial) {
		fputs(".br\nDefault: ", out);
		put_font(out, 'B', o->initial);
		fputc('\n', out);
	}
}

/* Headings are those of --help; those of a command would be too many. */
static void print_rows(FILE *out, const struct rn_option *rows, bool headings)
{
	const char *heading = NULL;
	for (const struct rn_option *o = rows; o->kind != RN_OPTION_END; o++) {
		if (o->kind == RN_OPTION_HEADING)
			heading = o->help;
		if (!rn_option_told(o))
			continue;
		if (heading && headings) {
			fputs(".SS ", out);
			put_roff(out, heading);
			fputc('\n', out);
		}
		heading = NULL;
		print_option(out, o);
	}
}

/* The lines of the synopsis; command is NULL for the program itself. */
/* The lines of the synopsis; command is NULL for the program itself. */
static void print_usage(FILE *out, const char *program, const char *command,
	const char *const *synopsis)
{
	for (size_t i = 0; synopsis && synopsis[i]; i++) {
		if (i)
			fputs(".br\n", out);
		put_font(out, 'B', program);
		if (command) {
			fputc(' ', out);
			put_font(out, 'B', command);
		}
		fputc(' ', out);
		put_roff(out, synopsis[i]);
		fputc('\n', out);
	}
}

void rn_cli_man_synopsis(FILE *out, const struct rn_cli *cli)
{
	fputs(".SH SYNOPSIS\n", out);
	print_usage(out, cli->name, NULL, cli->synopsis);
}

/* The command that is meant when none is named. */
static bool has_same_rows(const struct rn_cli *cli, const struct rn_cli *command)
{
	bool same = command->n_sets > 0 && cli->n_sets >= command->n_sets;
	for (size_t i = 0; same && i < command->n_sets; i++)
		same = cli->sets[i].rows == command->sets[i].rows;
	return same;
}

static void print_command(FILE *out, const struct rn_cli *cli, const struct rn_cli *command)
{
	fputs(".SS ", out);
	put_roff(out, rn_cli_last_word(command));
	fputc('\n', out);
	print_usage(out, cli->name, rn_cli_last_word(command), command->synopsis);
	fprintf(out, ".PP\n%c", toupper((unsigned char)command->summary[0]));
	put_roff(out, command->summary + 1);
	fputs(".\n", out);
	if (has_same_rows(cli, command)) {
		fputs("This is what is done when no command is named; its options are those above.\n",
			out);
		return;
	}
	for (size_t i = 0; i < command->n_sets; i++)
		print_rows(out, command->sets[i].rows, false);
}

void rn_cli_man_options(FILE *out, const struct rn_cli *cli)
{
	fputs(".SH OPTIONS\n", out);
	for (size_t i = 0; i < cli->n_sets; i++)
		print_rows(out, cli->sets[i].rows, true);
	if (cli->n_commands)
		fputs(".SH COMMANDS\n", out);
	for (size_t i = 0; i < cli->n_commands; i++)
		print_command(out, cli, &cli->commands[i]);
}
