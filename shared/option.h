/* SPDX-License-Identifier: MIT */
/**
 * option - one table per command line: parser, --help, man page and completion.
 *
 * A row says what an option is called, what it takes and which field of the
 * caller's struct it fills. The same rows are parsed (option.c, option_value.c)
 * and described (option_help.c, option_man.c, option_completion.c), so that the
 * four cannot disagree.
 *
 *   struct my { bool follow; const char *out; uint64_t limit; int format; };
 *   static const struct rn_option rows[] = {
 *       { RN_HEADING("Output") },
 *       { 'f', "follow-forks", RN_FLAG(struct my, follow), .help = "follow children" },
 *       { 'o', "output", RN_STRING(struct my, out), .argument = "FILE", .initial = "a.rnt",
 *         .help = "write to FILE" },
 *       { 's', "limit", RN_UINT(struct my, limit), .argument = "N", .max = 4096, .help = ".." },
 *       { 0, "format", RN_WORD(struct my, format, format_words), .help = ".." },
 *       { RN_OPTIONS_END },
 *   };
 *
 * Syntax is GNU's: -abc, -oFILE, -o FILE, --output=FILE, --output FILE, any unambiguous beginning of
 * a long name, `--` ends the options, a lone `-` is an operand.
 */
#ifndef RN_SHARED_OPTION_H
#define RN_SHARED_OPTION_H

#include "shared/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum rn_option_kind {
	RN_OPTION_END,     /* the last row */
	RN_OPTION_HEADING, /* `help` is a heading; names no option */
	RN_OPTION_FLAG,    /* bool: true when given */
	RN_OPTION_CLEAR,   /* bool: false when given */
	RN_OPTION_COUNTER, /* unsigned: how often (-ttt is 3) */
	RN_OPTION_STRING,  /* const char *: the argument, borrowed from argv; the last one wins */
	RN_OPTION_STRINGS, /* struct rn_strings: every argument, in order */
	RN_OPTION_UINT,    /* uint64_t: decimal, or one of `words` */
	RN_OPTION_SIZE,    /* uint64_t, bytes: decimal, K, M or G may follow (powers of 1024), or words */
	RN_OPTION_WORD,    /* int: one of `words` */
	RN_OPTION_CUSTOM,  /* the row's own `store` */
	RN_OPTION_KINDS
};

/** A word that stands for a value. Tables end with a NULL word. */
struct rn_word {
	const char *word;
	int64_t value;
	const char *help; /* NULL: none, for the completion */
};

/** What an option, when given, needs of the world; who puts himself into a sandbox leaves himself that. */
enum rn_option_grant {
	RN_OPTION_READS,    /* nothing but files to read */
	RN_OPTION_WRITES,   /* its argument is a file to be written */
	RN_OPTION_COMMAND,  /* its argument is a command to be run */
	RN_OPTION_NETWORK,
	RN_OPTION_DEVICES,  /* drivers, and the compilers they start */
};

/** Arguments in the order given; `item` is the heap's (rn_strings_fini), its strings are argv's. */
struct rn_strings {
	const char **item;
	size_t n;
};

void rn_strings_fini(struct rn_strings *s);

struct rn_option {
	char short_name;         /* 0: none */
	const char *long_name;   /* NULL: none */
	enum rn_option_kind kind;
	size_t offset;           /* of the field within the set's target */
	const char *argument;    /* "FILE"; NULL: none, or the words joined by | */
	bool argument_optional;  /* only as --name=VALUE or -nVALUE; without it: `absent` */
	const char *absent;      /* the argument meant when an optional one is absent */
	const char *initial;     /* the value before any option, as a user would type it; or NULL */
	uint64_t min, max;       /* of UINT and SIZE, not of words; max 0: UINT64_MAX */
	const struct rn_word *words;
	/** CUSTOM: reads value (NULL for a row without argument) into the field; the error says
	 *  what is wrong with the value, the parser puts the option's name in front. */
	int (*store)(void *field, const char *value, struct rn_error *err);
	const char *help;        /* a sentence or two without a final period, wrapped when printed */
	enum rn_option_grant grants;
	const char *grants_when; /* of WORD: the word that needs it; NULL: each */
	bool hidden;             /* works, but is not told of; never matched by its beginning */
};

/* The field's offset, and a compile error when it has another type. */
#define RN_FIELD(type, field, c_type) \
	(offsetof(type, field) + 0 * sizeof(char[__builtin_types_compatible_p( \
		__typeof__(((type *)0)->field), c_type) ? 1 : -1]))

#define RN_OPTIONS_END .kind = RN_OPTION_END
#define RN_HEADING(text) .kind = RN_OPTION_HEADING, .help = (text)
#define RN_FLAG(type, f) .kind = RN_OPTION_FLAG, .offset = RN_FIELD(type, f, bool)
#define RN_CLEAR(type, f) .kind = RN_OPTION_CLEAR, .offset = RN_FIELD(type, f, bool)
#define RN_COUNTER(type, f) .kind = RN_OPTION_COUNTER, .offset = RN_FIELD(type, f, unsigned)
#define RN_STRING(type, f) .kind = RN_OPTION_STRING, .offset = RN_FIELD(type, f, const char *)
#define RN_STRINGS(type, f) \
	.kind = RN_OPTION_STRINGS, .offset = RN_FIELD(type, f, struct rn_strings)
#define RN_UINT(type, f) .kind = RN_OPTION_UINT, .offset = RN_FIELD(type, f, uint64_t)
#define RN_SIZE(type, f) .kind = RN_OPTION_SIZE, .offset = RN_FIELD(type, f, uint64_t)
#define RN_WORD(type, f, w) .kind = RN_OPTION_WORD, .offset = RN_FIELD(type, f, int), .words = (w)
#define RN_CUSTOM(type, f, fn) .kind = RN_OPTION_CUSTOM, .offset = offsetof(type, f), .store = (fn)

/** Rows and the struct they fill; a plug-in brings its own. Descriptions do not look at target. */
struct rn_option_set {
	const struct rn_option *rows;
	void *target;
};

/** A command line as a whole. Everything is borrowed. */
struct rn_cli {
	const char *name;            /* "renacer-record"; of a command "renacer-analyze info" */
	const char *summary;         /* one sentence without period: "record system calls to a file" */
	const char *const *synopsis; /* each without the name: "[OPTIONS] [TRACE]"; NULL ends */
	const struct rn_option_set *sets;
	size_t n_sets;
	bool options_first;          /* the first operand ends the options (it is a command to run) */
	const struct rn_cli *commands; /* sub-commands with their options, for descriptions */
	size_t n_commands;
};

/** What is left behind the options. */
struct rn_operands {
	int first;        /* index in argv of the first operand; argc when there is none */
	int after_dashes; /* index of the first operand behind `--`; argc when there was none */
	bool dashes;      /* there was a `--` */
};

/**
 * Stores every `initial`, then the options of argv[1..argc) into the sets' targets. Unless
 * options_first, options may follow operands: argv is then reordered, operands last, their order
 * kept. Lists (STRINGS) are the caller's to free, after errors too.
 * Returns 0, RN_E_USAGE (one line naming option and value, and the nearest right one), RN_E_NOMEM,
 * or what a custom `store` returned.
 */
int rn_options_parse(const struct rn_cli *cli, int argc, char **argv, struct rn_operands *rest,
	struct rn_error *err);

/** Usage, summary, commands and options in 80 columns. */
void rn_cli_help(FILE *out, const struct rn_cli *cli);

/* What every command line answers to: put { rn_cli_standard, &wishes } last among the sets. */
struct rn_cli_wishes {
	bool help, version;
	int describe; /* hidden: for the build, see shared/option_docs.h */
};
extern const struct rn_option rn_cli_standard[];

/** Whether the user asked the program about itself, so that nothing else need be right. */
static inline bool rn_cli_wished(const struct rn_cli_wishes *wishes)
{
	return wishes->help || wishes->version || wishes->describe;
}

/** Prints what was wished for and returns true, or returns false. */
bool rn_cli_answer(FILE *out, const struct rn_cli *cli, const struct rn_cli_wishes *wishes);

#endif
