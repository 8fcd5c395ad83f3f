/* SPDX-License-Identifier: MIT */
/*
 * One slow call among many: planted [N [SLOW [MS]]] writes N times (500) to a small pipe whose reader
 * answers each message; before message SLOW (of N / 2) is read it sleeps for MS milliseconds (50). The
 * message is larger than the pipe, so that this one write takes that long. `planted clean N` makes N
 * equal calls (10000) and nothing slow.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PIPE_BYTES 4096

static void check(int ok, const char *what)
{
	if (!ok) {
		perror(what);
		_exit(9);
	}
}

static void read_all(int fd, size_t n)
{
	char buf[PIPE_BYTES];
	while (n) {
		ssize_t k = read(fd, buf, n < sizeof(buf) ? n : sizeof(buf));
		check(k > 0, "read");
		n -= (size_t)k;
	}
}

static void answer(int from, int to, int n, int slow, int ms)
{
	const struct timespec nap = { ms / 1000, ms % 1000 * 1000000L };
	for (int i = 0; i < n; i++) {
		if (i == slow)
			nanosleep(&nap, NULL);
		read_all(from, i == slow ? PIPE_BYTES + 1 : 1);
		check(write(to, "", 1) == 1, "answer");
	}
	_exit(0);
}

static int clean(int n)
{
	char byte;
	int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	check(fd >= 0, "open");
	for (int i = 0; i < n; i++)
		check(pread(fd, &byte, 1, 0) == 1, "pread");
	return 0;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "clean") == 0)
		return clean(argc > 2 ? atoi(argv[2]) : 10000);
	int n = argc > 1 ? atoi(argv[1]) : 500;
	int slow = argc > 2 ? atoi(argv[2]) : n / 2;
	int ms = argc > 3 ? atoi(argv[3]) : 50;
	static char message[PIPE_BYTES + 1];
	int there[2], back[2];
	check(pipe(there) == 0 && pipe(back) == 0, "pipe");
	check(fcntl(there[1], F_SETPIPE_SZ, PIPE_BYTES) >= 0, "F_SETPIPE_SZ");
	pid_t child = fork();
	check(child >= 0, "fork");
	if (!child)
		answer(there[0], back[1], n, slow, ms);
	for (int i = 0; i < n; i++) {
		size_t len = i == slow ? PIPE_BYTES + 1 : 1;
		check(write(there[1], message, len) == (ssize_t)len, "write");
		read_all(back[0], 1);
	}
	check(waitpid(child, NULL, 0) == child, "waitpid");
	return 0;
}
