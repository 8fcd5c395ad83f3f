/* SPDX-License-Identifier: MIT */
/**
 * options - strace's command line in our terms.
 *
 * The rows fill the struct, with the spellings and the letters of strace 6; rn_strace_translate
 * then says the same as options of `renacer`. What we do not do is refused with a reason,
 * never passed over.
 *
 * Where the two differ: of several -e trace=, strace's last one wins; its ! negates the whole set;
 * a class without % (file, process, ..) is the class.
 */
#ifndef RN_ANALYZE_STRACE_OPTIONS_H
#define RN_ANALYZE_STRACE_OPTIONS_H

#include "analyze/live/live.h"
#include "shared/arena.h"

/* -z, -Z: enum rn_status, 0 for neither; contrary: both were given. */
struct rn_strace_results {
	unsigned wanted;
	bool contrary;
};

struct rn_strace_options {
	struct rn_live_options live; /* first; the translation fills the rest of it */
	struct rn_strace_ways ways;
	struct rn_strings expressions, trace, signals, statuses, reads, writes, inject, fault, abbrevs,
		verboses, raws, quiets, fd_sets, pid_sets, kvm, detach_on, daemonize, overhead, tips;
	unsigned no_abbrev, daemonized;
	struct rn_strace_results results;
	int interruptible;
	bool wall_clock, seccomp, pidns, debug, separately_given;
	unsigned follow_long; /* --follow-forks; -f is in live.report */
	bool quiet_given, fds_given; /* as sets of words */
	struct rn_arena text;        /* what the translation wrote */
	struct rn_buffer messages;   /* lines for standard error before anything starts */
};

extern const struct rn_option rn_strace_rows[];

/** RN_E_USAGE, RN_E_NOMEM. */
int rn_strace_translate(struct rn_strace_options *o, struct rn_error *err);
void rn_strace_options_fini(struct rn_strace_options *o);

/** A set of system calls in strace's words as an expression of ours, with "trace=" in front. */
void rn_strace_put_trace(struct rn_buffer *out, const char *set);

#endif
