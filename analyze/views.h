/* SPDX-License-Identifier: MIT */
/**
 * views - the words of -e besides trace=: which results, signals and descriptors are of interest.
 *
 *   status=SET         successful, failed, unfinished, unavailable, detached
 *   signal=SET         SIGTERM, TERM or 15
 *   read=SET, write=SET  descriptors whose data is dumped
 *   decode-fds=SET     path, socket, dev, pidfd: what is told of descriptors
 *   decode-pids=SET    comm, pidns: what is told of process ids
 *   quiet=SET          attach, exit, path-resolution, personality, thread-execve: left out
 *   abbrev=CALLS, verbose=CALLS, raw=CALLS  how much is told of their arguments
 *
 * SET is all, none or words with commas between; ! in front of it negates the whole. CALLS are as
 * in trace=. Of several of a kind the last counts.
 */
#ifndef RN_ANALYZE_VIEWS_H
#define RN_ANALYZE_VIEWS_H

#include "analyze/decode/decode.h"
#include "shared/option.h"

enum rn_status {
	RN_STATUS_SUCCESSFUL = 1,
	RN_STATUS_FAILED = 2,
	RN_STATUS_UNFINISHED = 4,
	RN_STATUS_UNAVAILABLE = 8, /* it returned, and nobody saw what */
	RN_STATUS_DETACHED = 16,   /* under way when the tracer went away */
	RN_STATUS_ALL = 31,
};

enum rn_quiet { RN_QUIET_ATTACH = 1, RN_QUIET_EXIT = 2, RN_QUIET_PATHS = 4, RN_QUIET_PERSONALITY = 8,
	RN_QUIET_SUPERSEDED = 16, RN_QUIET_ALL = 31 };

#define RN_FD_SET_MAX 64

/* Descriptors: those listed, or all but those. */
struct rn_fd_set {
	bool negated;
	uint32_t n, fd[RN_FD_SET_MAX];
};

struct rn_views {
	unsigned statuses; /* enum rn_status bits */
	uint64_t signals;  /* bit signo - 1 */
	struct rn_fd_set read, write;
	unsigned fds;      /* enum rn_fd_detail bits */
	unsigned pids;     /* enum rn_pid_detail bits */
	unsigned quiet;    /* enum rn_quiet bits */
	/* Calls in the words behind "trace="; NULL: not said. Borrowed. */
	const char *abbrev, *verbose, *raw;
};

void rn_views_init(struct rn_views *v);
/** Takes one expression in; *taken false: it is about something else (trace=). RN_E_USAGE. */
int rn_views_add(struct rn_views *v, const char *expression, bool *taken, struct rn_error *err);
int rn_views_set_status(struct rn_views *v, const char *set, struct rn_error *err);
int rn_views_set_signals(struct rn_views *v, const char *set, struct rn_error *err);
int rn_views_set_fds(struct rn_fd_set *fds, const char *set, struct rn_error *err);

int rn_views_set_fd_details(struct rn_views *v, const char *set, struct rn_error *err);
int rn_views_set_pid_details(struct rn_views *v, const char *set, struct rn_error *err);
int rn_views_set_quiet(struct rn_views *v, const char *set, struct rn_error *err);

/** Nothing is in it. */
static inline bool rn_fd_set_empty(const struct rn_fd_set *s)
{
	return !s->negated && !s->n;
}
bool rn_fd_set_has(const struct rn_fd_set *s, int64_t fd);
/** Of a call that is over, or never will be. */
enum rn_status rn_status_of(unsigned call_flags);

#endif
