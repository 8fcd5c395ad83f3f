/* SPDX-License-Identifier: MIT */
/**
 * tally - calls summed up by what tells them apart in a profile: stack, name, thread, error.
 *
 * Which of them a format wants is its own affair: what it leaves 0 is not told apart. Groups are numbered
 * from 0 in the order of their first call. Memory: a hundred bytes a group.
 */
#ifndef RN_ANALYZE_EXPORT_TALLY_H
#define RN_ANALYZE_EXPORT_TALLY_H

#include "analyze/export/export.h"
#include "shared/intern.h"

struct rn_tally_key {
	uint32_t entry;      /* of the stack (stack_table.h) */
	uint32_t name;       /* of the call, a number of the format's own */
	uint32_t utid;
	uint32_t error;      /* errno */
	uint32_t unfinished; /* 0 or 1 */
};

/* By enum rn_weight. Calls that never returned have no time. */
struct rn_tally_sums {
	uint64_t weight[4];
};
/* Calls count by what they stand for (weights.h); zeroed memory is a fresh one. */
struct rn_tally_carry {
	uint64_t of[4];
};

struct rn_export_tally {
	struct rn_intern *keys;
	struct rn_tally_sums *sums; /* by group */
	uint32_t n, cap;
	struct rn_tally_carry carry;
};

/** 0 or RN_E_NOMEM; fini in either case, also of zeroed memory. */
int rn_export_tally_init(struct rn_export_tally *t, struct rn_error *err);
void rn_export_tally_fini(struct rn_export_tally *t);
/** 0 or RN_E_NOMEM. */
int rn_export_tally_add(struct rn_export_tally *t, const struct rn_tally_key *key,
	const struct rn_export_call *call, struct rn_error *err);
struct rn_tally_key rn_export_tally_key(const struct rn_export_tally *t, uint32_t group);

/** What a call adds to a sum. */
uint64_t rn_export_weigh(const struct rn_export_call *call, enum rn_weight weight, struct rn_tally_carry *carry);

#endif
