/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/groups.h"

#include <stdlib.h>

int rn_groups_init(struct rn_groups *g, size_t row_bytes, struct rn_error *err)
{
	*g = (struct rn_groups){ row_bytes, rn_intern_new(), NULL, 0 };
	return g->keys ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
}

void rn_groups_fini(struct rn_groups *g)
{
	rn_intern_free(g->keys);
	free(g->rows);
	*g = (struct rn_groups){ 0 };
}

void *rn_groups_row(struct rn_groups *g, struct rn_bytes key, struct rn_error *err)
{
	bool is_new;
	uint32_t i = rn_intern(g->keys, key, &is_new);
	if (i == RN_INTERN_NONE)
		goto failed;
	if (i >= g->cap) {
		uint32_t cap = g->cap ? g->cap * 2 : 64;
		uint8_t *rows = realloc(g->rows, (size_t)cap * g->row_bytes);
		if (!rows)
			goto failed;
		g->rows = rows;
		g->cap = cap;
	}
	if (is_new)
		memset(rn_groups_at(g, i), 0, g->row_bytes);
	return rn_groups_at(g, i);
failed:
	rn_fail(err, RN_E_NOMEM, "out of memory for %u groups", rn_groups_n(g));
	return NULL;
}

int rn_groups_sort(const struct rn_groups *g, int (*compare)(const void *a, const void *b, void *arg),
	void *arg, uint32_t **order, struct rn_error *err)
{
	uint32_t n = rn_groups_n(g);
	*order = n ? calloc(n, sizeof(**order)) : NULL;
	if (!n)
		return 0;
	if (!*order)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (uint32_t i = 0; i < n; i++)
		(*order)[i] = i;
	qsort_r(*order, n, sizeof(**order), compare, arg);
	return 0;
}
