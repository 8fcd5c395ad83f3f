/* SPDX-License-Identifier: MIT */
/**
 * error - what went wrong, said once, by the innermost frame.
 *
 * Functions that can fail return 0 or a negative RN_E_* and take a caller-owned
 * struct rn_error last (NULL is allowed). The innermost frame writes it with
 * rn_fail(); an outer one may put the place in front with rn_error_prefix().
 * Iterators return 0 for an item, RN_END at the end, negative for an error.
 * Only the mains print.
 */
#ifndef RN_SHARED_ERROR_H
#define RN_SHARED_ERROR_H

#include <stdarg.h>
#include <stdint.h>

/* Positive, so that it can never be mistaken for an error. */
#define RN_END 1

enum rn_error_number {
	RN_E_NONE_,
#define E(name, text) RN_E_NUMBER_##name,
#include "shared/errors.def"
#undef E
	RN_E_COUNT_
};

enum rn_error_code {
#define E(name, text) RN_E_##name = -(int)RN_E_NUMBER_##name,
#include "shared/errors.def"
#undef E
};

struct rn_error {
	int code;          /* RN_E_*, 0 when nothing happened */
	uint64_t position; /* byte offset in the input, where one is known, else 0 */
	char message[512]; /* one line, no newline, never empty after rn_fail() */
};

/** Writes *err (when not NULL) and returns code, so that `return rn_fail(..)` is one line. */
int rn_fail(struct rn_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/** Like rn_fail, with ": strerror(errnum)" at the end. */
int rn_fail_errno(struct rn_error *err, int code, int errnum, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/** Puts "text: " in front of the message, which is cut at its end when it gets too long. */
void rn_error_prefix(struct rn_error *err, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/** The RN_E_* that fits an errno of an input or output operation. */
int rn_error_of_errno(int errnum);

/** The general text of a code; static memory; never NULL. */
const char *rn_error_text(int code);

#endif
