/* SPDX-License-Identifier: MIT */
/**
 * idmap - numbers of a trace (thread ids, pairs of ids) to dense indices.
 *
 * Open addressing with linear probing, at most half full. Numbers come from files
 * and may be hostile, so nothing is ever indexed by them. No deletion. O(1) expected.
 */
#ifndef RN_ANALYZE_MODEL_IDMAP_H
#define RN_ANALYZE_MODEL_IDMAP_H

#include <stdint.h>

#define RN_IDMAP_NONE UINT32_MAX

struct rn_idmap {
	struct rn_idmap_slot *slots;
	uint32_t n_slots; /* 0 or a power of two */
	uint32_t count;
};

#define RN_IDMAP_INIT { 0, 0, 0 }

void rn_idmap_fini(struct rn_idmap *m);
/** The index of key, RN_IDMAP_NONE when there is none. */
uint32_t rn_idmap_find(const struct rn_idmap *m, uint64_t key);
/** Remembers (or changes) the index of key; index is not RN_IDMAP_NONE. 0 or RN_E_NOMEM. */
int rn_idmap_put(struct rn_idmap *m, uint64_t key, uint32_t index);

#endif
