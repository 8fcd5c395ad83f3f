/* SPDX-License-Identifier: MIT */
#include "record/launch/launch.h"

#include "record/launch/identity.h"
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

int rn_launch(struct rn_launch *l, const struct rn_target *target, struct rn_error *err)
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
		run_child(target, gate[0], tell[1]);
	}
	int errnum = errno;
	close(gate[0]);
	close(tell[1]);
	l->gate = gate[1];
	l->exec_error = tell[0];
	if (pid < 0)
		return rn_fail_errno(err, RN_E_IO, errnum, "fork");
	l->pid = pid;
	return 0;
}

int rn_launch_go(struct rn_launch *l, struct rn_error *err)
{
	if (write(l->gate, "", 1) != 1)
		return rn_fail_errno(err, RN_E_IO, errno, "cannot let the command go");
	close(l->gate);
	l->gate = -1;
	return 0;
}

int rn_launch_exec_error(const struct rn_launch *l)
{
	int errnum = 0;
	if (l->exec_error < 0 || read(l->exec_error, &errnum, sizeof(errnum)) != sizeof(errnum))
		return 0;
	return errnum;
}

void rn_launch_end(struct rn_launch *l)
{
	if (l->gate >= 0) {
		close(l->gate); /* the command reads its end and is gone */
		waitpid(l->pid, NULL, 0);
	}
	if (l->exec_error >= 0)
		close(l->exec_error);
	l->gate = l->exec_error = -1;
}
