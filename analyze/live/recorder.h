/* SPDX-License-Identifier: MIT */
/**
 * recorder - a recorder as our child: found, started, told of signals, waited for.
 *
 * There is one at a time in a process. While it runs, Ctrl-C and Ctrl-\ of the terminal,
 * which reach it and the traced program as well, do not end us: we read on
 * until the trace ends. Signals sent to us alone are passed on to it.
 */
#ifndef RN_ANALYZE_LIVE_RECORDER_H
#define RN_ANALYZE_LIVE_RECORDER_H

#include "shared/buffer.h"
#include "shared/error.h"

#include <sys/types.h>

/** The program: $RENACER_RECORD, else renacer-record beside our own executable, else that name, to be
 *  found in PATH. Appends the path, without NUL. */
void rn_recorder_find(struct rn_buffer *path);

struct rn_recorder {
	pid_t pid;
	int trace_fd; /* read the trace here; the caller's to close */
};

/* Descriptors of ours that become the child's standard streams. */
struct rn_recorder_streams {
	int in, out, err;
};
/** Starts argv[0] (by PATH when it has no slash), which writes to its descriptor trace_fd_in_child, a
 *  number the caller keeps reserved.
 *  RN_E_NOT_FOUND, RN_E_PERM, RN_E_IO, RN_E_NOMEM. */
int rn_recorder_start(struct rn_recorder *r, char *const *argv, int trace_fd_in_child,
	const struct rn_recorder_streams *streams, struct rn_error *err);
/** Waits for its end; the status as from wait(2). */
int rn_recorder_wait(struct rn_recorder *r);

/** To be called first of all. The first process of a PID namespace is given the orphans there, and who
 *  shares a namespace with one that nobody reaps cannot end: where we are that process, we become two.
 *  One reaps, passes signals on and ends as the other does; this returns in that other, with 0, or
 *  RN_E_NOMEM. Elsewhere it does nothing. */
int rn_leave_init(struct rn_error *err);

/** Dies by the signal, without a core; 128 + signo when that does not kill. */
int rn_die_by(int signo);

#endif
