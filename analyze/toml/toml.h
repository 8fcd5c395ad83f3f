/* SPDX-License-Identifier: MIT */
/**
 * toml - TOML 1.0 documents as trees of values, each with its line.
 *
 * Strict: what the specification (toml.io/en/v1.0.0) calls invalid is refused with the line and what was
 * expected there: bytes that are no UTF-8, keys and tables defined twice, numbers out of range, dates
 * that are none. The tree and its text live in the caller's arena. Complexity: O(bytes).
 */
#ifndef RN_ANALYZE_TOML_TOML_H
#define RN_ANALYZE_TOML_TOML_H

#include "shared/arena.h"
#include "shared/error.h"

#include <stdbool.h>

#define RN_TOML_MAX_BYTES ((size_t)1 << 20) /* of a document; more is RN_E_LIMIT */
#define RN_TOML_MAX_DEPTH 64                /* of arrays and inline tables within each other, and of dots */

enum rn_toml_kind {
	RN_TOML_STRING,
	RN_TOML_INTEGER,
	RN_TOML_FLOAT,
	RN_TOML_BOOLEAN,
	RN_TOML_DATE,    /* a date, a time or both: `text` as it was written */
	RN_TOML_ARRAY,
	RN_TOML_TABLE,
	RN_TOML_KINDS
};

struct rn_toml {
	enum rn_toml_kind kind;
	uint32_t line;              /* where it begins, from 1 */
	struct rn_bytes key;        /* its name, within a table */
	union {
		struct rn_bytes text;
		int64_t integer;
		double real;
		bool boolean;
	};
	struct rn_toml *first, *last; /* of an array's items or a table's values, in their order */
	struct rn_toml *next;         /* beside this one */
	uint32_t n;                   /* items of an array, values of a table */
	uint32_t flags;               /* private */
};

/** *root is a table. RN_E_USAGE: "line 3: ..", RN_E_LIMIT, RN_E_NOMEM. */
int rn_toml_parse(const struct rn_toml **root, struct rn_bytes text, struct rn_arena *arena,
	struct rn_error *err);
/** The value of that name in a table; NULL: there is none. O(values). */
const struct rn_toml *rn_toml_get(const struct rn_toml *table, const char *key);
/** "a string", "an integer", .. */
const char *rn_toml_kind_name(enum rn_toml_kind kind);

#endif
