/* SPDX-License-Identifier: MIT */
/**
 * regex - PCRE2 over bytes, searched for anywhere, with limits on what a search may cost.
 */
#ifndef RN_SHARED_REGEX_H
#define RN_SHARED_REGEX_H

#include "shared/buffer.h"
#include "shared/error.h"

/* A compiled regular expression with the limits under which it is run. Not for two threads at once. */
struct rn_regex;

/** RN_E_USAGE with PCRE2's text and the offset; RN_E_NOMEM. */
int rn_regex_new(struct rn_regex **regex, struct rn_bytes pattern, struct rn_error *err);
void rn_regex_free(struct rn_regex *regex);
/** 1: found, 0: not, RN_E_LIMIT: took too many steps, RN_E_NOMEM. */
int rn_regex_search(const struct rn_regex *regex, struct rn_bytes text, struct rn_error *err);
/** The first match at or after `from`: 1, and where it lies (of its first group, when that took part);
 *  0, RN_E_LIMIT, RN_E_NOMEM. */
int rn_regex_find(const struct rn_regex *regex, struct rn_bytes text, size_t from, size_t *begin,
	size_t *end, struct rn_error *err);
/** Appends the text with every match replaced; $1 is the first group, $0 all of it. 0, RN_E_LIMIT, RN_E_NOMEM;
 *  RN_E_USAGE: the replacement is wrong. */
int rn_regex_replace(const struct rn_regex *regex, struct rn_bytes text, struct rn_bytes replacement,
	struct rn_buffer *out, struct rn_error *err);

#endif
