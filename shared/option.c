/* SPDX-License-Identifier: MIT */
/* The words of argv become calls of rn_option_store. Without options_first the operands met on the
 * way are set aside and put back behind the options. */
#include "shared/option.h"

#include "shared/option_value.h"
#include "shared/suggest.h"

#include <stdlib.h>

/* "-o" or "--output", as the user wrote it. */
struct spelling {
	const char *dashes;
	struct rn_bytes name;
};

#define SPELLED(s) (s).dashes, RN_QUOTED((s).name)

static int store(const struct rn_option_walk *m, struct spelling s, const char *value,
	struct rn_error *err)
{
	int rc = rn_option_store(m->row, m->target, value, err);
	if (rc)
		rn_error_prefix(err, "option %s%.*s", SPELLED(s));
	return rc;
}

static int missing(const struct rn_option_walk *m, struct spelling s, struct rn_error *err)
{
	struct rn_buffer arg = RN_BUFFER_INIT;
	rn_option_argument(&arg, m->row);
	int rc = rn_fail(err, RN_E_USAGE, "option %s%.*s needs an argument <%s>", SPELLED(s),
		rn_buffer_cstr(&arg));
	rn_buffer_fini(&arg);
	return rc;
}

static int ambiguous(const struct rn_cli *cli, struct rn_bytes name, struct rn_error *err)
{
	struct rn_buffer all = RN_BUFFER_INIT;
	for (struct rn_option_walk w = { .cli = cli }; rn_option_step(&w); ) {
		const char *l = w.row->long_name;
		if (l && !w.row->hidden && !strncmp(l, (const char *)name.p, name.len))
			rn_put_format(&all, "%s--%s", all.len ? ", " : "", l);
	}
	int rc = rn_fail(err, RN_E_USAGE, "option --%.*s is ambiguous: %s", RN_QUOTED(name),
		rn_buffer_cstr(&all));
	rn_buffer_fini(&all);
	return rc;
}

static int unknown_long(const struct rn_cli *cli, struct rn_bytes name, struct rn_error *err)
{
	struct rn_suggest near = rn_suggest_for(name);
	for (struct rn_option_walk w = { .cli = cli }; rn_option_step(&w); )
		if (w.row->long_name && !w.row->hidden)
			rn_suggest_try(&near, w.row->long_name);
	if (near.best)
		return rn_fail(err, RN_E_USAGE, "unknown option \"--%.*s\"; did you mean \"--%s\"?",
			RN_QUOTED(name), near.best);
	return rn_fail(err, RN_E_USAGE, "unknown option \"--%.*s\"", RN_QUOTED(name));
}

/* The row of a long name or of its unambiguous beginning. */
static int find_long(const struct rn_cli *cli, struct rn_bytes name, struct rn_option_walk *m,
	struct rn_error *err)
{
	unsigned n = 0;
	for (struct rn_option_walk w = { .cli = cli }; rn_option_step(&w); ) {
		const char *l = w.row->long_name;
		if (!l || strncmp(l, (const char *)name.p, name.len))
			continue;
		if (!l[name.len]) {
			*m = w;
			return 0;
		}
		if (w.row->hidden)
			continue;
		*m = w;
		n++;
	}
	if (n == 1 && name.len)
		return 0;
	return n && name.len ? ambiguous(cli, name, err) : unknown_long(cli, name, err);
}

/* argv[*i] begins with "--". *i moves onto the argument when it is a word of its own. */
static int parse_long(const struct rn_cli *cli, int argc, char **argv, int *i, struct rn_error *err)
{
	const char *word = argv[*i] + 2;
	const char *value = strchr(word, '=');
	struct rn_bytes name = rn_bytes_of(word, value ? (size_t)(value - word) : strlen(word));
	struct rn_option_walk m = { 0 };
	int rc = find_long(cli, name, &m, err);
	if (rc)
		return rc;
	struct spelling s = { "--", rn_bytes_str(m.row->long_name) };
	enum rn_takes takes = rn_option_takes(m.row);
	if (value && takes == RN_TAKES_NOTHING)
		return rn_fail(err, RN_E_USAGE, "option %s%.*s takes no argument, got \"%.100s\"",
			SPELLED(s), value + 1);
	if (value)
		value++;
	else if (takes == RN_TAKES_PERHAPS)
		value = m.row->absent;
	else if (takes == RN_TAKES_ONE && *i + 1 < argc)
		value = argv[++*i];
	else if (takes == RN_TAKES_ONE)
		return missing(&m, s, err);
	return store(&m, s, value, err);
}

static bool find_short(const struct rn_cli *cli, char c, struct rn_option_walk *m)
{
	for (struct rn_option_walk w = { .cli = cli }; rn_option_step(&w); )
		if (w.row->short_name == c) {
			*m = w;
			return true;
		}
	return false;
}

/* A user who wrote -output meant --output. */
static int unknown_short(const struct rn_cli *cli, const char *word, const char *at,
	struct rn_error *err)
{
	struct rn_bytes name = rn_bytes_of(word + 1, strcspn(word + 1, "="));
	for (struct rn_option_walk w = { .cli = cli }; name.len > 1 && rn_option_step_told(&w); )
		if (w.row->long_name && !w.row->hidden &&
			rn_bytes_equal(name, rn_bytes_str(w.row->long_name)))
			return rn_fail(err, RN_E_USAGE,
				"unknown option \"%.100s\"; did you mean \"--%s\"?", word,
				w.row->long_name);
	/* A character of more than one byte is quoted whole: half of it is no text. */
	int len = 1;
	while (((unsigned char)at[len] & 0xc0) == 0x80)
		len++;
	if (at == word + 1 && !at[len])
		return rn_fail(err, RN_E_USAGE, "unknown option \"-%.*s\"", len, at);
	return rn_fail(err, RN_E_USAGE, "unknown option \"-%.*s\" in \"%.100s\"", len, at, word);
}

/* argv[*i] is a cluster of short options. */
static int parse_short(const struct rn_cli *cli, int argc, char **argv, int *i,
	struct rn_error *err)
{
	const char *word = argv[*i];
	for (const char *c = word + 1; *c; c++) {
		struct rn_option_walk m = { 0 };
		if (!find_short(cli, *c, &m))
			return unknown_short(cli, word, c, err);
		struct spelling s = { "-", rn_bytes_of(c, 1) };
		enum rn_takes takes = rn_option_takes(m.row);
		if (takes == RN_TAKES_NOTHING) {
			int rc = store(&m, s, NULL, err);
			if (rc)
				return rc;
			continue;
		}
		if (c[1])
			return store(&m, s, c + 1, err);
		if (takes == RN_TAKES_PERHAPS)
			return store(&m, s, m.row->absent, err);
		if (*i + 1 == argc)
			return missing(&m, s, err);
		return store(&m, s, argv[++*i], err);
	}
	return 0;
}

static int store_initials(const struct rn_cli *cli, struct rn_error *err)
{
	for (struct rn_option_walk w = { .cli = cli }; rn_option_step(&w); ) {
		const struct rn_option *o = w.row;
		if (!o->initial)
			continue;
		int rc = rn_option_store(o, w.target, o->initial, err);
		if (rc) {
			rn_error_prefix(err, "initial value of option %s", o->long_name);
			return rc;
		}
	}
	return 0;
}

/* Operands met between options, until they are put back. */
struct aside {
	char **word;
	int n;
};

static int parse_words(const struct rn_cli *cli, int argc, char **argv, struct aside *aside,
	struct rn_operands *rest, struct rn_error *err)
{
	int i = 1, kept = 1;
	rest->dashes = false;
	while (i < argc) {
		char *word = argv[i];
		int from = i, rc = 0;
		if (!strcmp(word, "--")) {
			rest->dashes = true;
			argv[kept++] = argv[i++];
			break;
		}
		bool operand = word[0] != '-' || !word[1];
		if (operand && cli->options_first)
			break;
		if (operand) {
			aside->word[aside->n++] = argv[i++];
			continue;
		}
		rc = word[1] == '-' ? parse_long(cli, argc, argv, &i, err)
			: parse_short(cli, argc, argv, &i, err);
		if (rc)
			return rc;
		for (i++; from < i; from++)
			argv[kept++] = argv[from];
	}
	/* What was set aside fits exactly: kept + aside->n == i. */
	for (int k = 0; k < aside->n; k++)
		argv[kept + k] = aside->word[k];
	rest->first = kept;
	rest->after_dashes = rest->dashes ? i : argc;
	return 0;
}

int rn_options_parse(const struct rn_cli *cli, int argc, char **argv, struct rn_operands *rest,
	struct rn_error *err)
{
	struct aside aside = { NULL, 0 };
	int rc = store_initials(cli, err);
	if (rc)
		return rc;
	if (argc < 1) {
		*rest = (struct rn_operands){ argc, argc, false };
		return 0;
	}
	aside.word = malloc((size_t)argc * sizeof(*aside.word));
	if (!aside.word)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	rc = parse_words(cli, argc, argv, &aside, rest, err);
	free(aside.word);
	return rc;
}
