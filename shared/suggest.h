/* SPDX-License-Identifier: MIT */
/**
 * suggest - the name the user most likely meant.
 *
 * Distance: insertions, deletions, replacements and swaps of neighbours, each 1,
 * no part edited twice (optimal string alignment; Damerau 1964, Ukkonen's band).
 * Letters that differ in case cost nothing. A candidate counts when its distance
 * is 1, or at most a third of the longer word and below 4, and a letter is left
 * in common: nonsense gets no suggestion. Ties go to the candidate that came first.
 */
#ifndef RN_SHARED_SUGGEST_H
#define RN_SHARED_SUGGEST_H

#include "shared/bytes.h"

/* Longer words are never matched: no name of ours has so many letters. */
#define RN_SUGGEST_MAX 64

struct rn_suggest {
	struct rn_bytes word;
	const char *best; /* NULL: nothing near so far; borrowed from the candidates */
	unsigned distance;
};

/** A search for word, which must outlive it. */
static inline struct rn_suggest rn_suggest_for(struct rn_bytes word)
{
	return (struct rn_suggest){ word, NULL, 0 };
}

/** Considers one candidate. O(length of both). */
void rn_suggest_try(struct rn_suggest *s, const char *candidate);

/** The edit distance, or limit + 1 when it is greater than limit (or a word is too long). */
unsigned rn_edit_distance(struct rn_bytes a, struct rn_bytes b, unsigned limit);

#endif
