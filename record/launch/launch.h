/* SPDX-License-Identifier: MIT */
/**
 * launch - the command, forked early and waiting.
 *
 * It waits at a gate (a read from a pipe) before its execve, so that the output can be made ready,
 * and its header know the pid, before anything of it runs. Let go, the first thing it does is its
 * execve. No signal is sent to it and nothing else is left of us in it.
 */
#ifndef RN_RECORD_LAUNCH_LAUNCH_H
#define RN_RECORD_LAUNCH_LAUNCH_H

#include "record/backend.h"

struct rn_launch {
	pid_t pid;      /* 0: none */
	int gate;       /* closing it ends the waiting command, a byte lets it go; -1 */
	int exec_error; /* where it tells why execve failed; -1 */
};
#define RN_LAUNCH_INIT { 0, -1, -1 }

/** Forks the command up to its execve. rn_launch_end after success and failure alike. */
int rn_launch(struct rn_launch *l, const struct rn_target *target, struct rn_error *err);
/** Lets the waiting command go. */
int rn_launch_go(struct rn_launch *l, struct rn_error *err);
/** Why it could not be executed, as its last words told; 0: they did not. */
int rn_launch_exec_error(const struct rn_launch *l);
/** A command that was never let go is ended. */
void rn_launch_end(struct rn_launch *l);

#endif
