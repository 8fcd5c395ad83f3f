/* SPDX-License-Identifier: MIT */
/**
 * diag - how a main speaks to its user on stderr; nobody else prints.
 *
 * One line per message, "program: message". Control characters in a message are
 * written as \xNN: it may quote a hostile file name. A warning is said once, its
 * repetitions are counted and told by rn_diag_fini. Progress is one line that is
 * rewritten, on a terminal only. One owner thread.
 */
#ifndef RN_SHARED_DIAG_H
#define RN_SHARED_DIAG_H

#include "shared/error.h"

#include <stdbool.h>
#include <stdio.h>

struct rn_diag {
	const char *program;
	FILE *out;             /* stderr */
	bool quiet;            /* no warnings, notes and progress; errors always */
	bool terminal;         /* out is one */
	bool progress;         /* a progress line stands on it */
	struct rn_intern *said;
	uint64_t n_warnings;   /* all of them, quiet or not */
	uint64_t n_repeated;   /* not printed, because said before */
};

/** The program's name is borrowed. Usable even when memory is short: then warnings repeat. */
void rn_diag_init(struct rn_diag *d, const char *program, FILE *out);
/** Removes the progress line, tells how many warnings were left out, frees. Does not close out. */
void rn_diag_fini(struct rn_diag *d);

void rn_diag_error(struct rn_diag *d, const struct rn_error *err);
void rn_diag_warn(struct rn_diag *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/** A line without "warning:": what was chosen, what was written where. */
void rn_diag_note(struct rn_diag *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/** Rewrites the progress line; cut to 79 columns. Whoever calls it decides how often. */
void rn_diag_progress(struct rn_diag *d, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/** Prints the error; for RN_E_USAGE also where help is. Returns 2, the exit status of wrong usage. */
int rn_diag_usage(struct rn_diag *d, const struct rn_error *err);

#endif
