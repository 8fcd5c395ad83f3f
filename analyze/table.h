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

struct rn_column {
	const char *name;   /* stable, for machines: "total_ns" */
	const char *title;  /* for people: "seconds" */
	enum rn_type type;
	enum rn_unit unit;
	/* How text shows it: a divisor of the base unit and the decimals left. */
	double text_scale;  /* 1e-9 for ns shown as seconds; 0 means 1 */
	uint8_t decimals;
	uint8_t min_width;
	bool left;          /* aligned left */
	bool blank_zero;    /* 0 is shown as nothing (errors of -c) */
	const char *doc;    /* definition, one line */
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
	RN_TABLE_TOTAL_ROW = 1, /* the last row is a total, set off by a rule in text */
	RN_TABLE_PAIRS = 2,     /* one row a fact, two columns: name and value (info) */
	RN_TABLE_RULED = 4,     /* a rule of dashes under the heads, as strace -c */
};

struct rn_table {
	const char *name;   /* stable, for machines: "summary" */
	const char *title;  /* for people, may be NULL */
	unsigned flags;
	const struct rn_column *columns;
	unsigned n_columns;
};

/** Where rows go. NULL members mean nothing to do. */
struct rn_sink {
	int (*table_begin)(struct rn_sink *s, const struct rn_table *t, struct rn_error *err);
	int (*row)(struct rn_sink *s, const struct rn_cell *cells, struct rn_error *err);
	int (*table_end)(struct rn_sink *s, struct rn_error *err);
	/** A remark that belongs to the report (losses, definitions). One line. */
	int (*note)(struct rn_sink *s, struct rn_bytes text, struct rn_error *err);
};

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
static inline struct rn_cell rn_cell_null(void)
{
	return (struct rn_cell){ .type = RN_T_NULL };
}

#endif
