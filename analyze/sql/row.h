/* SPDX-License-Identifier: MIT */
/**
 * row - one call as a row of the view syscalls: its columns as SQL values.
 *
 * Columns of the core are read where they are; for the others the call is unpacked, section by section,
 * when they are asked for. Text of a row is valid until the row is set anew.
 */
#ifndef RN_ANALYZE_SQL_ROW_H
#define RN_ANALYZE_SQL_ROW_H

#include "analyze/index/index.h"
#include "analyze/model/call_files.h"
#include "analyze/model/model.h"
#include "analyze/sql/frames.h"
#include "shared/buffer.h"

#include <sqlite3.h>

enum rn_call_column {
#define C(name, type, want) RN_CC_##name,
#include "analyze/sql/columns.def"
#undef C
	RN_CALL_COLUMNS,
	/* Behind them, not among those of SELECT *: */
	RN_CC_k = RN_CALL_COLUMNS,
	RN_CC_weight
};
extern const char *const rn_call_column_names[RN_CALL_COLUMNS];
/** "CREATE TABLE x(seq INTEGER, ..)" for sqlite3_declare_vtab. */
extern const char rn_call_schema[];
/** What a model must remember so that the columns in the mask (bit 1 << enum rn_call_column) can be told. */
unsigned rn_call_columns_want(uint64_t mask);

/* What rows are told of; borrowed. */
struct rn_row_context {
	const struct rn_model *model;
	struct rn_sql_frames *frames; /* NULL: stacks are not told of */
	struct rn_index *index;       /* knows the files of calls; NULL: none */
};

struct rn_row {
	const struct rn_row_context *context;
	struct rn_block *block;       /* NULL: the call is whole in ev */
	const struct rn_core *core;
	uint32_t k;
	unsigned have;                /* sections in ev, RN_WANT bits, once has_ev */
	bool has_ev;
	struct rn_event ev;
	struct rn_buffer text;
	bool has_stack;
	struct rn_sql_frame frame;    /* once has_stack */
};

void rn_row_init(struct rn_row *r, const struct rn_row_context *context);
void rn_row_fini(struct rn_row *r);
/** Call k of a block whose core is unpacked. */
void rn_row_set(struct rn_row *r, struct rn_block *block, const struct rn_core *core, uint32_t k);
void rn_row_set_event(struct rn_row *r, const struct rn_event *ev);
/** Hands the value to SQLite. SQLITE_OK or SQLITE_NOMEM; what is damaged is NULL. */
int rn_row_result(struct rn_row *r, enum rn_call_column column, sqlite3_context *out);
int64_t rn_row_seq(struct rn_row *r);
/** What the call stands for where others were left out while recording (analyze/weights/sampling.h); else 1. */
double rn_row_weight(struct rn_row *r);

#endif
