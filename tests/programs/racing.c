/* SPDX-License-Identifier: MIT */
/* racing: two threads add one to a counter, without a lock, a quarter of a second after each other, which is long
 * enough that nobody ever sees the mistake: the first is through when the second begins. Prints the counter, and exits
 * with 1 when an addition was lost. A thread that is held up in its one call is all it takes. */
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static volatile int counter;

static void add_one(void)
{
	int was = counter;
	(void)getppid(); /* whatever a program does in between */
	counter = was + 1;
}

static void *first(void *arg)
{
	(void)arg;
	add_one();
	return NULL;
}

static void *second(void *arg)
{
	const struct timespec quarter = { .tv_nsec = 250000000 };
	(void)arg;
	nanosleep(&quarter, NULL);
	add_one();
	return NULL;
}

int main(void)
{
	pthread_t a, b;
	if (pthread_create(&a, NULL, first, NULL) || pthread_create(&b, NULL, second, NULL))
		return 2;
	pthread_join(a, NULL);
	pthread_join(b, NULL);
	printf("counter %d\n", counter);
	return counter != 2;
}
