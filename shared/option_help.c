/* SPDX-License-Identifier: MIT */
/* Names in one column, help wrapped in the other; a name too wide gets a line of its own. */
#include "shared/option.h"

#include "shared/option_value.h"

#include <ctype.h>

enum { WIDTH = 80, HELP_COLUMN = 28 };

/* Prints text from column `at` on, wrapped at WIDTH, further lines indented to `indent`. */
static void print_wrapped(FILE *out, const char *text, int at, int indent)
{
	bool first = true;
	while (*text) {
		int len = (int)strcspn(text, " \n");
		if (!first && at + 1 + len > WIDTH) {
			fprintf(out, "\n%*s", indent, "");
			at = indent;
			first = true;
		}
		at += fprintf(out, "%s%.*s", first ? "" : " ", len, text);
		first = false;
		text += len;
		text += strspn(text, " \n");
	}
	fputc('\n', out);
}

/* "-o, --output <FILE>", "    --stack[=<SIZE>]" */
static void put_names(struct rn_buffer *b, const struct rn_option *o)
{
	if (o->short_name)
		rn_put_format(b, "-%c%s", o->short_name, o->long_name ? ", " : "");
	else
		rn_put_text(b, "    ");
	if (o->long_name)
		rn_put_format(b, "--%s", o->long_name);
	enum rn_takes takes = rn_option_takes(o);
	if (takes == RN_TAKES_NOTHING)
		return;
	rn_put_text(b, takes == RN_TAKES_ONE ? " <" : o->long_name ? "[=<" : "[<");
	rn_option_argument(b, o);
	rn_put_text(b, takes == RN_TAKES_ONE ? ">" : ">]");
}

static void put_help(struct rn_buffer *b, const struct rn_option *o)
{
	rn_put_text(b, o->help ? o->help : "");
	if (o->initial)
		rn_put_format(b, " [default: %s]", o->initial);
}

static void print_two_columns(FILE *out, const char *left, const char *right)
{
	int at = fprintf(out, "  %s", left);
	if (at > HELP_COLUMN - 2) {
		fputc('\n', out);
		at = 0;
	}
	fprintf(out, "%*s", HELP_COLUMN - at, "");
	print_wrapped(out, right, HELP_COLUMN, HELP_COLUMN);
}

static void print_option(FILE *out, const struct rn_option *o)
{
	struct rn_buffer names = RN_BUFFER_INIT, help = RN_BUFFER_INIT;
	put_names(&names, o);
	put_help(&help, o);
	print_two_columns(out, rn_buffer_cstr(&names), rn_buffer_cstr(&help));
	rn_buffer_fini(&names);
	rn_buffer_fini(&help);
}

/* A heading is printed before the first told option below it; a set without one is "Options". */
static void print_set(FILE *out, const struct rn_option *rows)
{
	const char *heading = "Options";
	for (const struct rn_option *o = rows; o->kind != RN_OPTION_END; o++) {
		if (o->kind == RN_OPTION_HEADING)
			heading = o->help;
		if (!rn_option_told(o))
			continue;
		if (heading)
			fprintf(out, "\n%s:\n", heading);
		heading = NULL;
		print_option(out, o);
	}
}

const char *rn_cli_last_word(const struct rn_cli *cli)
{
	const char *space = strrchr(cli->name, ' ');
	return space ? space + 1 : cli->name;
}

void rn_cli_help(FILE *out, const struct rn_cli *cli)
{
	for (size_t i = 0; cli->synopsis[i]; i++)
		fprintf(out, "%s %s %s\n", i ? "      " : "Usage:", cli->name, cli->synopsis[i]);
	struct rn_buffer summary = RN_BUFFER_INIT;
	rn_put_format(&summary, "%c%s.", toupper((unsigned char)cli->summary[0]), cli->summary + 1);
	fputc('\n', out);
	print_wrapped(out, rn_buffer_cstr(&summary), 0, 0);
	rn_buffer_fini(&summary);
	for (size_t i = 0; i < cli->n_commands; i++) {
		if (!i)
			fputs("\nCommands:\n", out);
		print_two_columns(out, rn_cli_last_word(&cli->commands[i]),
			cli->commands[i].summary);
	}
	for (size_t i = 0; i < cli->n_sets; i++)
		print_set(out, cli->sets[i].rows);
}
