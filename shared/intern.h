/* SPDX-License-Identifier: MIT */
/**
 * intern - equal byte strings become one small number.
 *
 * Ids are dense, from 0, in order of first appearance, so that whatever is
 * keyed by them is deterministic. Strings live until rn_intern_free/_clear.
 * One owner thread. Expected O(len) per call, also when the strings come from an enemy:
 * the hash is keyed by chance, which no result depends on.
 */
#ifndef RN_SHARED_INTERN_H
#define RN_SHARED_INTERN_H

#include "shared/bytes.h"

#include <stdbool.h>

#define RN_INTERN_NONE UINT32_MAX

struct rn_intern;

/** NULL when memory ran out. */
struct rn_intern *rn_intern_new(void);
void rn_intern_free(struct rn_intern *t);
/** Forgets all strings, keeps the memory. */
void rn_intern_clear(struct rn_intern *t);
/** The id of s, which is added when new (*is_new, may be NULL, tells). RN_INTERN_NONE: no memory. */
uint32_t rn_intern(struct rn_intern *t, struct rn_bytes s, bool *is_new);
/** The id of s or RN_INTERN_NONE; adds nothing. */
uint32_t rn_intern_find(const struct rn_intern *t, struct rn_bytes s);
/** The string of an id below rn_intern_count(), NUL-terminated behind its length, borrowed. */
struct rn_bytes rn_intern_get(const struct rn_intern *t, uint32_t id);
uint32_t rn_intern_count(const struct rn_intern *t);

#endif
