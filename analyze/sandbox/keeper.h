/* SPDX-License-Identifier: MIT */
/**
 * keeper - the process outside of the sandbox: does what the rules allow and refuses the rest.
 *
 * The kernel suspends a call of the sandboxed process that would change something outside of it and tells the
 * keeper (seccomp_unotify(2)). The keeper copies the paths, judges the copies, does the call itself and hands
 * over the result: what the caller's memory says later makes no difference.
 */
#ifndef RN_ANALYZE_SANDBOX_KEEPER_H
#define RN_ANALYZE_SANDBOX_KEEPER_H

#include "analyze/sandbox/paths.h"

/** Over the connection: from the keeper first a byte that says it can do its work, then the descriptor of
 *  notifications goes to it (SCM_RIGHTS), then facts of alerts, each answered by an errno (int32_t). */
#define RN_KEEPER_READY 'r'
#define RN_KEEPER_MESSAGE_BYTES 2048

/** Serves the process `who` until it has ended. Never returns. */
_Noreturn void rn_keeper_run(int connection, pid_t who, const struct rn_sandbox_rules *rules,
	const struct rn_sandbox_paths *paths);

#endif
