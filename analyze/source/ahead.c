/* SPDX-License-Identifier: MIT */
/*
 * A ring of places. Its owner names blocks at one end and takes them at the other; helpers, one fewer than there are
 * processors, load what is named, first things first. So does the owner while it would have to wait. Helpers start
 * with the first block for which the ring has no more room: short questions never have any.
 */
#include "analyze/source/ahead.h"

#include "analyze/num/parallel.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

#define HELPERS_MAX 3
#define PLACES_MAX (HELPERS_MAX + 2)

enum state { NAMED, UNDER_WAY, LOADED, TO_LOAD_AGAIN };

struct place {
	enum state state;
	size_t number;
	struct rn_block *block;
};

struct rn_ahead {
	const struct rn_reader *reader;
	unsigned want;
	struct place place[PLACES_MAX];
	unsigned n_places;
	uint64_t named, taken;       /* so far; place k % n_places is that of the k-th */
	unsigned wanted, started;    /* helpers */
	bool stop;
	pthread_t helper[HELPERS_MAX];
	pthread_mutex_t lock;
	pthread_cond_t changed;
};

struct rn_ahead *rn_ahead_new(const struct rn_reader *r, unsigned want)
{
	struct rn_ahead *a = calloc(1, sizeof(*a));
	unsigned processors = rn_processors();
	if (!a)
		return NULL;
	a->reader = r;
	a->want = want;
	a->wanted = processors - 1 < HELPERS_MAX ? processors - 1 : HELPERS_MAX;
	a->n_places = a->wanted + 2;
	pthread_mutex_init(&a->lock, NULL);
	pthread_cond_init(&a->changed, NULL);
	for (unsigned i = 0; i < a->n_places; i++)
		if (!(a->place[i].block = rn_block_new())) {
			rn_ahead_free(a);
			return NULL;
		}
	return a;
}

void rn_ahead_free(struct rn_ahead *a)
{
	if (!a)
		return;
	pthread_mutex_lock(&a->lock);
	a->stop = true;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
	for (unsigned i = 0; i < a->started; i++)
		pthread_join(a->helper[i], NULL);
	for (unsigned i = 0; i < a->n_places; i++)
		rn_block_free(a->place[i].block);
	pthread_cond_destroy(&a->changed);
	pthread_mutex_destroy(&a->lock);
	free(a);
}

/* The first that nobody has begun; NULL: there is none. */
static struct place *next_named(struct rn_ahead *a)
{
	for (uint64_t k = a->taken; k < a->named; k++)
		if (a->place[k % a->n_places].state == NAMED)
			return &a->place[k % a->n_places];
	return NULL;
}

/* Loads it, with the lock given back meanwhile. */
static void load(struct rn_ahead *a, struct place *p)
{
	p->state = UNDER_WAY;
	pthread_mutex_unlock(&a->lock);
	bool whole = rn_reader_load_whole(a->reader, p->number, a->want, p->block);
	pthread_mutex_lock(&a->lock);
	p->state = whole ? LOADED : TO_LOAD_AGAIN;
}

static void *help(void *arg)
{
	struct rn_ahead *a = arg;
	pthread_mutex_lock(&a->lock);
	while (!a->stop) {
		struct place *p = next_named(a);
		if (!p) {
			pthread_cond_wait(&a->changed, &a->lock);
			continue;
		}
		load(a, p);
		pthread_cond_broadcast(&a->changed);
	}
	pthread_mutex_unlock(&a->lock);
	return NULL;
}

/* Signals are the owner's. */
static void start(struct rn_ahead *a)
{
	sigset_t every, before;
	sigfillset(&every);
	pthread_sigmask(SIG_SETMASK, &every, &before);
	while (a->started < a->wanted && !pthread_create(&a->helper[a->started], NULL, help, a))
		a->started++;
	a->wanted = a->started;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

bool rn_ahead_name(struct rn_ahead *a, size_t block)
{
	if (a->named - a->taken == a->n_places) {
		if (a->started < a->wanted)
			start(a);
		return false;
	}
	pthread_mutex_lock(&a->lock);
	struct place *p = &a->place[a->named++ % a->n_places];
	p->state = NAMED;
	p->number = block;
	pthread_cond_broadcast(&a->changed);
	pthread_mutex_unlock(&a->lock);
	return true;
}

int rn_ahead_take(struct rn_ahead *a, struct rn_block **b, struct rn_error *err)
{
	if (a->taken == a->named)
		return RN_END;
	struct place *p = &a->place[a->taken % a->n_places], *other;
	pthread_mutex_lock(&a->lock);
	while (p->state == UNDER_WAY || p->state == NAMED)
		if ((other = next_named(a)))
			load(a, other);
		else
			pthread_cond_wait(&a->changed, &a->lock);
	bool whole = p->state == LOADED;
	pthread_mutex_unlock(&a->lock);
	int rc = whole ? 0 : rn_reader_load(a->reader, p->number, p->block, err);
	struct rn_block *given = *b;
	*b = p->block;
	p->block = given;
	pthread_mutex_lock(&a->lock);
	a->taken++;
	pthread_mutex_unlock(&a->lock);
	return rc;
}
