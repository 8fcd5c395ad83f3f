/* SPDX-License-Identifier: MIT */
/*
 * The command is forked early and waits at a gate (a read from a pipe) before its execve, so that the
 * output can be made ready, and its header know the pid, before anything of it runs. At begin it is
 * seized, interrupted in that read, and let go: the first thing it does is its execve, which is the
 * first thing recorded. No signal is sent to it and nothing else is left of us in it.
 */
#include "record/ptrace/ptrace.h"

#include "record/identity.h"
#include "shared/diag.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* What a shell exits with when it cannot run a command. */
static int status_of(int errnum)
{
	return errnum == ENOENT || errnum == ENOTDIR ? 127 : 126;
}

static void fail_child(int tell, int errnum)
{
	ssize_t ignored = write(tell, &errnum, sizeof(errnum));
	(void)ignored;
	_exit(status_of(errnum));
}

static void name_after(const char *path)
{
	const char *slash = strrchr(path, '/');
	prctl(PR_SET_NAME, slash ? slash + 1 : path);
}

static _Noreturn void run_child(const struct rn_target *target, int gate, int tell)
{
	char byte;
	if (target->stdout_to_stderr)
		dup2(STDERR_FILENO, STDOUT_FILENO);
	if (target->identity && rn_identity_assume(target->identity) < 0)
		fail_child(tell, errno);
	name_after(target->path);
	ssize_t got;
	do {
		got = read(gate, &byte, 1);
	} while (got < 0 && errno == EINTR);
	if (got != 1)
		_exit(127); /* the recorder could not begin */
	execve(target->path, target->argv, target->envp);
	fail_child(tell, errno);
	_exit(126);
}

int rn_ptrace_launch(struct rn_ptrace *b, struct rn_error *err)
{
	int gate[2], tell[2];
	if (pipe2(gate, O_CLOEXEC) < 0)
		return rn_fail_errno(err, RN_E_IO, errno, "pipe");
	if (pipe2(tell, O_CLOEXEC | O_NONBLOCK) < 0) {
		close(gate[0]);
		close(gate[1]);
		return rn_fail_errno(err, RN_E_IO, errno, "pipe");
	}
	pid_t pid = fork();
	if (pid == 0) {
		close(gate[1]);
		close(tell[0]);
		run_child(b->target, gate[0], tell[1]);
	}
	int errnum = errno;
	close(gate[0]);
	close(tell[1]);
	b->gate = gate[1];
	b->exec_error = tell[0];
	if (pid < 0)
		return rn_fail_errno(err, RN_E_IO, errnum, "fork");
	b->root = pid;
	return 0;
}

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

int rn_ptrace_open_gate(struct rn_ptrace *b, struct rn_error *err)
{
	if (write(b->gate, "", 1) != 1)
		return rn_fail_errno(err, RN_E_IO, errno, "cannot let the command go");
	close(b->gate);
	b->gate = -1;
	return 0;
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
	return rn_ptrace_open_gate(b, err);
}
