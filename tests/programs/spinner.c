/* SPDX-License-Identifier: MIT */
/* spinner N: N threads make calls and one makes threads, until killed; each turn of the first thread
 * writes a dot to standard output. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static void *call(void *unused)
{
	for (;;) {
		syscall(SYS_getppid);
		usleep(1000);
	}
	return unused;
}

static void *end(void *unused)
{
	return unused;
}

static void *make_threads(void *unused)
{
	for (;;) {
		pthread_t t;
		if (pthread_create(&t, NULL, end, NULL) == 0)
			pthread_join(t, NULL);
	}
	return unused;
}

int main(int argc, char **argv)
{
	pthread_t t;
	for (int i = argc > 1 ? atoi(argv[1]) : 0; i > 0; i--)
		pthread_create(&t, NULL, call, NULL);
	pthread_create(&t, NULL, make_threads, NULL);
	for (;;) {
		if (write(1, ".", 1) != 1)
			return 1;
		usleep(1000);
	}
}
