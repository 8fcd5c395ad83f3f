/* SPDX-License-Identifier: MIT */
/**
 * option_completion - what the completions of all shells need; private to option_*.c.
 */
#ifndef RN_SHARED_OPTION_COMPLETION_H
#define RN_SHARED_OPTION_COMPLETION_H

#include "shared/option_value.h"

/* What a shell offers for an argument or an operand. */
enum rn_offer {
	RN_OFFER_NOTHING, RN_OFFER_WORDS, RN_OFFER_FILES, RN_OFFER_FOLDERS, RN_OFFER_PIDS,
	RN_OFFER_USERS, RN_OFFER_COMMANDS, RN_OFFER_FILTERS,
	RN_OFFERS
};

/** By what the argument is called (FILE, TRACE, DIR, PID, USER, COMMAND, trace=SPEC), else by the
 *  row's words. */
enum rn_offer rn_option_offer(const struct rn_option *o);
/** By what the synopsis speaks of: COMMAND, else files. */
enum rn_offer rn_cli_offer(const struct rn_cli *cli);

/** The words of a row with separator between them. */
void rn_completion_words(FILE *out, const struct rn_option *o, const char *separator);
/** The classes a filter may name, each behind prefix, with blanks between them. */
void rn_completion_classes(FILE *out, const char *prefix);
/** A name a function may have: _renacer_analyze, or with a command _renacer_analyze_info. */
void rn_completion_function(FILE *out, const char *program, const char *command);

#endif
