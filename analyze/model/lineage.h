/* SPDX-License-Identifier: MIT */
/**
 * lineage - what a process inherited, had and lost, at any moment of the trace.
 *
 * A scope is a table of values by key (descriptors by number; the working
 * directory under key 0). fork makes a scope whose parent is the forker's at that
 * moment, exec one that drops what was marked close-on-exec; threads and
 * CLONE_FILES share a scope. Nothing is copied: a lookup goes back through the
 * parents, so a scope costs a few bytes however full its parent is.
 *
 * Times are trace times, ns; puts may come a little out of order. A put is seen
 * from after its time on: a call that began at the moment does not see what it
 * made itself. Lookups may ask about any time, in any order.
 */
#ifndef RN_ANALYZE_MODEL_LINEAGE_H
#define RN_ANALYZE_MODEL_LINEAGE_H

#include <stdbool.h>
#include <stdint.h>

#define RN_LINEAGE_NONE UINT32_MAX

enum rn_lineage_flags {
	RN_LINEAGE_CLOEXEC = 1, /* the value does not pass an exec */
	RN_LINEAGE_FOUND = 2,   /* was there before: seen from its very time on */
};

struct rn_lineage;

struct rn_lineage *rn_lineage_new(void); /* NULL: no memory */
void rn_lineage_free(struct rn_lineage *l);

/** A new scope born at at_ns out of parent (RN_LINEAGE_NONE: of nothing). RN_LINEAGE_NONE: no memory. */
uint32_t rn_lineage_scope(struct rn_lineage *l, uint32_t parent, uint64_t at_ns, bool exec);
/** From at_ns on, key is `value`, below 2^30 - 1 (RN_LINEAGE_NONE: gone). 0 or RN_E_NOMEM. */
int rn_lineage_put(struct rn_lineage *l, uint32_t scope, uint32_t key, uint64_t at_ns, uint32_t value,
	unsigned flags);
/** The value at a time, RN_LINEAGE_NONE when there was none or nobody knows. */
uint32_t rn_lineage_get(const struct rn_lineage *l, uint32_t scope, uint32_t key, uint64_t at_ns);
/** The first value put in this very scope at or after a time, RN_LINEAGE_NONE when there is none;
 *  *put_ns (may be NULL) is when. */
uint32_t rn_lineage_next(const struct rn_lineage *l, uint32_t scope, uint32_t key, uint64_t at_ns,
	uint64_t *put_ns);

#endif
