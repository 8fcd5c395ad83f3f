/* SPDX-License-Identifier: MIT */
/**
 * cell - one cell as characters: exact for machines, in its column's clothes for people.
 *
 * Both append to a buffer. Nothing here asks the locale.
 */
#ifndef RN_ANALYZE_REPORT_CELL_H
#define RN_ANALYZE_REPORT_CELL_H

#include "analyze/table.h"
#include "shared/buffer.h"

struct rn_json;

/** Base units, full precision; text as it is; nothing for a null. */
void rn_cell_plain(struct rn_buffer *out, const struct rn_cell *cell);
/** Shifted and rounded (half up) as the column says; control characters as octal escapes. */
void rn_cell_shown(struct rn_buffer *out, const struct rn_cell *cell, const struct rn_column *col);
/** The value alone; its key is the caller's. */
void rn_cell_json(struct rn_json *json, const struct rn_cell *cell);

/** Any bytes, safe for a terminal: control and direction characters and bytes that are not UTF-8
 *  as \033, a backslash as \\. */
void rn_put_shown(struct rn_buffer *out, struct rn_bytes s);
/** The same of a line of a listing, which has its escapes already: a backslash stays one. */
void rn_put_listed(struct rn_buffer *out, struct rn_bytes s);
/** Characters of UTF-8 text, for alignment. */
size_t rn_shown_width(struct rn_bytes s);
/** "text", "integer", "real", "boolean", "null". */
const char *rn_type_name(enum rn_type type);
/** "ns", "bytes", "count", "ratio", "percent"; "" for none. */
const char *rn_unit_name(enum rn_unit unit);

#endif
