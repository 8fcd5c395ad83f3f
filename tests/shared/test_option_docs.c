/* SPDX-License-Identifier: MIT */
#include "shared/option_docs.h"

#include <criterion/criterion.h>
#include <string.h>

struct opts {
	bool follow;
	const char *output;
	uint64_t stack;
	int format;
	struct rn_strings pids, filters;
};

static const struct rn_word formats[] = {
	{ "text", 0, "for people" }, { "json", 1, NULL }, { NULL, 0, NULL }
};

static const struct rn_option rows[] = {
	{ RN_HEADING("Output") },
	{ 'o', "output", RN_STRING(struct opts, output), .argument = "FILE",
	  .initial = "renacer.rnt", .help = "it's [the] file: where .things go" },
	{ 0, "format", RN_WORD(struct opts, format, formats), .help = "the form" },
	{ RN_HEADING("Tracing") },
	{ 'f', "follow-forks", RN_FLAG(struct opts, follow), .help = "'quoted' at the beginning" },
	{ 'p', NULL, RN_STRINGS(struct opts, pids), .argument = "PID", .help = "attach" },
	{ 'e', "expression", RN_STRINGS(struct opts, filters), .argument = "trace=SPEC",
	  .help = "filter" },
	{ 0, "stack", RN_SIZE(struct opts, stack), .argument = "SIZE", .argument_optional = true,
	  .absent = "8K", .help = "back\\slash" },
	{ 0, "secret", RN_FLAG(struct opts, follow), .hidden = true, .help = "hidden" },
	{ RN_OPTIONS_END },
};

static const struct rn_option sub_rows[] = {
	{ 'q', "quick", RN_FLAG(struct opts, follow), .help = "in a hurry" },
	{ RN_OPTIONS_END },
};

static const char *const synopsis[] = { "[OPTIONS] [TRACE]", NULL };
static const struct rn_option_set sub_sets[] = { { sub_rows, NULL } };
static const struct rn_option_set sets[] = { { rows, NULL } };
static const struct rn_cli commands[] = {
	{ .name = "prog-x info", .summary = "tell what there is", .synopsis = synopsis,
	  .sets = sub_sets, .n_sets = 1 },
	{ .name = "do", .summary = "do things", .synopsis = synopsis, .sets = sets, .n_sets = 1 },
};
static const struct rn_cli cli = { .name = "prog-x", .summary = "do things", .synopsis = synopsis,
	.sets = sets, .n_sets = 1, .commands = commands, .n_commands = 2 };

static char text[16384];

static const char *print(void (*describe)(FILE *, const struct rn_cli *))
{
	memset(text, 0, sizeof(text));
	FILE *f = fmemopen(text, sizeof(text) - 1, "w");
	describe(f, &cli);
	fclose(f);
	return text;
}

#define HAS(part) cr_assert(strstr(text, part), "%s\nis not in\n%s", part, text)

static void check_no_secrets(void)
{
	cr_assert(!strstr(text, "secret") && !strstr(text, "hidden"), "%s", text);
}

Test(option_docs, the_man_page_has_every_option_and_command_and_escapes_text)
{
	print(rn_cli_man_options);
	HAS(".SS Output\n.TP\n\\fB\\-o\\fR, \\fB\\-\\-output\\fR \\fIFILE\\fR\n"
		"it's [the] file: where .things go\n.br\nDefault: \\fBrenacer.rnt\\fR\n");
	HAS("\\fB\\-\\-format\\fR \\fItext|json\\fR\nthe form\n.br\n\\fBtext\\fR: for people\n");
	HAS("\\fB\\-\\-follow\\-forks\\fR\n\\&'quoted'");
	HAS("\\fB\\-\\-stack\\fR[=\\fISIZE\\fR]\nback\\eslash\n");
	HAS("\\fB\\-p\\fR \\fIPID\\fR\n");
	HAS(".SH COMMANDS\n.SS info\n\\fBprog\\-x\\fR \\fBinfo\\fR [OPTIONS] [TRACE]\n.PP\n"
		"Tell what there is.\n.TP\n\\fB\\-q\\fR, \\fB\\-\\-quick\\fR\n");
	HAS(".SS do\n\\fBprog\\-x\\fR \\fBdo\\fR [OPTIONS] [TRACE]\n.PP\nDo things.\n"
		"This is what is done when no command is named; its options are those above.\n");
	check_no_secrets();
	print(rn_cli_man_synopsis);
	cr_assert_str_eq(text, ".SH SYNOPSIS\n\\fBprog\\-x\\fR [OPTIONS] [TRACE]\n");
}

Test(option_docs, completions_offer_every_option_and_what_follows_it)
{
	print(rn_cli_bash);
	HAS("-o|--output) _renacer_offer -f;");
	HAS("--format) _renacer_offer -W 'text json';");
	HAS("'-o --output --format -f --follow-forks -p -e --expression --stack '");
	HAS("_prog_x_info()");
	HAS("'-q --quick '");
	check_no_secrets();
	print(rn_cli_zsh);
	HAS("#compdef prog-x\n");
	HAS("'*--output=[it'\\''s \\[the\\] file\\: where .things go]:FILE:_files'");
	HAS("'*--stack=-[back\\\\slash]::SIZE: '");
	HAS("'*--format=[the form]:word:(text json)'");
	HAS("'*-p+[attach]:PID:_pids'");
	HAS("'*--expression=[filter]:trace=SPEC:(trace=%file trace=%desc ");
	check_no_secrets();
	print(rn_cli_fish);
	HAS("-s o -l output -d 'it\\'s [the] file: where .things go' -r -F\n");
	HAS("-l expression -d 'filter' -x -a 'trace=%file trace=%desc ");
	HAS("-l format -d 'the form' -x -a 'text json'\n");
	HAS("-n \"__fish_seen_subcommand_from info\" -s q -l quick -d 'in a hurry'\n");
	check_no_secrets();
}

/* The first words bash offers for a line, by running it. */
static void bash_offers(const char *words, int current, char *out, size_t size)
{
	char path[] = "/tmp/rn-completion-XXXXXX", command[512];
	int fd = mkstemp(path);
	FILE *f = fdopen(fd, "w");
	rn_cli_bash(f, &cli);
	fclose(f);
	snprintf(command, sizeof(command), "bash -c '. %s; COMP_WORDS=(%s); COMP_CWORD=%d; "
		"_prog_x_; echo \"${COMPREPLY[*]}\"' 2>&1", path, words, current);
	f = popen(command, "r");
	size_t n = fread(out, 1, size - 1, f);
	out[n] = 0;
	pclose(f);
	remove(path);
}

Test(option_docs, bash_understands_its_completion)
{
	static const struct { const char *words; int current; const char *offers; } cases[] = {
		{ "prog-x --f", 1, "--format --follow-forks\n" },
		{ "prog-x --format j", 2, "json\n" },
		{ "prog-x --format = t", 3, "text\n" },
		{ "prog-x --format =", 2, "text json\n" },
		{ "prog-x -e tr", 2, "trace=\n" },
		{ "prog-x -e trace = %fi", 4, "%file\n" },
		{ "prog-x info --", 2, "--quick\n" },
		{ "prog-x inf", 1, "info\n" },
		{ "prog-x -o /etc/hostnam", 2, "/etc/hostname\n" },
	};
	char offers[512];
	if (system("command -v bash >/dev/null"))
		cr_skip_test("bash is not installed");
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bash_offers(cases[i].words, cases[i].current, offers, sizeof(offers));
		cr_assert_str_eq(offers, cases[i].offers, "%s: %s", cases[i].words, offers);
	}
}
