/* SPDX-License-Identifier: MIT */
/* can_trace - exits 0 when this process may trace a child of its own, else 1. */
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

int main(void)
{
	pid_t child = fork();
	int can;

	if (child == 0) {
		pause();
		_exit(0);
	}
	if (child < 0)
		return 1;
	can = ptrace(PTRACE_SEIZE, child, NULL, NULL) == 0;
	kill(child, SIGKILL);
	waitpid(child, NULL, __WALL);
	return !can;
}
