/* SPDX-License-Identifier: MIT */
/* The same few calls every time, whose results and signals are told on standard output: what rules of tampering did
 * to it, as the program itself sees it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CALLS 8

static volatile sig_atomic_t seen[65];

static void note(int signo)
{
	seen[signo]++;
}

/* A result, or the error's number with a minus. */
static long result(long r)
{
	return r < 0 ? -errno : r;
}

static void put_signals(void)
{
	for (int i = 1; i < 65; i++)
		if (seen[i] && i != SIGCHLD)
			printf(" %d:%d", i, (int)seen[i]);
	printf("\n");
}

int main(void)
{
	char buffer[16] = "................";
	int fds[2];
	struct sigaction act = { .sa_handler = note, .sa_flags = SA_RESTART };
	for (int i = 1; i < 65; i++)
		if (i != SIGKILL && i != SIGSTOP && (i < 32 || i > 33))
			sigaction(i, &act, NULL);
	if (pipe(fds))
		return 1;
	printf("ppid");
	for (int i = 0; i < CALLS; i++)
		printf(" %ld", result(syscall(SYS_getppid)) == getppid() ? 0 : result(syscall(SYS_getpgid, -1)));
	printf("\nchdir");
	for (int i = 0; i < CALLS; i++)
		printf(" %ld", result(syscall(SYS_chdir, i % 2 ? "/" : "/no/such")));
	printf("\npipe");
	for (int i = 0; i < CALLS; i++) {
		long w = result(syscall(SYS_pwrite64, fds[1], "abcdefgh", 8, 0)); /* ESPIPE */
		long r = result(syscall(SYS_write, fds[1], "abcdefgh", 8));
		printf(" %ld/%ld", w, r);
	}
	printf("\nread %ld", result(syscall(SYS_read, fds[0], buffer, 4)));
	printf(" %.8s\nnosys", buffer);
	for (int i = 0; i < CALLS; i++)
		printf(" %d", result(syscall(SYS_getpgid, 0)) > 0);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		printf(" child");
		for (int i = 0; i < 4; i++)
			printf(" %ld", result(syscall(SYS_chdir, "/no/such")));
		fflush(stdout);
		_exit(0);
	}
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	printf("\nsignals");
	put_signals();
	return 0;
}
