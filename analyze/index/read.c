/* SPDX-License-Identifier: MIT */
/* What an index tells of all calls: tallies, those under way at the end, the slowest. */
#include "analyze/index/private.h"

#include <stdlib.h>

void rn_index_tally_of_row(struct rn_survey_key *key, struct rn_tally *t, const int64_t *f)
{
	*key = (struct rn_survey_key){ (uint32_t)f[1], (uint32_t)f[2], (uint32_t)f[3] };
	rn_tally_of_counts(t, f + RN_AGG_COUNTS, (uint64_t)f[4]);
}

const struct rn_columns_form rn_index_agg = { "agg", RN_AGG_FIELDS, 0xf, 4096 };

struct counting {
	const struct rn_filter *filter;
	struct rn_tally_set *set;
};

static int count(void *arg, const int64_t *row, struct rn_error *err)
{
	const struct counting *c = arg;
	struct rn_survey_key key;
	struct rn_tally t;
	rn_index_tally_of_row(&key, &t, row);
	return !c->filter || rn_filter_match(c->filter, (enum rn_abi)key.abi, key.nr) ?
		rn_tally_set_add_tally(c->set, (enum rn_abi)key.abi, key.nr, &t, err) : 0;
}

/* Read twice: what is counted must be known to be right before it is. */
int rn_index_each_tally(struct rn_index *x, rn_columns_take *take, void *arg, struct rn_error *err)
{
	return rn_columns_each(x->db, &rn_index_agg, x->number[RN_IX_agg_pages], (uint32_t)x->number[RN_IX_agg_crc],
		take, arg, err);
}

int rn_index_tally(struct rn_index *x, const struct rn_filter *filter, struct rn_tally_set *set,
	struct rn_error *err)
{
	if (!rn_index_is_complete(x))
		return RN_END;
	struct counting c = { filter, set };
	int rc = rn_index_each_tally(x, NULL, NULL, err);
	return rc ? rc : rn_index_each_tally(x, count, &c, err);
}

int rn_index_orphans(struct rn_index *x, struct rn_orphans *o, struct rn_error *err)
{
	uint32_t crc = 0;
	*o = (struct rn_orphans){ RN_IDMAP_INIT, NULL, 0, NULL };
	sqlite3_stmt *s = !rn_index_is_complete(x) ? NULL :
		rn_index_prepare(x->db, "SELECT utid, ts_ns FROM orphan ORDER BY utid");
	int step = SQLITE_ERROR, rc = 0;
	while (s && !rc && (step = sqlite3_step(s)) == SQLITE_ROW) {
		const int64_t fields[] = { sqlite3_column_int64(s, 0), sqlite3_column_int64(s, 1) };
		uint64_t *ts_ns = realloc(o->ts_ns, (o->n + 1) * sizeof(*ts_ns));
		o->ts_ns = ts_ns ? ts_ns : o->ts_ns;
		if (!ts_ns || rn_idmap_put(&o->by_utid, (uint32_t)fields[0], o->n)) {
			rc = rn_fail(err, RN_E_NOMEM, "out of memory");
			break;
		}
		ts_ns[o->n++] = (uint64_t)fields[1];
		crc += rn_index_crc(0, fields, 2, rn_bytes_of(NULL, 0));
	}
	sqlite3_finalize(s);
	if (!rc && (step != SQLITE_DONE || crc != x->number[RN_IX_orphan_crc]))
		rc = RN_END;
	if (rc)
		rn_orphans_fini(o);
	return rc;
}

/* The n-th, if there are so many; *right: the checksum is. */
static bool read_slow(struct rn_index *x, uint64_t n, uint64_t *dur_ns, bool *right)
{
	sqlite3_stmt *s = rn_index_prepare(x->db, "SELECT rank, dur_ns, block, k FROM slowest ORDER BY rank");
	uint32_t crc = 0;
	int64_t fields[4], seen = 0;
	int step = SQLITE_ERROR;
	while (s && (step = sqlite3_step(s)) == SQLITE_ROW) {
		for (int i = 0; i < 4; i++)
			fields[i] = sqlite3_column_int64(s, i);
		crc = rn_index_crc(crc, fields, 4, rn_bytes_of(NULL, 0));
		if ((uint64_t)++seen == n)
			*dur_ns = (uint64_t)fields[1];
	}
	sqlite3_finalize(s);
	*right = step == SQLITE_DONE && seen == x->number[RN_IX_slowest] &&
		crc == x->number[RN_IX_slowest_crc];
	return *right && n && n <= (uint64_t)seen;
}

bool rn_index_slow(struct rn_index *x, uint64_t n, uint64_t *dur_ns)
{
	bool right;
	return rn_index_is_complete(x) && read_slow(x, n, dur_ns, &right);
}

bool rn_index_is_intact(struct rn_index *x)
{
	uint64_t dur_ns;
	bool right;
	read_slow(x, 0, &dur_ns, &right);
	return right && rn_index_blocks_are_right(x) && rn_index_histograms_are_right(x) &&
		rn_index_each_tally(x, NULL, NULL, NULL) == 0 && (!x->number[RN_IX_has_uses] ||
		rn_columns_each(x->db, &rn_index_use, x->number[RN_IX_use_pages], (uint32_t)x->number[RN_IX_use_crc],
			NULL, NULL, NULL) == 0);
}
