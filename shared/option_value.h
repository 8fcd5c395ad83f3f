/* SPDX-License-Identifier: MIT */
/**
 * option_value - rows walked, and from the text of an argument to the field of a row; for
 * option*.c, and for who reads the words of options elsewhere than on a command line.
 */
#ifndef RN_SHARED_OPTION_VALUE_H
#define RN_SHARED_OPTION_VALUE_H

#include "shared/buffer.h"
#include "shared/option.h"

enum rn_takes { RN_TAKES_NOTHING, RN_TAKES_ONE, RN_TAKES_PERHAPS };

/** Whether the row's option has an argument. */
enum rn_takes rn_option_takes(const struct rn_option *o);

/** Stores value (NULL for a row that takes nothing) into target's field.
 *  The message speaks of the value alone: the caller puts the option's name in front. */
int rn_option_store(const struct rn_option *o, void *target, const char *value,
	struct rn_error *err);

/** What stands for the argument in descriptions: "FILE", "text|json|csv"; nothing for a flag. */
void rn_option_argument(struct rn_buffer *out, const struct rn_option *o);

/** "info" of "renacer-analyze info". */
const char *rn_cli_last_word(const struct rn_cli *cli);

/** Rows that name an option worth telling of. */
static inline bool rn_option_told(const struct rn_option *o)
{
	return o->kind != RN_OPTION_HEADING && !o->hidden;
}

/* Every option of every set, in order, without headings:
 * for (struct rn_option_walk w = { .cli = cli }; rn_option_step(&w); ) .. w.row, w.target */
struct rn_option_walk {
	const struct rn_cli *cli;
	size_t set;
	const struct rn_option *next;
	const struct rn_option *row;
	void *target;
};

bool rn_option_step(struct rn_option_walk *w);
/** The same without hidden ones. */
bool rn_option_step_told(struct rn_option_walk *w);

#endif
