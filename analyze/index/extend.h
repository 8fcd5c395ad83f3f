/* SPDX-License-Identifier: MIT */
/**
 * extend - an index with something added: a copy, changed and put in its place.
 */
#ifndef RN_ANALYZE_INDEX_EXTEND_H
#define RN_ANALYZE_INDEX_EXTEND_H

#include "analyze/index/private.h"

/** Writes to the copy, inside of a transaction. 0, RN_E_NOMEM, RN_E_IO. */
typedef int rn_index_change(void *arg, sqlite3 *db, struct rn_error *err);
/** Changes the index where it lies; *x is the new one, or stays when that cannot be written. path: of the trace.
 *  0 or RN_E_NOMEM. */
int rn_index_extend(struct rn_index **x, const char *path, rn_index_change *change, void *arg,
	struct rn_error *err);

/* Named numbers of a part, in the table meta, with a checksum over them. */
struct rn_index_numbers {
	const char *const *name; /* n of them, then the checksum's */
	int64_t *value;
	unsigned n;
};
int rn_index_put_numbers(sqlite3 *db, const struct rn_index_numbers *numbers, struct rn_error *err);
/** False: they are not there, or not right. */
bool rn_index_get_numbers(sqlite3 *db, const struct rn_index_numbers *numbers);

#endif
