/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/bins.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_SHIFT 10 /* about a microsecond */

static void join_neighbours(struct rn_bins *b)
{
	for (uint32_t r = 0; r < b->n; r++) {
		for (size_t i = 0; i < RN_BINS / 2; i++)
			b->row[r][i] = b->row[r][2 * i] + b->row[r][2 * i + 1];
		memset(b->row[r] + RN_BINS / 2, 0, RN_BINS / 2 * sizeof(**b->row));
	}
	b->shift++;
}

static int make_rows(struct rn_bins *b, uint32_t row, struct rn_error *err)
{
	if (row >= b->cap) {
		uint32_t cap = b->cap ? b->cap : 32;
		while (cap <= row)
			cap *= 2;
		uint64_t **rows = realloc(b->row, cap * sizeof(*rows));
		if (!rows)
			return rn_fail(err, RN_E_NOMEM, "out of memory for bins of time");
		b->row = rows;
		b->cap = cap;
	}
	for (; b->n <= row; b->n++) {
		b->row[b->n] = calloc(RN_BINS, sizeof(**b->row));
		if (!b->row[b->n])
			return rn_fail(err, RN_E_NOMEM, "out of memory for bins of time");
	}
	return 0;
}

int rn_bins_add(struct rn_bins *b, uint32_t row, uint64_t at_ns, uint64_t v, struct rn_error *err)
{
	if (!b->shift) {
		b->shift = FIRST_SHIFT;
		b->first_ns = b->last_ns = at_ns;
	}
	int rc = row < b->n ? 0 : make_rows(b, row, err);
	if (rc)
		return rc;
	while (at_ns >> b->shift >= RN_BINS)
		join_neighbours(b);
	b->row[row][at_ns >> b->shift] += v;
	b->first_ns = at_ns < b->first_ns ? at_ns : b->first_ns;
	b->last_ns = at_ns > b->last_ns ? at_ns : b->last_ns;
	return 0;
}

void rn_bins_fini(struct rn_bins *b)
{
	for (uint32_t r = 0; r < b->n; r++)
		free(b->row[r]);
	free(b->row);
	memset(b, 0, sizeof(*b));
}

size_t rn_bins_settle(struct rn_bins *b, size_t most, size_t *first)
{
	*first = 0;
	if (!b->shift)
		return 0;
	while ((b->last_ns >> b->shift) - (b->first_ns >> b->shift) + 1 > most)
		join_neighbours(b);
	*first = (size_t)(b->first_ns >> b->shift);
	return (size_t)((b->last_ns >> b->shift) - *first + 1);
}
