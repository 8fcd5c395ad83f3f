/* SPDX-License-Identifier: MIT */
/**
 * memo - walks done before: a snapshot that agrees in all that a walk needed has its stack.
 *
 * Exact, not a guess: an entry holds the registers that mattered and every word that was read, and
 * all of them are compared (some 50 words for 20 frames, against a microsecond for the walk). A cache
 * of fixed size: 4096 walks, at most 64 MiB, as a rule 4.
 */
#ifndef RN_ANALYZE_STACK_MEMO_H
#define RN_ANALYZE_STACK_MEMO_H

#include "analyze/stack/stacks.h"
#include "analyze/stack/unwind.h"

struct rn_memo;

struct rn_memo *rn_memo_new(void); /* NULL: no memory */
void rn_memo_free(struct rn_memo *m);
void rn_memo_clear(struct rn_memo *m);
/** u has just begun; epoch: of the map its code lies in (modules.h). False: not known. */
bool rn_memo_find(struct rn_memo *m, uint64_t epoch, const struct rn_unwind *u, uint32_t *id,
	enum rn_stack_end *end);
/** u's walk came to its end. Without memory nothing is remembered. */
void rn_memo_put(struct rn_memo *m, uint64_t epoch, const struct rn_unwind *u, uint32_t id,
	enum rn_stack_end end);

#endif
