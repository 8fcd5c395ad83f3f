/* SPDX-License-Identifier: MIT */
/**
 * filter - the seccomp program of the sandbox: which calls are done, asked about, or refused.
 */
#ifndef RN_ANALYZE_SANDBOX_FILTER_H
#define RN_ANALYZE_SANDBOX_FILTER_H

#include "analyze/sandbox/sandbox.h"

/** Puts the calling thread under the filter and returns the descriptor of notifications, or -1 with errno. What
 *  is neither allowed nor asked about fails with EPERM, a call newer than our list with ENOSYS. */
int rn_sandbox_filter(const struct rn_sandbox_rules *rules);

/** Landlock: no file is written, made, removed or run, no TCP port bound or connected (unless rules->network),
 *  whatever the filter says. False where the kernel has none or rules->other_processes; that is no failure. */
bool rn_sandbox_landlock(const struct rn_sandbox_rules *rules);

#endif
