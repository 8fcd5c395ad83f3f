/* SPDX-License-Identifier: MIT */
/**
 * filter - the expression of -e, the same at record time and at analysis.
 *
 *   expression = "trace=" [part {"," part}]        parts are trimmed of blanks
 *   part       = ["!"] ["?"] (word | "/" regex "/")
 *   word       = all | none | class | %class | name | syscall_N, each but all and none with
 *                "@64" or "@32" for the calls of 64-bit and 32-bit code alone
 *
 * A regex is PCRE2's, searched for anywhere in the name; it ends at the first / that is not
 * escaped and stands before a comma or the end, so that commas within it need no care.
 * `!` negates its own part only. A call is wanted when some part without `!` selects it, or there is
 * no such part, and no part with `!` selects it: exclusion always wins and order never matters.
 * Parts of several expressions are one list. "trace=" and "trace=none" select nothing.
 *
 * %class is strace's class of that name; a word without % is the class too, with two exceptions:
 * the names of calls (stat, statfs, ..) are the calls, and `file` has, as in the original tool, the
 * reading, writing and closing of files besides what takes a path.
 * An unknown word is an error that names the nearest; after `!` it is a warning, after `?` nothing.
 * A call without a name is called syscall_N, by words and by regexes alike.
 */
#ifndef RN_SHARED_FILTER_H
#define RN_SHARED_FILTER_H

#include "shared/arch.h"
#include "shared/buffer.h"
#include "shared/error.h"
#include "shared/option.h"

/* Caps: longer or more is RN_E_LIMIT. */
#define RN_FILTER_MAX_BYTES 65536
#define RN_FILTER_MAX_PARTS 1024

struct rn_filter {
	/* The decision for every number below rn_syscall_limit(), one bit each; set by _ready. */
	struct {
		uint64_t *bits;
		uint32_t n;
	} known[RN_ABI_COUNT];
	struct rn_filter_parts *parts;
};

/** Wants everything until parts are added. NULL when memory ran out. */
struct rn_filter *rn_filter_new(void);
void rn_filter_free(struct rn_filter *f);

/** Adds the parts of one expression. RN_E_USAGE: a message that quotes the expression and says what
 *  is wrong in it; RN_E_LIMIT, RN_E_NOMEM. After an error the filter is only good for _free. */
int rn_filter_add(struct rn_filter *f, const char *expression, struct rn_error *err);

/** Settles all decisions; to be called once, after the last _add and before _match.
 *  RN_E_LIMIT: a regex took too long, the message names it; RN_E_NOMEM. */
int rn_filter_ready(struct rn_filter *f, struct rn_error *err);

/** new, add each, ready. *f is NULL on error. */
int rn_filter_of(struct rn_filter **f, const struct rn_strings *expressions, struct rn_error *err);

/** For numbers without a bit; by name, under a lock, so that threads may share a filter. */
bool rn_filter_match_unknown(const struct rn_filter *f, enum rn_abi abi, uint32_t nr);

/** Whether the call is wanted. */
static inline bool rn_filter_match(const struct rn_filter *f, enum rn_abi abi, uint32_t nr)
{
	if ((unsigned)abi < RN_ABI_COUNT && nr < f->known[abi].n)
		return f->known[abi].bits[nr / 64] >> (nr % 64) & 1;
	return rn_filter_match_unknown(f, abi, nr);
}

/** Nothing can be refused: no exclusion, and no inclusion or `all` among them. */
bool rn_filter_is_all(const struct rn_filter *f);

/** One expression that decides alike; equal for filters that differ only in the order, the doubling
 *  or the spelling of parts. "trace=all" when nothing was added. */
void rn_filter_canonical(const struct rn_filter *f, struct rn_buffer *out);

/** What the user may have meant otherwise: complete after _ready; a line each; live as long as f. */
size_t rn_filter_warnings(const struct rn_filter *f);
const char *rn_filter_warning(const struct rn_filter *f, size_t i);

#endif
