/* SPDX-License-Identifier: MIT */
/* exec_by_thread N: N times over, a thread that is not the leader executes this program again, while
 * the leader and twenty more threads are blocked in calls of their own. Exits with 7. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { THREADS = 20 };

static pthread_barrier_t ready;

static void *block(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&ready);
	pause();
	return NULL;
}

static void *execute(void *argv)
{
	pthread_barrier_wait(&ready);
	usleep(1000);
	execv("/proc/self/exe", argv);
	_exit(9);
}

int main(int argc, char **argv)
{
	int times = argc > 1 ? atoi(argv[1]) : 0;
	char left[16];
	char *again[] = { argv[0], left, NULL };
	pthread_t t;
	if (times == 0)
		return 7;
	snprintf(left, sizeof(left), "%d", times - 1);
	pthread_barrier_init(&ready, NULL, THREADS + 1);
	for (int i = 0; i < THREADS; i++)
		pthread_create(&t, NULL, block, NULL);
	pthread_create(&t, NULL, execute, again);
	pause();
	return 1;
}
