/* SPDX-License-Identifier: MIT */
/* What is counted by runs of blocks and threads answers for the calls of some threads between two moments: runs that lie
 * within count as they are, blocks of those that are cut are left to be looked into. */
#include "analyze/index/private.h"

#include <stdlib.h>

enum place { OUTSIDE, WITHIN, CUT };

struct counting {
	struct rn_index_part *part;
	struct rn_tally_set *set;
	const uint8_t *place; /* by bucket */
	int64_t n_buckets;
};

static enum place place_of(const struct rn_index_part *part, const struct rn_block_info *info)
{
	if (!info->n_calls || info->last_ns < part->from_ns || info->first_ns >= part->to_ns)
		return OUTSIDE;
	return info->first_ns >= part->from_ns && info->last_ns < part->to_ns ? WITHIN : CUT;
}

static int count(void *arg, const int64_t *row, struct rn_error *err)
{
	const struct counting *c = arg;
	struct rn_index_part *p = c->part;
	struct rn_survey_key key;
	struct rn_tally t;
	if (row[0] < 0 || row[0] >= c->n_buckets)
		return RN_END;
	if (c->place[row[0]] != WITHIN)
		return 0;
	rn_index_tally_of_row(&key, &t, row);
	int takes = p->takes_thread ? p->takes_thread(p->arg, key.utid) : 1;
	if (takes < 0)
		return RN_END;
	if (!takes || (p->filter && !rn_filter_match(p->filter, (enum rn_abi)key.abi, key.nr)))
		return 0;
	p->n_calls += t.calls;
	return rn_tally_set_add_tally(c->set, (enum rn_abi)key.abi, key.nr, &t, err);
}

/* The bucket of each block; they rise by one at most. False: that is no such table. */
static bool read_buckets(struct rn_index *x, int64_t *bucket)
{
	sqlite3_stmt *s = rn_index_prepare(x->db, "SELECT id, bucket FROM block ORDER BY id");
	int step = SQLITE_ERROR;
	size_t n = 0;
	int64_t last = -1;
	while (s && (step = sqlite3_step(s)) == SQLITE_ROW && n < x->n_blocks) {
		int64_t b = sqlite3_column_int64(s, 1);
		if (sqlite3_column_int64(s, 0) != (int64_t)n || rn_reader_block_info(x->reader, n)->number != n || b < last || b > last + 1)
			break;
		last = bucket[n++] = b;
	}
	sqlite3_finalize(s);
	return step == SQLITE_DONE && n == x->n_blocks;
}

/* Where each bucket lies, into place[n_blocks]; of the blocks of those that are cut, which are to be looked into. */
static void set_places(const struct rn_index *x, const struct rn_index_part *part, const int64_t *bucket,
	uint8_t *place, uint8_t *look)
{
	for (size_t first = 0, end; first < x->n_blocks; first = end) {
		uint8_t *of = &place[bucket[first]];
		bool in = true, out = true;
		for (end = first; end < x->n_blocks && bucket[end] == bucket[first]; end++) {
			const struct rn_block_info *info = rn_reader_block_info(x->reader, end);
			look[end] = place_of(part, info);
			in &= look[end] == WITHIN || !info->n_calls;
			out &= look[end] == OUTSIDE;
		}
		*of = out ? OUTSIDE : in ? WITHIN : CUT;
		for (size_t i = first; i < end; i++)
			look[i] = *of == CUT && look[i] != OUTSIDE;
	}
}

int rn_index_tally_part(struct rn_index *x, struct rn_index_part *part, struct rn_tally_set *set, uint8_t *look,
	struct rn_error *err)
{
	if (!rn_index_is_complete(x) || !rn_index_blocks_are_right(x))
		return RN_END;
	int64_t *bucket = calloc(x->n_blocks + 1, sizeof(*bucket));
	uint8_t *place = calloc(x->n_blocks + 1, 1);
	struct counting c = { part, set, place, (int64_t)x->n_blocks };
	part->n_calls = 0;
	int rc = bucket && place ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc && !read_buckets(x, bucket))
		rc = RN_END;
	if (!rc) {
		set_places(x, part, bucket, place, look);
		rc = rn_index_each_tally(x, NULL, NULL, err); /* what is counted must be known to be right before it is */
	}
	if (!rc)
		rc = rn_index_each_tally(x, count, &c, err);
	free(bucket);
	free(place);
	return rc;
}
