/* SPDX-License-Identifier: MIT */
#include "analyze/index/uses.h"

#include "analyze/model/call_files.h"

int rn_block_uses_init(struct rn_block_uses *u, struct rn_error *err)
{
	return rn_groups_init(&u->groups, sizeof(struct rn_use), err);
}

void rn_block_uses_fini(struct rn_block_uses *u)
{
	rn_groups_fini(&u->groups);
}

void rn_block_uses_clear(struct rn_block_uses *u)
{
	rn_intern_clear(u->groups.keys);
	memset(u->slot, 0, sizeof(u->slot));
	u->odd = false;
}

void rn_use_merge(struct rn_use *into, const struct rn_use *from)
{
	if (!into->tally.calls)
		*into = (struct rn_use){ RN_TALLY_INIT, 0, UINT64_MAX };
	rn_tally_merge(&into->tally, &from->tally);
	into->bytes += from->bytes;
	if (from->first_ns < into->first_ns)
		into->first_ns = from->first_ns;
}

/* Through a small cache. */
static struct rn_use *use_of(struct rn_block_uses *u, const struct rn_use_key *key, struct rn_error *err)
{
	unsigned h = (key->number * 67 + key->nr * 13 + key->error * 5 + key->abi) % RN_USE_SLOTS;
	if (u->slot[h].row && memcmp(&u->slot[h].key, key, sizeof(*key)) == 0)
		return rn_groups_at(&u->groups, u->slot[h].row - 1);
	struct rn_use *use = rn_groups_row(&u->groups, rn_bytes_of(key, sizeof(*key)), err);
	if (!use)
		return NULL;
	u->slot[h].key = *key;
	u->slot[h].row = 1 + (uint32_t)(use - (struct rn_use *)rn_groups_at(&u->groups, 0));
	return use;
}

int rn_block_uses_add(struct rn_block_uses *u, const struct rn_core *core, uint32_t k, uint32_t number,
	struct rn_error *err)
{
	bool failed = core->flags[k] & RN_CALL_ERROR, unfinished = core->flags[k] & RN_CALL_UNFINISHED;
	const struct rn_use_key key = { number, core->abi[k], core->nr[k], failed,
		failed ? (uint32_t)(0 - (uint64_t)core->ret[k]) : 0 };
	struct rn_use *use = use_of(u, &key, err);
	if (!use)
		return RN_E_NOMEM;
	struct rn_use one = { RN_TALLY_INIT, 0, core->ts_ns[k] };
	one.tally.calls = 1;
	one.tally.errors = failed;
	one.tally.unfinished = unfinished;
	if (!unfinished)
		one.tally.total_ns = one.tally.min_ns = one.tally.max_ns = core->dur_ns[k];
	if (!rn_call_bytes((enum rn_abi)core->abi[k], core->nr[k], core->flags[k], core->ret[k], &one.bytes))
		one.bytes = 0;
	rn_use_merge(use, &one);
	u->odd |= failed && unfinished;
	return 0;
}
