/* SPDX-License-Identifier: MIT */
/**
 * table - what analyses produce and all that report writers know.
 *
 * An analysis describes its columns once and sends rows of cells to a sink; a
 * report writer is a sink. Numbers travel exact and in base units (ns, bytes);
 * the writer decides how a unit looks. Cells borrow their text until the call returns.
 */
#ifndef RN_ANALYZE_TABLE_H
#define RN_ANALYZE_TABLE_H

#include "shared/bytes.h"
#include "shared/error.h"

#include <stdbool.h>

enum rn_type { RN_T_NULL, RN_T_TEXT, RN_T_U64, RN_T_I64, RN_T_REAL, RN_T_BOOL };
enum rn_unit { RN_U_NONE, RN_U_NS, RN_U_BYTES, RN_U_COUNT, RN_U_RATIO, RN_U_PERCENT };

/* Writers that leave a column out: one table serves people and machines. */
enum rn_hide { RN_HIDE_TEXT = 1, RN_HIDE_CSV = 2, RN_HIDE_JSON = 4 };

struct rn_column {
	const char *name;   /* stable, for machines: "total_ns" */
	const char *title;  /* for people: "seconds"; NULL: the name */
	enum rn_type type;
	enum rn_unit unit;
	uint8_t shift;      /* text shows numbers divided by 10^shift: 9 for ns as seconds */
	uint8_t decimals;   /* that text shows */
	uint8_t min_width;
	uint8_t hide;       /* enum rn_hide bits */
	bool left;          /* aligned left */
	bool listed;        /* text as a listing prints it: it has its escapes already */
	bool blank_zero;    /* 0 is shown as nothing (errors of -c) */
	bool weighs;        /* where calls were left out while recording it is an estimate (estimates.h) */
	const char *doc;    /* definition, one line; NULL when the name says it */
};

struct rn_cell {
	enum rn_type type;
	union {
		struct rn_bytes text;
		uint64_t u64;
		int64_t i64;
		double real;
		bool boolean;
	};
};

enum rn_table_flags {
	RN_TABLE_RECORD = 1, /* exactly one row, each column a fact: text shows one fact a line */
	RN_TABLE_RULED = 2,  /* a rule of dashes under the heads, as strace -c; of a record under its title */
	RN_TABLE_ABOUT = 4,  /* a record about the report itself, after all other tables: JSON has it
	                      * beside them, text and csv leave it out */
};

struct rn_table {
	const char *name;   /* stable, for machines: "summary" */
	const char *title;  /* for people, may be NULL */
	const char *empty;  /* what text says instead of a table without rows; NULL: its heads */
	unsigned flags;     /* enum rn_table_flags bits */
	/* Tables of one group come together, after all others but those about the report. JSON makes an
	 * object of the group's name of them: a record of that name is its members, every other table an
	 * array of rows. Other formats take no notice. NULL: none. */
	const char *group;
	const struct rn_column *columns;
	unsigned n_columns;
};

/** Where rows go. NULL members mean nothing to do; callers use the functions below, which check. */
struct rn_sink {
	int (*table_begin)(struct rn_sink *s, const struct rn_table *t, struct rn_error *err);
	int (*row)(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err);
	/** At most one, after the rows: sums over them. */
	int (*total)(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err);
	int (*table_end)(struct rn_sink *s, struct rn_error *err);
	/** A remark that belongs to the report (losses, definitions), between tables. One line. */
	int (*note)(struct rn_sink *s, struct rn_bytes text, struct rn_error *err);
};

/** The table and its columns are borrowed until table_end. */
static inline int rn_sink_begin(struct rn_sink *s, const struct rn_table *t, struct rn_error *err)
{
	return s->table_begin ? s->table_begin(s, t, err) : 0;
}
static inline int rn_sink_row(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err)
{
	return s->row ? s->row(s, cells, err) : 0;
}
static inline int rn_sink_total(struct rn_sink *s, const struct rn_cell *cells,
	struct rn_error *err)
{
	return s->total ? s->total(s, cells, err) : 0;
}
static inline int rn_sink_end(struct rn_sink *s, struct rn_error *err)
{
	return s->table_end ? s->table_end(s, err) : 0;
}
static inline int rn_sink_note(struct rn_sink *s, struct rn_bytes text, struct rn_error *err)
{
	return s->note ? s->note(s, text, err) : 0;
}

static inline struct rn_cell rn_cell_text(const char *s)
{
	return (struct rn_cell){ .type = RN_T_TEXT, .text = rn_bytes_str(s) };
}
static inline struct rn_cell rn_cell_bytes(struct rn_bytes s)
{
	return (struct rn_cell){ .type = RN_T_TEXT, .text = s };
}
static inline struct rn_cell rn_cell_u64(uint64_t v)
{
	return (struct rn_cell){ .type = RN_T_U64, .u64 = v };
}
static inline struct rn_cell rn_cell_i64(int64_t v)
{
	return (struct rn_cell){ .type = RN_T_I64, .i64 = v };
}
static inline struct rn_cell rn_cell_real(double v)
{
	return (struct rn_cell){ .type = RN_T_REAL, .real = v };
}
static inline struct rn_cell rn_cell_bool(bool v)
{
	return (struct rn_cell){ .type = RN_T_BOOL, .boolean = v };
}
static inline struct rn_cell rn_cell_null(void)
{
	return (struct rn_cell){ .type = RN_T_NULL };
}

#endif
