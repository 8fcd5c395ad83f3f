/* SPDX-License-Identifier: MIT */
/**
 * grouping_key - the values of some columns of a call as bytes that are equal when the values are.
 */
#ifndef RN_ANALYZE_SQL_GROUPING_KEY_H
#define RN_ANALYZE_SQL_GROUPING_KEY_H

#include "analyze/sql/grouping.h"

/* What of a call decides a column's value. */
enum rn_key_of {
	RN_KEY_NR = 1,
	RN_KEY_UTID = 2,
	RN_KEY_ERROR = 4,
	RN_KEY_FLAGS = 8,
	RN_KEY_TS = 16 /* of a thread that changes */
};

/** 0: it is no column to group by. */
unsigned rn_key_of(enum rn_call_column column);
/** Appends the values of a call whose time, thread, number, result and flags are set. */
void rn_key_put(struct rn_buffer *out, const struct rn_grouping_order *order, const struct rn_event *ev,
	const struct rn_model *model);
/** As SQLite sorts: below 0, 0 or above it. */
int rn_key_compare(const struct rn_grouping_order *order, struct rn_bytes a, struct rn_bytes b);
/** Whether a thread has the same values at all times. */
bool rn_key_is_steady(const struct rn_grouping_order *order, const struct rn_model *model, uint32_t utid);

#endif
