/* SPDX-License-Identifier: MIT */
/* racing: in each of six rounds two threads add one to a counter, without a lock, the second 40 ms behind the first, which
 * is long enough that nobody ever sees the mistake: the first is through when the second begins. Prints the counters,
 * and exits with 1 when an addition was lost. A thread that is held up in its one call is all it takes. */
#include <pthread.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#define ROUNDS 6
#define ROUND_NS 120000000L
#define BEHIND_NS 40000000L
#define SECOND_NS 1000000000L

static volatile int counter[ROUNDS];
static struct timespec start;

static void wait_until(long after_ns)
{
	struct timespec t = start;
	t.tv_nsec += after_ns;
	t.tv_sec += t.tv_nsec / SECOND_NS;
	t.tv_nsec %= SECOND_NS;
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL))
		;
}

static void *add_ones(void *behind_ns)
{
	for (int i = 0; i < ROUNDS; i++) {
		wait_until((i + 1) * ROUND_NS + *(const long *)behind_ns);
		int was = counter[i];
		(void)getppid(); /* whatever a program does in between */
		counter[i] = was + 1;
	}
	return NULL;
}

int main(void)
{
	static const long behind[2] = { 0, BEHIND_NS };
	pthread_t thread[2];
	int lost = 0;
	clock_gettime(CLOCK_MONOTONIC, &start);
	for (int i = 0; i < 2; i++)
		if (pthread_create(&thread[i], NULL, add_ones, (void *)&behind[i]))
			return 2;
	for (int i = 0; i < 2; i++)
		pthread_join(thread[i], NULL);
	printf("counters");
	for (int i = 0; i < ROUNDS; i++) {
		printf(" %d", counter[i]);
		lost += counter[i] != 2;
	}
	printf("\n");
	return lost != 0;
}
