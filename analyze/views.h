/* SPDX-License-Identifier: MIT */
/**
 * views - the words of -e besides trace=: which results, signals and descriptors are of interest.
 *
 *   status=SET         successful, failed, unfinished, unavailable
 *   signal=SET         SIGTERM, TERM or 15
 *   read=SET, write=SET  descriptors whose data is dumped
 *
 * SET is all, none or words with commas between; ! in front of it negates the whole. Of several
 * of a kind the last counts.
 */
#ifndef RN_ANALYZE_VIEWS_H
#define RN_ANALYZE_VIEWS_H

#include "format/event.h"
#include "shared/option.h"

enum rn_status {
	RN_STATUS_SUCCESSFUL = 1,
	RN_STATUS_FAILED = 2,
	RN_STATUS_UNFINISHED = 4,
	RN_STATUS_UNAVAILABLE = 8, /* it returned, and nobody saw what */
	RN_STATUS_ALL = 15,
};

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
};

void rn_views_init(struct rn_views *v);
/** Takes one expression in; *taken false: it is about something else (trace=). RN_E_USAGE. */
int rn_views_add(struct rn_views *v, const char *expression, bool *taken, struct rn_error *err);
int rn_views_set_status(struct rn_views *v, const char *set, struct rn_error *err);
int rn_views_set_signals(struct rn_views *v, const char *set, struct rn_error *err);
int rn_views_set_fds(struct rn_fd_set *fds, const char *set, struct rn_error *err);

/** Nothing is in it. */
static inline bool rn_fd_set_empty(const struct rn_fd_set *s)
{
	return !s->negated && !s->n;
}
bool rn_fd_set_has(const struct rn_fd_set *s, int64_t fd);
/** Of a call that is over, or never will be. */
enum rn_status rn_status_of(unsigned call_flags);

#endif
