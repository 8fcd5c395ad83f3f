/* SPDX-License-Identifier: MIT */
#include "analyze/num/parallel.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>

struct work {
	void (*f)(void *arg, size_t piece, unsigned thread);
	void *arg;
	size_t n;
	atomic_size_t next;
};

struct worker {
	struct work *work;
	unsigned number;
	pthread_t thread;
};

static void *work(void *arg)
{
	struct worker *w = arg;
	size_t piece;
	while ((piece = atomic_fetch_add(&w->work->next, 1)) < w->work->n)
		w->work->f(w->work->arg, piece, w->number);
	return NULL;
}

void rn_parallel(void (*f)(void *arg, size_t piece, unsigned thread), void *arg, size_t n,
	unsigned threads)
{
	struct work all = { .f = f, .arg = arg, .n = n };
	struct worker worker[RN_THREADS_MAX];
	unsigned started = 1;
	sigset_t every, before;
	if (threads > RN_THREADS_MAX)
		threads = RN_THREADS_MAX;
	if (threads > n)
		threads = n ? (unsigned)n : 1;
	worker[0] = (struct worker){ .work = &all };
	sigfillset(&every); /* signals are the caller's */
	pthread_sigmask(SIG_SETMASK, &every, &before);
	for (; started < threads; started++) {
		worker[started] = (struct worker){ .work = &all, .number = started };
		if (pthread_create(&worker[started].thread, NULL, work, &worker[started]))
			break;
	}
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	work(&worker[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(worker[i].thread, NULL);
}

unsigned rn_processors(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof(set), &set) ? 1 : CPU_COUNT(&set);
	return n < 1 ? 1 : n > RN_THREADS_MAX ? RN_THREADS_MAX : (unsigned)n;
}
