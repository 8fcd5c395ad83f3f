/* SPDX-License-Identifier: MIT */
/* The table of uses: those of the last two buckets stand apart, they are counted again when the trace grows. */
#include "analyze/index/build.h"

#include <stdlib.h>

#define USES_MAX 131072       /* more are not kept in memory */
#define USE_BYTES 16          /* a row takes so many, at most */
#define RAW_SHARE 256         /* and all of them this part of the trace's events without stacks */

static int merge(struct rn_groups *to, const struct rn_groups *from, const uint32_t *numbers, struct rn_error *err)
{
	for (uint32_t i = 0; i < rn_groups_n(from); i++) {
		struct rn_use_key key;
		memcpy(&key, rn_groups_key(from, i).p, sizeof(key));
		if (numbers && key.number)
			key.number = numbers[key.number - 1];
		struct rn_use *use = rn_groups_row(to, rn_bytes_of(&key, sizeof(key)), err);
		if (!use)
			return RN_E_NOMEM;
		rn_use_merge(use, rn_groups_at(from, i));
	}
	return 0;
}

int rn_making_uses_init(struct rn_making_uses *u, struct rn_error *err)
{
	int rc = rn_groups_init(&u->all, sizeof(struct rn_use), err);
	for (unsigned i = 0; i < 2 && !rc; i++)
		rc = rn_groups_init(&u->tail[i], sizeof(struct rn_use), err);
	return rc;
}

void rn_making_uses_fini(struct rn_making_uses *u)
{
	rn_groups_fini(&u->all);
	rn_groups_fini(&u->tail[0]);
	rn_groups_fini(&u->tail[1]);
}

static void give_up(struct rn_making_uses *u)
{
	rn_intern_clear(u->all.keys);
	rn_intern_clear(u->tail[0].keys);
	rn_intern_clear(u->tail[1].keys);
	u->none = true;
}

int rn_making_uses(struct rn_index_making *b, const struct rn_survey *s, struct rn_error *err)
{
	struct rn_making_uses *u = &b->uses;
	int rc = 0;
	if (u->none)
		return 0;
	if (!b->bucket_calls) {
		struct rn_groups first = u->tail[0];
		rc = merge(&u->all, &first, NULL, err);
		rn_intern_clear(first.keys);
		u->tail[0] = u->tail[1];
		u->tail[1] = first;
	}
	if (!rc)
		rc = merge(&u->tail[1], &s->uses.groups, b->numbers, err);
	if (s->uses.odd || s->damaged || rn_groups_n(&u->all) > USES_MAX)
		give_up(u);
	return rc;
}

static int by_key(const void *a, const void *b, void *arg)
{
	const struct rn_groups *g = arg;
	uint32_t x[5], y[5];
	memcpy(x, rn_groups_key(g, *(const uint32_t *)a).p, sizeof(x));
	memcpy(y, rn_groups_key(g, *(const uint32_t *)b).p, sizeof(y));
	for (unsigned i = 0; i < 5; i++)
		if (x[i] != y[i])
			return x[i] < y[i] ? -1 : 1;
	return 0;
}

static int put(struct rn_columns_writer *w, const struct rn_groups *g, int64_t tail, struct rn_error *err)
{
	uint32_t *order;
	int rc = rn_groups_sort(g, by_key, (void *)(uintptr_t)g, &order, err);
	for (uint32_t i = 0; i < rn_groups_n(g) && !rc; i++) {
		struct rn_use_key key;
		const struct rn_use *use = rn_groups_at(g, order[i]);
		memcpy(&key, rn_groups_key(g, order[i]).p, sizeof(key));
		int64_t row[RN_USE_FIELDS] = { tail, key.number, key.abi, key.nr, (int64_t)use->first_ns,
			key.failed ? (int64_t)key.error + 1 : 0, (int64_t)use->bytes };
		rn_counts_of_tally(row + RN_USE_COUNTS, &use->tally);
		rc = rn_columns_put(w, row, err);
	}
	free(order);
	return rc;
}

static uint64_t raw_bytes(const struct rn_reader *r)
{
	uint64_t bytes = 0;
	for (size_t i = 0; i < rn_reader_n_blocks(r); i++)
		for (unsigned s = 0; s < RN_SECTIONS; s++)
			if (s != RN_SECTION_REGS && s != RN_SECTION_STACK)
				bytes += rn_reader_block_info(r, i)->section[s].raw_bytes;
	return bytes;
}

int rn_making_put_uses(struct rn_index_making *b, struct rn_error *err)
{
	struct rn_making_uses *u = &b->uses;
	uint64_t rows = (uint64_t)rn_groups_n(&u->all) + rn_groups_n(&u->tail[0]) + rn_groups_n(&u->tail[1]);
	int rc = rn_columns_writer_init(&u->rows, &rn_index_use, b->db, b->z, err);
	u->none |= rows * USE_BYTES > raw_bytes(b->reader) / RAW_SHARE;
	if (!rc && !u->none)
		rc = put(&u->rows, &u->all, 0, err);
	for (unsigned i = 0; i < 2 && !rc && !u->none; i++)
		rc = put(&u->rows, &u->tail[i], 1 + i, err);
	if (!rc)
		rc = rn_columns_end(&u->rows, err);
	u->pages = u->rows.pages.n;
	u->crc = u->rows.pages.crc;
	rn_columns_writer_fini(&u->rows);
	return rc;
}

static int keep_one(void *arg, const int64_t *row, struct rn_error *err)
{
	struct rn_making_uses *u = arg;
	struct rn_use_key key;
	struct rn_use use;
	if (row[0])
		return 0;
	rn_use_of_row(&key, &use, row);
	struct rn_use *to = rn_groups_row(&u->all, rn_bytes_of(&key, sizeof(key)), err);
	if (to)
		rn_use_merge(to, &use);
	return to ? 0 : RN_E_NOMEM;
}

int rn_making_take_uses(struct rn_index_making *b, const struct rn_index *keep, struct rn_error *err)
{
	if (!keep->number[RN_IX_has_uses]) {
		give_up(&b->uses);
		return 0;
	}
	int rc = rn_columns_each(keep->db, &rn_index_use, keep->number[RN_IX_use_pages],
		(uint32_t)keep->number[RN_IX_use_crc], keep_one, &b->uses, err);
	return rc == RN_END ? rn_fail(err, RN_E_INTERNAL, "the index to go on with changed") : rc;
}
