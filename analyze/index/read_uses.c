/* SPDX-License-Identifier: MIT */
#include "analyze/index/private.h"

/* Tail, number, abi, nr and time by their differences. */
const struct rn_columns_form rn_index_use = { "use", RN_USE_FIELDS, 0x1f, 16384 };

void rn_use_of_row(struct rn_use_key *key, struct rn_use *use, const int64_t *row)
{
	*key = (struct rn_use_key){ (uint32_t)row[1], (uint32_t)row[2], (uint32_t)row[3], row[5] != 0,
		row[5] ? (uint32_t)(row[5] - 1) : 0 };
	const int64_t *counts = row + RN_USE_COUNTS;
	use->bytes = (uint64_t)row[6];
	use->first_ns = (uint64_t)row[4];
	rn_tally_of_counts(&use->tally, counts, key->failed ? (uint64_t)counts[RN_COUNT_calls] : 0);
}

struct telling {
	uint32_t n_facts;
	rn_index_take_use *take;
	void *arg;
};

static int tell(void *arg, const int64_t *row, struct rn_error *err)
{
	const struct telling *t = arg;
	struct rn_use_key key;
	struct rn_use use;
	rn_use_of_row(&key, &use, row);
	if (key.number > t->n_facts)
		return RN_END;
	return t->take ? t->take(t->arg, &key, &use, err) : 0;
}

static int each(struct rn_index *x, rn_index_take_use *take, void *arg, struct rn_error *err)
{
	struct telling t = { x->n_facts, take, arg };
	return rn_columns_each(x->db, &rn_index_use, x->number[RN_IX_use_pages], (uint32_t)x->number[RN_IX_use_crc],
		tell, &t, err);
}

/* Read twice: what is counted must be known to be right before it is. */
int rn_index_uses(struct rn_index *x, rn_index_take_use *take, void *arg, struct rn_error *err)
{
	if (!rn_index_is_complete(x) || !x->number[RN_IX_has_uses] || !rn_index_load_facts(x))
		return RN_END;
	int rc = each(x, NULL, NULL, err);
	return rc || !take ? rc : each(x, take, arg, err);
}
