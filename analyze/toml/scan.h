/* SPDX-License-Identifier: MIT */
/**
 * scan - the place in a TOML document that is being read. Internal to analyze/toml.
 *
 * Functions read one thing from there and move behind it; they return 0 or a negative RN_E_* with the
 * line in the message.
 */
#ifndef RN_ANALYZE_TOML_SCAN_H
#define RN_ANALYZE_TOML_SCAN_H

#include "analyze/toml/toml.h"
#include "shared/buffer.h"

struct rn_toml_scan {
	const uint8_t *p, *end;
	uint32_t line;
	unsigned depth;
	struct rn_arena *arena;
	struct rn_buffer text;     /* of the string under way */
	/* The values of all tables by table and key: open addressing, a power of two. */
	struct rn_toml_slot { struct rn_toml *table, *value; } *slot;
	size_t n_slots, n_used;
};

enum rn_toml_flags {
	RN_TOML_HEADER = 1,  /* a table that a [header] defined */
	RN_TOML_DOTTED = 2,  /* a table that a dotted key made */
	RN_TOML_CLOSED = 4,  /* an inline table or a plain array: nothing can be added */
};

static inline int rn_toml_at(const struct rn_toml_scan *s, unsigned ahead)
{
	return (size_t)(s->end - s->p) > ahead ? s->p[ahead] : -1;
}

#define rn_toml_fail(s, err, ...) rn_toml_fail_at((s)->line, err, __VA_ARGS__)
int rn_toml_fail_at(uint32_t line, struct rn_error *err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/** Blanks and tabs. */
void rn_toml_blanks(struct rn_toml_scan *s);
/** A comment if there is one, then the end of the line or of the document. */
int rn_toml_line_end(struct rn_toml_scan *s, struct rn_error *err);
/** Whether a line ends here; moves behind its end. */
bool rn_toml_newline(struct rn_toml_scan *s);
/** Blanks, comments and ends of lines. */
int rn_toml_skip(struct rn_toml_scan *s, struct rn_error *err);

/** A string in one of its four spellings; multi false: only the two of one line. */
int rn_toml_string(struct rn_toml_scan *s, bool multi, struct rn_bytes *out, struct rn_error *err);
/** A name between dots: bare or quoted. */
int rn_toml_name(struct rn_toml_scan *s, struct rn_bytes *out, struct rn_error *err);
/** Any value, into v, whose line is set. */
int rn_toml_value(struct rn_toml_scan *s, struct rn_toml *v, struct rn_error *err);
/** A number, a date, true or false. */
int rn_toml_word(struct rn_toml_scan *s, struct rn_toml *v, struct rn_error *err);
/** name = value, into the table or what a dotted name leads to. */
int rn_toml_pair(struct rn_toml_scan *s, struct rn_toml *table, struct rn_error *err);
/** A new value at the end of an array or table; NULL: no memory. */
struct rn_toml *rn_toml_append(struct rn_toml_scan *s, struct rn_toml *to, enum rn_toml_kind kind);

#endif
