/* SPDX-License-Identifier: MIT */
/**
 * clickhouse - events of traces into a ClickHouse server, over HTTP.
 *
 * Two tables of one database. `events` has the rows of rows.def; `traces` a row for every trace, a newer one
 * (greater version) replacing the older. Events go in by their number in the trace, in lots that the server
 * takes whole or as a beginning: so the greatest number there says where to go on, after whatever has
 * interrupted a load, and a trace that is there adds nothing. docs/guide/clickhouse.md describes the tables:
 * change both. One loader at a time for each trace: a second one is noticed, and gives up.
 */
#ifndef RN_ANALYZE_EXPORT_CLICKHOUSE_H
#define RN_ANALYZE_EXPORT_CLICKHOUSE_H

#include "analyze/export/export.h"

struct rn_clickhouse;

extern const struct rn_export rn_export_clickhouse; /* no format of a file, and in no list */

/** Nothing is asked of the server yet. database: of letters, digits and _. lot_rows: sent at a time, at most; as
 *  long as that is below max_insert_block_size (a million), a lot is there as a whole or not at all.
 *  RN_E_USAGE, RN_E_UNSUPPORTED (http.h), RN_E_NOMEM. Close also after an error. */
int rn_clickhouse_open(struct rn_clickhouse **out, const char *server, const char *database,
	uint64_t lot_rows, struct rn_error *err);
void rn_clickhouse_close(struct rn_clickhouse *c);
/** Makes database and tables where there are none. RN_E_IO: no answer, or a refusal, whose first line the message
 *  has. */
int rn_clickhouse_create(struct rn_clickhouse *c, struct rn_error *err);

struct rn_clickhouse_load {
	uint64_t there;  /* events that were there before */
	uint64_t loaded; /* and those that were not */
};
/** Loads what the inquiry selects; it is open, of a file. RN_E_USAGE: the trace was loaded with other filters;
 *  RN_E_GONE: somebody else loads it at the same time; RN_E_IO, RN_E_NOMEM. */
int rn_clickhouse_load(struct rn_clickhouse *c, struct rn_inquiry *q, const struct rn_export_look *look,
	struct rn_diag *diag, struct rn_clickhouse_load *out, struct rn_error *err);

#endif
