/* SPDX-License-Identifier: MIT */
/* What is taken over of the index of a trace that has grown since: the buckets that were whole. */
#include "analyze/index/build.h"

#include "analyze/index/extend.h"
#include "analyze/index/stacks_private.h"

#include <stdlib.h>

static int take_facts(struct rn_index_making *b, const struct rn_index *keep, struct rn_error *err)
{
	for (uint32_t i = 1; i <= keep->n_facts; i++) {
		const struct rn_file_facts *f = &keep->facts[i - 1];
		rn_buffer_clear(&b->blob);
		rn_file_facts_pack(&b->blob, f);
		rn_put_bytes(&b->blob, f->more.p, f->more.len);
		if (!rn_buffer_ok(&b->blob) || rn_intern(b->facts, rn_buffer_bytes(&b->blob), NULL) != i - 1)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
	}
	return rn_making_write_facts(b, false, err);
}

struct kept_tallies {
	struct rn_index_making *b;
	int64_t end;
};

static int take_tally(void *arg, const int64_t *row, struct rn_error *err)
{
	const struct kept_tallies *k = arg;
	return row[0] < k->end ? rn_columns_put(&k->b->agg, row, err) : 0;
}

static int take_tallies(struct rn_index_making *b, struct rn_index *keep, int64_t end, struct rn_error *err)
{
	struct kept_tallies k = { b, end };
	int rc = rn_columns_each(keep->db, &rn_index_agg, keep->number[RN_IX_agg_pages],
		(uint32_t)keep->number[RN_IX_agg_crc], take_tally, &k, err);
	return rc == RN_END ? rn_fail(err, RN_E_INTERNAL, "the index to go on with changed") : rc;
}

static int take_blocks(struct rn_index_making *b, struct rn_index *keep, int64_t end, size_t *first,
	struct rn_error *err)
{
	sqlite3_stmt *s = rn_index_prepare(keep->db,
		"SELECT bucket, raw_bytes, files FROM block WHERE bucket < ?1 ORDER BY id");
	int rc = 0;
	if (s)
		sqlite3_bind_int64(s, 1, end);
	while (!rc && s && sqlite3_step(s) == SQLITE_ROW) {
		b->n_buckets = sqlite3_column_int64(s, 0);
		rc = rn_making_block(b, *first, sqlite3_column_int64(s, 1), rn_bytes_of(sqlite3_column_blob(s, 2),
			(size_t)sqlite3_column_bytes(s, 2)), err);
		*first += 1;
	}
	sqlite3_finalize(s);
	b->n_buckets = end;
	return rc;
}

/* Those of the last two buckets are counted again. */
static int take_histograms(struct rn_index_making *b, struct rn_index *keep, struct rn_error *err)
{
	sqlite3_stmt *s = rn_index_prepare(keep->db,
		"SELECT abi, nr, low_ns, calls FROM histogram WHERE NOT tail ORDER BY abi, nr, low_ns");
	int rc = 0;
	while (!rc && s && sqlite3_step(s) == SQLITE_ROW) {
		const uint32_t key[2] = { (uint32_t)sqlite3_column_int64(s, 0),
			(uint32_t)sqlite3_column_int64(s, 1) };
		uint64_t low = (uint64_t)sqlite3_column_int64(s, 2);
		struct rn_histogram *h = rn_groups_row(&b->histograms, rn_bytes_of(key, sizeof(key)), err);
		if (h)
			h->calls[low ? 64 - __builtin_clzll(low) : 0] = (uint64_t)sqlite3_column_int64(s, 3);
		rc = h ? 0 : RN_E_NOMEM;
	}
	sqlite3_finalize(s);
	return rc;
}

/* What is surveyed again tells of its own once more. */
static void take_slowest(struct rn_index_making *b, struct rn_index *keep, size_t first)
{
	sqlite3_stmt *s = rn_index_prepare(keep->db, "SELECT dur_ns, block, k FROM slowest ORDER BY rank");
	while (s && sqlite3_step(s) == SQLITE_ROW) {
		uint64_t block = (uint64_t)sqlite3_column_int64(s, 1), k = (uint64_t)sqlite3_column_int64(s, 2);
		if (block < first)
			rn_making_slow_one(b, &(struct rn_slow_one){ (uint64_t)sqlite3_column_int64(s, 0),
				rn_reader_block_info(b->reader, block)->first_seq + k, (uint32_t)block,
				(uint32_t)k });
	}
	sqlite3_finalize(s);
}

/* Events are read again: they are few bytes beside calls, and what they say of threads is needed anyway. */
static int take_events(struct rn_index_making *b, size_t first, struct rn_error *err)
{
	struct rn_survey s;
	int rc = rn_survey_init(&s, err);
	s.stacks = b->stacks;
	for (size_t i = 0; i < first && !rc; i++) {
		rc = rn_survey_block_events(&s, b->reader, i, err);
		b->no_events |= rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED;
		rc = rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED ? 0 : rc ? rc : rn_making_events(b, &s, i, err);
	}
	rn_survey_fini(&s);
	return rc;
}

/* Rows as they are: they are looked at when somebody asks for them. */
static int take_rows(struct rn_index_making *b, const struct rn_index *keep, const char *table, const char *values,
	struct rn_error *err)
{
	char sql[96];
	snprintf(sql, sizeof(sql), "SELECT * FROM %s", table);
	sqlite3_stmt *from = rn_index_prepare(keep->db, sql);
	snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES(%s)", table, values);
	sqlite3_stmt *to = rn_index_prepare(b->db, sql);
	int rc = from && to ? 0 : rn_index_fail(b->db, err);
	while (!rc && sqlite3_step(from) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(from); i++)
			sqlite3_bind_value(to, i + 1, sqlite3_column_value(from, i));
		rc = sqlite3_step(to) == SQLITE_DONE ? 0 : rn_index_fail(b->db, err);
		sqlite3_reset(to);
	}
	sqlite3_finalize(from);
	sqlite3_finalize(to);
	return rc;
}

/* Stacks and names of the beginning, which rn_index_add_stacks goes on from. */
static int take_stacks(struct rn_index_making *b, const struct rn_index *keep, struct rn_error *err)
{
	static const char page[] = "?1, ?2, ?3, ?4, ?5";
	static const struct {
		const char *table, *values;
	} tables[] = { { "call_stack", page }, { "frame", page }, { "module", "?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9" },
		{ "stack", page }, { "symbol", page } };
	int64_t number[RN_STACK_NUMBERS];
	const struct rn_index_numbers numbers = { rn_stack_number_names, number, RN_STACK_NUMBERS };
	int rc = 0;
	if (keep->number[RN_IX_damaged] || !rn_index_get_numbers(keep->db, &numbers))
		return 0;
	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]) && !rc; i++)
		rc = take_rows(b, keep, tables[i].table, tables[i].values, err);
	return rc ? rc : rn_index_put_numbers(b->db, &numbers, err);
}

int rn_making_take_over(struct rn_index_making *b, struct rn_index *keep, size_t *first, struct rn_error *err)
{
	*first = 0;
	int rc = keep ? take_stacks(b, keep, err) : 0;
	if (rc || !keep || !rn_index_is_intact(keep) || !rn_index_load_facts(keep))
		return rc;
	/* What the last calls of a block made of descriptors, the next block may tell; and a block may have
	 * been cut. The last two buckets are surveyed again. */
	sqlite3_stmt *s = rn_index_prepare(keep->db, "SELECT (SELECT max(bucket) FROM block) - 1, min(bucket) "
		"FROM block WHERE id >= ?1");
	if (s)
		sqlite3_bind_int64(s, 1, keep->number[RN_IX_sound] - 1);
	bool found = s && sqlite3_step(s) == SQLITE_ROW;
	int64_t end = found ? sqlite3_column_int64(s, 0) : 0;
	bool whole = found && sqlite3_column_int64(s, 1) >= end;
	sqlite3_finalize(s);
	if (!whole || end < 1)
		return 0;
	rc = take_facts(b, keep, err);
	if (!rc)
		rc = take_tallies(b, keep, end, err);
	if (!rc)
		rc = take_blocks(b, keep, end, first, err);
	if (!rc)
		rc = take_histograms(b, keep, err);
	if (!rc)
		rc = rn_making_take_uses(b, keep, err);
	if (rc)
		return rc;
	take_slowest(b, keep, *first);
	return take_events(b, *first, err);
}
