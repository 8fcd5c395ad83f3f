/* SPDX-License-Identifier: MIT */
/* soaked processes N | threads N - N processes one after the other, each of which makes a call and ends; or as many
 * threads at once as there may be, up to N, each of which makes a call when all are there. Prints how many. */
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t go = PTHREAD_COND_INITIALIZER;
static int all_there;

static unsigned long run_processes(unsigned long n)
{
	unsigned long done = 0;
	int status;
	for (; done < n; done++) {
		pid_t child = fork();
		if (child == 0) {
			close(-1);
			_exit(0);
		}
		if (child < 0 || waitpid(child, &status, 0) != child || status)
			break;
	}
	return done;
}

static void *wait_for_all(void *arg)
{
	pthread_mutex_lock(&lock);
	while (!all_there)
		pthread_cond_wait(&go, &lock);
	pthread_mutex_unlock(&lock);
	close(-1);
	return arg;
}

static unsigned long run_threads(unsigned long n)
{
	pthread_t *thread = calloc(n, sizeof(*thread));
	pthread_attr_t attr;
	unsigned long made = 0;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN > 65536 ? (size_t)PTHREAD_STACK_MIN : 65536);
	while (thread && made < n && pthread_create(&thread[made], &attr, wait_for_all, NULL) == 0)
		made++;
	pthread_mutex_lock(&lock);
	all_there = 1;
	pthread_cond_broadcast(&go);
	pthread_mutex_unlock(&lock);
	for (unsigned long i = 0; i < made; i++)
		pthread_join(thread[i], NULL);
	free(thread);
	return made;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	unsigned long n = strtoul(argv[2], NULL, 10);
	printf("%lu\n", strcmp(argv[1], "threads") == 0 ? run_threads(n) : run_processes(n));
	return 0;
}
