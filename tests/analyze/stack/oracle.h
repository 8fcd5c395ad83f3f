/* SPDX-License-Identifier: MIT */
/**
 * oracle - libunwind over the same snapshot and the same images, to compare with.
 */
#ifndef RN_TESTS_ANALYZE_STACK_ORACLE_H
#define RN_TESTS_ANALYZE_STACK_ORACLE_H

#include "analyze/stack/modules.h"

struct oracle;

struct oracle *oracle_new(struct rn_modules_table *modules); /* NULL: none on this machine */
void oracle_free(struct oracle *o);
/** The program counters from the innermost on; how many, at most max: as far as it finds tables by
 *  .eh_frame_hdr (static programs have none) and does not give up. */
unsigned oracle_walk(struct oracle *o, const struct rn_event *ev, uint64_t *pc, unsigned max);

#endif
