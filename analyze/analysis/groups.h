/* SPDX-License-Identifier: MIT */
/**
 * groups - rows by key: one zeroed struct for each distinct key, any bytes.
 */
#ifndef RN_ANALYZE_ANALYSIS_GROUPS_H
#define RN_ANALYZE_ANALYSIS_GROUPS_H

#include "shared/error.h"
#include "shared/intern.h"

struct rn_groups {
	size_t row_bytes;
	struct rn_intern *keys;
	uint8_t *rows;
	uint32_t cap;
};

/** RN_E_NOMEM. */
int rn_groups_init(struct rn_groups *g, size_t row_bytes, struct rn_error *err);
void rn_groups_fini(struct rn_groups *g);
/** The row of a key, valid until the next call; NULL: no memory. */
void *rn_groups_row(struct rn_groups *g, struct rn_bytes key, struct rn_error *err);

static inline uint32_t rn_groups_n(const struct rn_groups *g)
{
	return g->keys ? rn_intern_count(g->keys) : 0;
}
static inline struct rn_bytes rn_groups_key(const struct rn_groups *g, uint32_t i)
{
	return rn_intern_get(g->keys, i);
}
/** By order of appearance. */
static inline void *rn_groups_at(const struct rn_groups *g, uint32_t i)
{
	return g->rows + (size_t)i * g->row_bytes;
}

/** The rows' numbers sorted by `compare`, whose arg is g's owner; *order is the caller's to free, NULL when
 *  there are none. RN_E_NOMEM. */
int rn_groups_sort(const struct rn_groups *g, int (*compare)(const void *a, const void *b, void *arg),
	void *arg, uint32_t **order, struct rn_error *err);

#endif
