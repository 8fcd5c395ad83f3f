/* SPDX-License-Identifier: MIT */
/**
 * rows - an event as a row of rows.def: who, when, what, each row telling its trace, host and process.
 *
 * So that rows of any number of traces and hosts can lie in one table. Cells are null where nothing is
 * known or nothing of that kind applies.
 */
#ifndef RN_ANALYZE_EXPORT_ROWS_H
#define RN_ANALYZE_EXPORT_ROWS_H

#include "analyze/export/export.h"
#include "analyze/table.h"

enum rn_row_column {
#define C(name, type, clickhouse) RN_ROW_##name,
#include "analyze/export/rows.def"
#undef C
	RN_ROW_COLUMNS
};
extern const struct rn_table rn_rows_table; /* "events" */

struct rn_rows {
	struct rn_buffer trace;  /* the trace's uuid in words */
	struct rn_buffer text[RN_ROW_COLUMNS]; /* what cells borrow */
	char name[24], error[24];
	struct rn_cell cell[RN_ROW_COLUMNS]; /* of the row last made */
};

void rn_rows_fini(struct rn_rows *r);
/* Each makes r->cell, valid until the next. 0 or RN_E_NOMEM. */
int rn_row_call(struct rn_rows *r, struct rn_export_job *job, const struct rn_export_call *call,
	struct rn_error *err);
int rn_row_event(struct rn_rows *r, struct rn_export_job *job, const struct rn_event *ev,
	struct rn_error *err);

#endif
