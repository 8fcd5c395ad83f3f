/* SPDX-License-Identifier: MIT */
/* threads_at_exit N: _exit(4) while N more threads are blocked in pause. */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_barrier_t ready;

static void *block(void *unused)
{
	(void)unused;
	pthread_barrier_wait(&ready);
	pause();
	return NULL;
}

int main(int argc, char **argv)
{
	int n = argc > 1 ? atoi(argv[1]) : 1;
	pthread_barrier_init(&ready, NULL, (unsigned)n + 1);
	for (int i = 0; i < n; i++) {
		pthread_t t;
		if (pthread_create(&t, NULL, block, NULL))
			return 1;
	}
	pthread_barrier_wait(&ready);
	usleep(200000); /* until all of them are in the call, on a busy machine too */
	_exit(4);
}
