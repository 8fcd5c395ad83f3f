/* SPDX-License-Identifier: MIT */
/**
 * json_writer - JSON, written member by member into a buffer.
 *
 * The caller empties the buffer as it likes (rn_buffer_clear) between members, so
 * that a document of any length needs little memory. Text is any bytes: what is
 * not well-formed UTF-8 travels as report/utf8.h says, control and direction
 * characters and U+2028/9 as \u escapes. Integers are written in full; a reader
 * that keeps numbers as doubles loses digits above 2^53. Reals are the shortest
 * text that reads back as the same double; NaN and infinities become null.
 * Misuse (a value without a key in an object, an end too many) is a bug: asserted.
 * Source: RFC 8259.
 */
#ifndef RN_ANALYZE_REPORT_JSON_WRITER_H
#define RN_ANALYZE_REPORT_JSON_WRITER_H

#include "shared/buffer.h"

#include <stdbool.h>

#define RN_JSON_DEPTH_MAX 32

struct rn_json {
	struct rn_buffer *out;
	unsigned break_depth; /* containers less deep than this have a line for each member */
	unsigned depth;
	bool has_key;         /* a key was put and waits for its value */
	struct {
		bool is_object, has_members;
	} level[RN_JSON_DEPTH_MAX];
};

/** break_depth 0: everything on one line; 2: the members of the document and of its arrays each
 *  on a line of their own, what they contain on that line. */
void rn_json_init(struct rn_json *j, struct rn_buffer *out, unsigned break_depth);

void rn_json_object_begin(struct rn_json *j);
void rn_json_object_end(struct rn_json *j);
void rn_json_array_begin(struct rn_json *j);
void rn_json_array_end(struct rn_json *j);
/** The name of the next value; escaped like any text. */
void rn_json_key(struct rn_json *j, const char *key);

void rn_json_bytes(struct rn_json *j, struct rn_bytes s);
/** A C string; NULL is null. */
void rn_json_text(struct rn_json *j, const char *s);
void rn_json_u64(struct rn_json *j, uint64_t v);
void rn_json_i64(struct rn_json *j, int64_t v);
/** v divided by 10 to the `decimals`, exact: 1000000002 with 9 is 1.000000002. */
void rn_json_fixed(struct rn_json *j, uint64_t v, unsigned decimals);
/** "0x1f", a string: safe for readers that keep numbers as doubles. */
void rn_json_hex(struct rn_json *j, uint64_t v);
void rn_json_real(struct rn_json *j, double v);
void rn_json_bool(struct rn_json *j, bool v);
void rn_json_null(struct rn_json *j);

/** Decimal digits, for whoever writes many numbers. */
void rn_put_decimal(struct rn_buffer *out, uint64_t v);

#endif
