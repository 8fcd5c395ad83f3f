/* SPDX-License-Identifier: MIT */
#include "shared/option_completion.h"

#include "shared/syscall.h"

static const struct {
	const char *argument;
	enum rn_offer offer;
} conventions[] = {
	{ "FILE", RN_OFFER_FILES }, { "TRACE", RN_OFFER_FILES }, { "DIR", RN_OFFER_FOLDERS },
	{ "PID", RN_OFFER_PIDS }, { "USER", RN_OFFER_USERS }, { "COMMAND", RN_OFFER_COMMANDS },
	{ "trace=SPEC", RN_OFFER_FILTERS },
};

enum rn_offer rn_option_offer(const struct rn_option *o)
{
	for (size_t i = 0; o->argument && i < sizeof(conventions) / sizeof(conventions[0]); i++)
		if (!strcmp(o->argument, conventions[i].argument))
			return conventions[i].offer;
	return o->words ? RN_OFFER_WORDS : RN_OFFER_NOTHING;
}

enum rn_offer rn_cli_offer(const struct rn_cli *cli)
{
	for (size_t i = 0; cli->synopsis && cli->synopsis[i]; i++)
		if (strstr(cli->synopsis[i], "COMMAND"))
			return RN_OFFER_COMMANDS;
	return RN_OFFER_FILES;
}

void rn_completion_words(FILE *out, const struct rn_option *o, const char *separator)
{
	for (const struct rn_word *w = o->words; w && w->word; w++)
		fprintf(out, "%s%s", w == o->words ? "" : separator, w->word);
}

void rn_completion_classes(FILE *out, const char *prefix)
{
	for (size_t i = 0; i < RN_CLASSES; i++)
		fprintf(out, "%s%s%%%s", i ? " " : "", prefix, rn_classes[i].word);
}

void rn_completion_function(FILE *out, const char *program, const char *command)
{
	fputc('_', out);
	for (; *program; program++)
		fputc(*program == '-' ? '_' : *program, out);
	if (command)
		fprintf(out, "_%s", command);
}
