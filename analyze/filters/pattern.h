/* SPDX-License-Identifier: MIT */
/**
 * pattern - words that select names and paths: GLOB or /regex/.
 *
 * A word that begins and ends with a slash is a regular expression (shared/regex.h), searched for
 * anywhere; any other is a glob for the whole text, in which * stands for any bytes, slashes among
 * them, ? for one byte, [a-z] and [!a-z] for one of a set; \ takes the meaning from what follows.
 * Several words are alternatives. Each distinct text is looked at once, so that asking again for a
 * text seen before costs a hash. Matching a glob is O(pattern * text) at worst.
 */
#ifndef RN_ANALYZE_FILTERS_PATTERN_H
#define RN_ANALYZE_FILTERS_PATTERN_H

#include "shared/bytes.h"
#include "shared/error.h"
#include "shared/option.h"

struct rn_patterns;

/** Borrows the words. RN_E_USAGE for a wrong regex, RN_E_NOMEM. */
int rn_patterns_new(struct rn_patterns **out, const struct rn_strings *words, struct rn_error *err);
void rn_patterns_free(struct rn_patterns *p);
/** With this, a glob without a slash is for what stands behind the last slash of a text. */
void rn_patterns_by_base(struct rn_patterns *p);
/** 1: some word fits, 0: none does, RN_E_LIMIT: a regex took too long, RN_E_NOMEM. */
int rn_patterns_match(struct rn_patterns *p, struct rn_bytes text, struct rn_error *err);

/** Word i that fitted none of the texts so far, and the text nearest to it (NULL: none is near);
 *  NULL when it fitted one, or i is past the last. */
const char *rn_patterns_unused(const struct rn_patterns *p, size_t i, const char **nearest);
size_t rn_patterns_n(const struct rn_patterns *p);

/** Whether a glob fits the whole text. */
bool rn_glob_match(struct rn_bytes glob, struct rn_bytes text);

#endif
