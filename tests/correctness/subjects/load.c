/* SPDX-License-Identifier: MIT */
/* load - a server of sorts that notices when it is harmed: whoever attaches to it and lets go must
 * leave no interrupted call, no lost byte, no stray signal behind. Runs until its standard input
 * ends (120 s at most). */
#include "subject.h"

#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static atomic_int stop, n_harmed;
static atomic_long n_rounds;

static void harmed(const char *what)
{
	n_harmed++;
	dprintf(1, "harmed: %s: %s\n", what, strerror(errno));
}

static void *echo(void *arg)
{
	int pipes[2];
	(void)arg;
	must(pipe(pipes) == 0);
	for (unsigned i = 0; !stop; i++) {
		unsigned out = i, back = 0;
		if (write(pipes[1], &out, sizeof(out)) != sizeof(out))
			harmed("write");
		if (read(pipes[0], &back, sizeof(back)) != sizeof(back) || back != out)
			harmed("read");
		n_rounds++;
	}
	return NULL;
}

static void *sleeper(void *arg)
{
	(void)arg;
	while (!stop) {
		struct timespec while_ = { 0, 3000000 };
		if (clock_nanosleep(CLOCK_MONOTONIC, 0, &while_, NULL) != 0)
			harmed("clock_nanosleep");
	}
	return NULL;
}

/* Children, one at a time, each with a status that is checked. */
static void *parent(void *arg)
{
	(void)arg;
	for (int i = 0; !stop; i = (i + 1) % 100) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(i);
		int status = -1;
		if (pid < 0 || waitpid(pid, &status, 0) != pid || status != i << 8)
			harmed("child");
		usleep(1000);
	}
	return NULL;
}

static void *idle(void *arg)
{
	struct pollfd p = { *(int *)arg, POLLIN, 0 };
	while (poll(&p, 1, -1) < 0) /* poll is not restarted after a signal, so none may come */
		harmed("poll");
	return NULL;
}

int main(int argc, char **argv)
{
	int wake[2];
	void *(*body[])(void *) = { echo, echo, sleeper, parent, idle };
	enum { N = sizeof(body) / sizeof(body[0]) };
	pthread_t thread[N];
	char byte;
	(void)argc;
	(void)argv;
	must(pipe(wake) == 0);
	for (int i = 0; i < N; i++)
		must(pthread_create(&thread[i], NULL, body[i], &wake[0]) == 0);
	alarm(120);
	printf("ready\n");
	fflush(stdout);
	if (read(0, &byte, 1) != 0)
		harmed("standard input");
	stop = 1;
	close(wake[1]);
	for (int i = 0; i < N; i++)
		pthread_join(thread[i], NULL);
	printf("%s\n", n_harmed ? "harmed" : n_rounds > 100 ? "unharmed" : "did nothing");
	return n_harmed ? 1 : 22;
}
