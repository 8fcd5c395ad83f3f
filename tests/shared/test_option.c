/* SPDX-License-Identifier: MIT */
#include "shared/option.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

struct opts {
	bool follow, verbose;
	unsigned times;
	const char *output, *stack_text;
	struct rn_strings exprs;
	uint64_t level, stack, limit;
	int format;
	struct rn_cli_wishes wishes;
	int sum;
};

static const struct rn_word format_words[] = {
	{ "text", 10, "for people" }, { "json", 20, NULL }, { "csv", 30, NULL }, { NULL, 0, NULL }
};
static const struct rn_word none_word[] = { { "none", 0, NULL }, { NULL, 0, NULL } };

static int add_small(void *field, const char *value, struct rn_error *err)
{
	if (strlen(value) != 1 || *value < '0' || *value > '9')
		return rn_fail(err, RN_E_USAGE, "\"%s\" is no digit", value);
	*(int *)field += *value - '0';
	return 0;
}

static const struct rn_option rows[] = {
	{ RN_HEADING("Output") },
	{ 'o', "output", RN_STRING(struct opts, output), .argument = "FILE",
	  .initial = "renacer.rnt", .help = "write to FILE" },
	{ 0, "format", RN_WORD(struct opts, format, format_words), .initial = "text",
	  .help = "the form of the report" },
	{ RN_HEADING("Tracing") },
	{ 'f', "follow-forks", RN_FLAG(struct opts, follow), .help = "follow children" },
	{ 0, "no-follow", RN_CLEAR(struct opts, follow), .help = "follow nobody" },
	{ 'v', "verbose", RN_FLAG(struct opts, verbose), .help = "say more" },
	{ 't', NULL, RN_COUNTER(struct opts, times), .help = "time of day, repeat for more" },
	{ 'e', "expr", RN_STRINGS(struct opts, exprs), .argument = "EXPR", .help = "filter" },
	{ 0, "level", RN_UINT(struct opts, level), .argument = "N", .min = 1, .max = 19,
	  .initial = "3", .help = "compression level" },
	{ 0, "stack", RN_SIZE(struct opts, stack), .argument = "SIZE", .max = 65536,
	  .words = none_word, .argument_optional = true, .absent = "8K", .help = "stack bytes" },
	{ 's', "string-limit", RN_SIZE(struct opts, limit), .argument = "N", .help = "bytes" },
	{ 'a', "add", RN_CUSTOM(struct opts, sum, add_small), .argument = "DIGIT", .help = "add" },
	{ 0, "secret", RN_FLAG(struct opts, verbose), .hidden = true },
	{ RN_OPTIONS_END },
};

static const char *const synopsis[] = { "[OPTIONS] [--] <COMMAND> [ARGS]", "[OPTIONS] -p <PID>", NULL };

/* Parses the words (split at spaces) behind the program's name. */
struct run {
	struct opts o;
	struct rn_operands rest;
	struct rn_error err;
	char text[512];
	char *argv[64];
	int argc, rc;
};

static void parse(struct run *r, bool options_first, const char *words)
{
	memset(r, 0, sizeof(*r));
	snprintf(r->text, sizeof(r->text), "prog %s", words);
	for (char *w = strtok(r->text, " "); w; w = strtok(NULL, " "))
		r->argv[r->argc++] = w;
	struct rn_option_set sets[] = { { rows, &r->o }, { rn_cli_standard, &r->o.wishes } };
	struct rn_cli cli = { .name = "prog", .summary = "do things", .synopsis = synopsis,
		.sets = sets, .n_sets = 2, .options_first = options_first };
	r->rc = rn_options_parse(&cli, r->argc, r->argv, &r->rest, &r->err);
}

static void operands(const struct run *r, char *out, size_t size)
{
	*out = 0;
	for (int i = r->rest.first; i < r->argc; i++)
		snprintf(out + strlen(out), size - strlen(out), "%s%s",
			i == r->rest.first ? "" : " ", r->argv[i]);
}

Test(option, values_before_any_option_come_from_the_table)
{
	struct run r;
	parse(&r, true, "");
	cr_assert_eq(r.rc, 0, "%s", r.err.message);
	cr_assert_str_eq(r.o.output, "renacer.rnt");
	cr_assert_eq(r.o.format, 10);
	cr_assert_eq(r.o.level, 3);
	cr_assert_eq(r.o.stack, 0);
	cr_assert_eq(r.rest.first, 1);
	cr_assert(!r.rest.dashes);
}

Test(option, every_spelling_of_an_argument_is_understood)
{
	static const char *const spellings[] = { "-o x", "-ox", "--output=x", "--output x",
		"--out=x", "--o x", "-vox", "-vfo x", "-o y -o x" };
	for (size_t i = 0; i < sizeof(spellings) / sizeof(*spellings); i++) {
		struct run r;
		parse(&r, true, spellings[i]);
		cr_assert_eq(r.rc, 0, "%s: %s", spellings[i], r.err.message);
		cr_assert_str_eq(r.o.output, "x", "%s", spellings[i]);
		cr_assert_eq(r.rest.first, r.argc);
	}
}

Test(option, clusters_flags_and_counters)
{
	struct run r;
	parse(&r, true, "-ttt -fv -t");
	cr_assert_eq(r.rc, 0);
	cr_assert_eq(r.o.times, 4);
	cr_assert(r.o.follow && r.o.verbose);
	parse(&r, true, "-f --no-follow");
	cr_assert(!r.o.follow, "the last one wins");
	parse(&r, true, "--no-follow -f");
	cr_assert(r.o.follow);
}

Test(option, repeated_strings_keep_their_order)
{
	struct run r;
	parse(&r, true, "-e one --expr two -ethree");
	cr_assert_eq(r.rc, 0);
	cr_assert_eq(r.o.exprs.n, 3);
	cr_assert_str_eq(r.o.exprs.item[0], "one");
	cr_assert_str_eq(r.o.exprs.item[1], "two");
	cr_assert_str_eq(r.o.exprs.item[2], "three");
	rn_strings_fini(&r.o.exprs);
	cr_assert_eq(r.o.exprs.n, 0);
}

Test(option, an_optional_argument_is_only_taken_when_attached)
{
	struct run r;
	parse(&r, true, "--stack 64");
	cr_assert_eq(r.rc, 0);
	cr_assert_eq(r.o.stack, 8192);
	cr_assert_str_eq(r.argv[r.rest.first], "64");
	parse(&r, true, "--stack=64");
	cr_assert_eq(r.o.stack, 64);
	parse(&r, true, "--stack=8K --stack=none");
	cr_assert_eq(r.rc, 0);
	cr_assert_eq(r.o.stack, 0);
}

Test(option, sizes_have_suffixes_and_exact_values)
{
	static const struct { const char *text; uint64_t value; } cases[] = {
		{ "0", 0 }, { "1", 1 }, { "4k", 4096 }, { "4KiB", 4096 }, { "2M", 2u << 20 },
		{ "3G", 3ull << 30 }, { "1KB", 1024 }, { "18446744073709551615", UINT64_MAX },
		{ "007", 7 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		char words[64];
		struct run r;
		snprintf(words, sizeof(words), "-s %s", cases[i].text);
		parse(&r, true, words);
		cr_assert_eq(r.rc, 0, "%s: %s", words, r.err.message);
		cr_assert_eq(r.o.limit, cases[i].value, "%s", words);
	}
}

Test(option, the_first_operand_ends_the_options_of_a_command_to_run)
{
	struct run r;
	char ops[128];
	parse(&r, true, "-f ls -l -o y -- z");
	operands(&r, ops, sizeof(ops));
	cr_assert_eq(r.rc, 0);
	cr_assert_str_eq(ops, "ls -l -o y -- z");
	cr_assert_str_eq(r.o.output, "renacer.rnt");
	cr_assert(!r.rest.dashes);
	parse(&r, true, "-f -- -ls -v");
	operands(&r, ops, sizeof(ops));
	cr_assert_str_eq(ops, "-ls -v");
	cr_assert(r.rest.dashes);
	cr_assert_eq(r.rest.after_dashes, r.rest.first);
	cr_assert(!r.o.verbose);
}

Test(option, options_may_follow_operands_where_nothing_is_run)
{
	struct run r;
	char ops[128];
	parse(&r, false, "a.rnt -v b --level 5 - -o x c -- -f d");
	operands(&r, ops, sizeof(ops));
	cr_assert_eq(r.rc, 0, "%s", r.err.message);
	cr_assert_str_eq(ops, "a.rnt b - c -f d");
	cr_assert_eq(r.o.level, 5);
	cr_assert(r.o.verbose);
	cr_assert(!r.o.follow);
	cr_assert_str_eq(r.o.output, "x");
	cr_assert_str_eq(r.argv[r.rest.after_dashes], "-f");
	cr_assert_str_eq(r.argv[0], "prog");
}

Test(option, wrong_words_are_refused_with_one_line_that_names_them)
{
	static const struct { const char *words, *message; } cases[] = {
		{ "--folow-forks", "unknown option \"--folow-forks\"; did you mean \"--follow-forks\"?" },
		{ "--xyzzy", "unknown option \"--xyzzy\"" },
		{ "-x", "unknown option \"-x\"" },
		{ "-vx", "unknown option \"-x\" in \"-vx\"" },
		{ "-output", "option -o: " },
		{ "-level", "unknown option \"-level\"; did you mean \"--level\"?" },
		{ "-o", "option -o needs an argument <FILE>" },
		{ "--output", "option --output needs an argument <FILE>" },
		{ "--form", "option --format needs an argument <text|json|csv>" },
		{ "--verbose=1", "option --verbose takes no argument, got \"1\"" },
		{ "--level 0", "option --level: \"0\" is not between 1 and 19" },
		{ "--level 20", "option --level: \"20\" is not between 1 and 19" },
		{ "--level 99999999999999999999", "is not between 1 and 19" },
		{ "--level 3x", "option --level: \"3x\" is not a number" },
		{ "--level -3", "option --level: \"-3\" is not a number" },
		{ "--level=", "option --level: \"\" is not a number" },
		{ "--level 3K", "option --level: \"3K\" is not a number" },
		{ "-s 3X", "option -s: \"3X\" is not a size (as 4096, 64K, 1M)" },
		{ "-s 99999999999G", "is not between 0 and 18446744073709551615" },
		{ "--stack=1G", "option --stack: \"1G\" is not between 0 and 65536 or \"none\"" },
		{ "--format xml", "option --format: \"xml\" is none of text, json, csv" },
		{ "--format jsno", "did you mean \"json\"?" },
		{ "--ver", "option --ver is ambiguous: --verbose, --version" },
		{ "--secre", "unknown option \"--secre\"" },
		{ "--=x", "unknown option \"--\"" },
		{ "-a x", "option -a: \"x\" is no digit" },
		{ "-\xc3\xa4", "unknown option \"-\xc3\xa4\"" },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct run r;
		parse(&r, true, cases[i].words);
		if (!strcmp(cases[i].words, "-output")) {
			cr_assert_str_eq(r.o.output, "utput", "getopt's reading");
			continue;
		}
		cr_assert_eq(r.rc, RN_E_USAGE, "%s was accepted", cases[i].words);
		cr_assert(strstr(r.err.message, cases[i].message), "%s: %s", cases[i].words,
			r.err.message);
		cr_assert(!strchr(r.err.message, '\n'));
	}
}

Test(option, hidden_options_and_customs_work)
{
	struct run r;
	parse(&r, true, "--secret -a3 --add=4");
	cr_assert_eq(r.rc, 0, "%s", r.err.message);
	cr_assert(r.o.verbose);
	cr_assert_eq(r.o.sum, 7);
}

static char *help_of(const struct rn_cli *cli, char *text, size_t size)
{
	memset(text, 0, size);
	FILE *f = fmemopen(text, size - 1, "w");
	rn_cli_help(f, cli);
	fclose(f);
	return text;
}

Test(option, help_tells_of_every_option_but_the_hidden_in_80_columns)
{
	static char text[8192];
	struct rn_option_set sets[] = { { rows, NULL }, { rn_cli_standard, NULL } };
	struct rn_cli sub = { .name = "prog info", .summary = "tell what there is" };
	struct rn_cli cli = { .name = "prog", .summary = "do things", .synopsis = synopsis,
		.sets = sets, .n_sets = 2, .commands = &sub, .n_commands = 1 };
	help_of(&cli, text, sizeof(text));
	for (const struct rn_option *o = rows; o->kind != RN_OPTION_END; o++) {
		char name[64];
		if (!o->long_name)
			continue;
		snprintf(name, sizeof(name), "--%s", o->long_name);
		cr_assert_eq(strstr(text, name) != NULL, !o->hidden, "%s in\n%s", name, text);
	}
	cr_assert(strstr(text, "Usage: prog [OPTIONS] [--] <COMMAND> [ARGS]\n       prog [OPTIONS] -p <PID>\n"),
		"%s", text);
	cr_assert(strstr(text, "\nOutput:\n  -o, --output <FILE>"), "%s", text);
	cr_assert(strstr(text, "[default: renacer.rnt]"), "%s", text);
	cr_assert(strstr(text, "--format <text|json|csv>\n"), "%s", text);
	cr_assert(strstr(text, "--stack[=<SIZE>]"), "%s", text);
	cr_assert(strstr(text, "\n  info "), "%s", text);
	for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n"))
		cr_assert_leq(strlen(line), 80, "%s", line);
}

static int by_address(const void *a, const void *b)
{
	const char *x = *(char *const *)a, *y = *(char *const *)b;
	return x < y ? -1 : x > y;
}

/* Whatever the words are, argv keeps each of them, and what is left over was no option. */
Test(option, any_words_are_parsed_or_refused_and_none_is_lost)
{
	static const char *const words[] = { "-", "--", "-f", "-t", "-tt", "-o", "-ox", "--output",
		"--output=x", "--stack", "--stack=4K", "a", "b", "-vf", "--level", "5", "--no-follow",
		"-e", "--st", "--=", "" };
	uint64_t state = 42;
	unsigned accepted = 0;
	for (int round = 0; round < 3000; round++) {
		struct run r = { .argc = 1 };
		bool options_first = round % 2;
		char *before[64];
		r.argv[0] = (char *)(uintptr_t)"prog";
		for (state ^= state << 13, state ^= state >> 7, state ^= state << 17;
			r.argc < 2 + (int)(state % 7); r.argc++) {
			uint64_t pick = (state >> (8 * r.argc)) * 0x9e3779b97f4a7c15u >> 33;
			r.argv[r.argc] = (char *)(uintptr_t)words[pick %
				(sizeof(words) / sizeof(words[0]))];
		}
		memcpy(before, r.argv, sizeof(before));
		struct rn_option_set sets[] = { { rows, &r.o } };
		struct rn_cli cli = { .name = "prog", .sets = sets, .n_sets = 1,
			.options_first = options_first };
		int rc = rn_options_parse(&cli, r.argc, r.argv, &r.rest, &r.err);
		cr_assert(rc == 0 || (rc == RN_E_USAGE && r.err.message[0]));
		rn_strings_fini(&r.o.exprs);
		if (rc)
			continue;
		accepted++;
		cr_assert(r.rest.first >= 1 && r.rest.first <= r.rest.after_dashes &&
			r.rest.after_dashes <= r.argc);
		for (int i = r.rest.first; i < r.rest.after_dashes && !options_first; i++)
			cr_assert(r.argv[i][0] != '-' || !r.argv[i][1], "%s", r.argv[i]);
		if (options_first)
			cr_assert(!memcmp(before, r.argv, sizeof(before)), "nothing moves");
		qsort(before, (size_t)r.argc, sizeof(before[0]), by_address);
		qsort(r.argv, (size_t)r.argc, sizeof(r.argv[0]), by_address);
		cr_assert(!memcmp(before, r.argv, (size_t)r.argc * sizeof(before[0])));
	}
	cr_assert_gt(accepted, 300, "the words are chosen so that many lines are right");
}
