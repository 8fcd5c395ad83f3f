/* SPDX-License-Identifier: MIT */
/**
 * sandbox - a process that parses a stranger's trace gives up what it does not need.
 *
 * Afterwards the process reads files and writes to what is open already. It makes no socket, starts no
 * program, signals nobody else, and opens nothing for writing: such calls are suspended by seccomp(2) and
 * decided by the keeper, a child made before, which does those that the rules allow (keeper.h). Landlock
 * keeps the process from the same once more where the kernel has it. docs/threat-model.md tells what this
 * holds against and what it does not.
 *
 * State: of the process, as the sandbox itself. There is no way out of it.
 */
#ifndef RN_ANALYZE_SANDBOX_SANDBOX_H
#define RN_ANALYZE_SANDBOX_SANDBOX_H

#include "shared/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum rn_sandbox_mode {
	RN_SANDBOX_AUTO, /* where it can be had */
	RN_SANDBOX_ON,   /* or not at all */
	RN_SANDBOX_OFF,
};

/** What an alert's command is told; see analyze/command/alarm.h. Returns 0 or an errno. */
typedef int rn_sandbox_run(const char *command, char *const *facts);

/** What is left to the process. Strings are borrowed until rn_sandbox_enter has returned. */
struct rn_sandbox_rules {
	enum rn_sandbox_mode mode;
	const char **files;    /* NULL ends: each may be written, replaced, and so may FILE.* and FILE-* beside it */
	const char **trees;    /* NULL ends: folders that may be made, and anything below them written */
	bool devices;          /* drivers and compilers are needed: no sandbox at all */
	bool network;          /* sockets may be made and connected */
	bool other_processes;  /* files are read below /proc/PID, which Landlock forbids; seccomp alone, then */
	pid_t recorder;        /* may be signalled; 0: none */
	const char *command;   /* the keeper runs it when asked; NULL: none */
	rn_sandbox_run *run;
};

/** Called while the process has one thread. 0: entered, or mode OFF; RN_END: this machine has none, or
 *  rules->devices, with mode AUTO. RN_E_UNSUPPORTED with mode ON. */
int rn_sandbox_enter(const struct rn_sandbox_rules *rules, struct rn_error *err);

/** Whether this process is in a sandbox. */
bool rn_sandbox_entered(void);

/** Has the keeper run rules->command with the facts (NULL ends; at most 2 KiB) in its environment and wait
 *  for its end. 0 or an errno. */
int rn_sandbox_ask(char *const *facts);

#endif
