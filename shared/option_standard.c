/* SPDX-License-Identifier: MIT */
/* The options of every command line, and the answers to them. */
#include "shared/option_docs.h"

#include "shared/filter_docs.h"
#include "shared/option_value.h"

/* One list for the words and what they print. X(word, function) */
#define DESCRIPTIONS(X) \
	X("man-synopsis", rn_cli_man_synopsis) \
	X("man-options", rn_cli_man_options) \
	X("man-classes", rn_cli_man_classes) \
	X("commands", print_commands) \
	X("bash", rn_cli_bash) \
	X("zsh", rn_cli_zsh) \
	X("fish", rn_cli_fish)

/* The same for every command line. */
static void rn_cli_man_classes(FILE *out, const struct rn_cli *cli)
{
	(void)cli;
	rn_filter_man_classes(out);
}

/* "name summary", a line each. */
static void print_commands(FILE *out, const struct rn_cli *cli)
{
	for (size_t i = 0; i < cli->n_commands; i++)
		fprintf(out, "%s %s\n", rn_cli_last_word(&cli->commands[i]), cli->commands[i].summary);
}

enum description {
	NO_DESCRIPTION,
#define X(word, function) WORD_##function,
	DESCRIPTIONS(X)
#undef X
};

static const struct rn_word words[] = {
#define X(word, function) { word, WORD_##function, NULL },
	DESCRIPTIONS(X)
#undef X
	{ NULL, 0, NULL }
};

static void (*const describe[])(FILE *out, const struct rn_cli *cli) = {
#define X(word, function) [WORD_##function] = function,
	DESCRIPTIONS(X)
#undef X
};

const struct rn_option rn_cli_standard[] = {
	{ RN_HEADING("Help") },
	{ 'h', "help", RN_FLAG(struct rn_cli_wishes, help), .help = "print this text" },
	{ 'V', "version", RN_FLAG(struct rn_cli_wishes, version), .help = "print the version" },
	{ 0, "describe", RN_WORD(struct rn_cli_wishes, describe, words), .hidden = true },
	{ RN_OPTIONS_END },
};

bool rn_cli_answer(FILE *out, const struct rn_cli *cli, const struct rn_cli_wishes *wishes)
{
	if (wishes->help)
		rn_cli_help(out, cli);
	else if (wishes->version)
		fprintf(out, "%s %s\n", cli->name, RN_VERSION);
	else if (wishes->describe != NO_DESCRIPTION)
		describe[wishes->describe](out, cli);
	else
		return false;
	return true;
}
