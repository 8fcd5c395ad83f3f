/* SPDX-License-Identifier: MIT */
/* steady MS - makes calls for MS milliseconds that a trace can be held against: lseek(-1, NOW), NOW being
 * CLOCK_MONOTONIC in ns, in two processes of two threads each. Prints "steady" and exits with 6. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t end_ns;

static uint64_t now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static void *work(void *arg)
{
	uint64_t now;
	(void)arg;
	while ((now = now_ns()) < end_ns) {
		lseek(-1, (off_t)now, SEEK_SET);
		usleep(200);
	}
	return NULL;
}

int main(int argc, char **argv)
{
	pthread_t other;
	end_ns = now_ns() + (uint64_t)(argc > 1 ? strtoul(argv[1], NULL, 10) : 100) * 1000000;
	pid_t child = fork();
	if (pthread_create(&other, NULL, work, NULL))
		return 1;
	work(NULL);
	pthread_join(other, NULL);
	if (child == 0)
		_exit(5);
	int status = 0;
	waitpid(child, &status, 0);
	printf("steady %d\n", WEXITSTATUS(status));
	return 6;
}
