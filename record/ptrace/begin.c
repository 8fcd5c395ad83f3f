/* SPDX-License-Identifier: MIT */
/*
 * The waiting command is seized, interrupted in its read from the gate, and let go: the first thing
 * recorded is its execve.
 */
#include "record/ptrace/ptrace.h"

#include <errno.h>
#include <sys/wait.h>

/* The command's first stop; it is in our read, or was killed from outside. */
static int wait_first_stop(struct rn_ptrace *b, struct rn_error *err)
{
	int status;
	while (waitpid(b->root, &status, __WALL) < 0)
		if (errno != EINTR)
			return rn_fail_errno(err, RN_E_IO, errno, "waiting for the command");
	if (WIFSTOPPED(status))
		return 0;
	return rn_fail(err, RN_E_GONE, "the command was killed before it began");
}

int rn_ptrace_begin_command(struct rn_ptrace *b, struct rn_error *err)
{
	struct rn_tracee *t = rn_tracees_add(&b->tracees, b->root);
	if (!t)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	if (ptrace(PTRACE_SEIZE, b->root, 0, rn_ptrace_options(b)) < 0)
		return rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot trace the command");
	if (ptrace(PTRACE_INTERRUPT, b->root, 0, 0) < 0)
		return rn_fail_errno(err, RN_E_IO, errno, "cannot stop the command");
	int r = wait_first_stop(b, err);
	if (r < 0)
		return r;
	t->state = RN_TRACEE_STOPPED;
	b->silent = true;
	rn_ptrace_resume(b, t, 0);
	return rn_launch_go(&b->launch, err);
}
