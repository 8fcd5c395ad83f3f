/* SPDX-License-Identifier: MIT */
#include "analyze/export/tally.h"

#include "analyze/model/call_files.h"

#include <stdlib.h>

static uint64_t value_of(const struct rn_export_call *call, enum rn_weight weight)
{
	const struct rn_call *c = &call->ev->call;
	uint64_t bytes;
	switch (weight) {
	case RN_WEIGHT_bytes:
		return !call->unfinished && rn_call_bytes((enum rn_abi)c->abi, c->nr, c->flags, c->ret, &bytes) ?
			bytes : 0;
	case RN_WEIGHT_calls:
		return 1;
	case RN_WEIGHT_errors:
		return (c->flags & RN_CALL_ERROR) != 0;
	case RN_WEIGHT_time:
		return call->unfinished ? 0 : c->dur_ns;
	}
	return 0;
}

/* Carried on are differences to RN_WEIGHED_CARRY, so that nothing has to be set up. */
uint64_t rn_export_weigh(const struct rn_export_call *call, enum rn_weight weight, struct rn_tally_carry *carry)
{
	uint64_t value = value_of(call, weight);
	if (call->weight == RN_WEIGHT_ONE)
		return value;
	uint64_t at = (carry->of[weight] + RN_WEIGHED_CARRY) & (RN_WEIGHT_ONE - 1);
	value = rn_weighed_spread(&at, value, call->weight);
	carry->of[weight] = (at - RN_WEIGHED_CARRY) & (RN_WEIGHT_ONE - 1);
	return value;
}

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for a profile");
}

int rn_export_tally_init(struct rn_export_tally *t, struct rn_error *err)
{
	*t = (struct rn_export_tally){ .keys = rn_intern_new() };
	return t->keys ? 0 : no_memory(err);
}

void rn_export_tally_fini(struct rn_export_tally *t)
{
	rn_intern_free(t->keys);
	free(t->sums);
}

int rn_export_tally_add(struct rn_export_tally *t, const struct rn_tally_key *key,
	const struct rn_export_call *call, struct rn_error *err)
{
	uint32_t group = rn_intern(t->keys, rn_bytes_of((const uint8_t *)key, sizeof(*key)), NULL);
	if (group == RN_INTERN_NONE)
		return no_memory(err);
	if (group == t->cap) {
		uint32_t cap = t->cap ? t->cap * 2 : 256;
		struct rn_tally_sums *grown = realloc(t->sums, cap * sizeof(*grown));
		if (!grown)
			return no_memory(err);
		t->sums = grown;
		t->cap = cap;
	}
	if (group == t->n)
		t->sums[t->n++] = (struct rn_tally_sums){ { 0 } };
	for (unsigned w = 0; w < 4; w++)
		t->sums[group].weight[w] += rn_export_weigh(call, (enum rn_weight)w, &t->carry);
	return 0;
}

struct rn_tally_key rn_export_tally_key(const struct rn_export_tally *t, uint32_t group)
{
	struct rn_tally_key key;
	memcpy(&key, rn_intern_get(t->keys, group).p, sizeof(key));
	return key;
}
