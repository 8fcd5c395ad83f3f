/* SPDX-License-Identifier: MIT */
/**
 * dict - distinct 64-bit keys of a block get dense indices, in order of first appearance.
 *
 * Memory: 24 bytes per distinct key at the block's peak, kept. One owner thread. Expected O(1).
 */
#ifndef RN_FORMAT_DICT_H
#define RN_FORMAT_DICT_H

#include <stdbool.h>
#include <stdint.h>

struct rn_dict {
	uint64_t *keys;  /* by index */
	uint32_t n, cap;
	uint32_t *slots; /* index + 1, open addressing */
	uint32_t n_slots;
	uint32_t last;   /* index found last: most questions repeat */
};

#define RN_DICT_NONE UINT32_MAX

void rn_dict_fini(struct rn_dict *d);
void rn_dict_clear(struct rn_dict *d);
/** The index of key, added when new; RN_DICT_NONE when memory ran out. */
uint32_t rn_dict_index(struct rn_dict *d, uint64_t key);
/** The keys in rising order, in memory of the caller (n of them). */
void rn_dict_sorted(const struct rn_dict *d, uint64_t *out);

#endif
