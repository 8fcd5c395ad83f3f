/* SPDX-License-Identifier: MIT */
/*
 * Every (scope, key) that was ever put has a history: its puts, sorted by time. A lookup finds the
 * last put before the moment; when the scope has none, the question goes to the parent with the
 * moment of birth. A hostile trace could nest scopes without end, so the way back is limited.
 *
 * A program may open and close some thousand descriptors a second for days, and all of it is kept: puts of a history
 * stand in runs, each told by the time since its run began, in 8 bytes.
 */
#include "analyze/model/lineage.h"

#include "analyze/model/idmap.h"
#include "shared/error.h"

#include <stdlib.h>
#include <string.h>

#define DEPTH_MAX 4096
#define FLAG_BITS 2
#define VALUE_MAX (UINT32_MAX >> FLAG_BITS) /* itself: none */

struct put {
	uint32_t since_ns; /* its run began */
	uint32_t what; /* value and flags */
};

/* Puts from `first` to the next run's. */
struct run {
	uint64_t from_ns;
	uint32_t first;
};

struct history {
	struct put *put;
	struct run *run;
	uint32_t n, cap, n_runs, cap_runs;
};

struct scope {
	uint64_t born_ns;
	uint32_t parent;
	bool exec;
};

struct rn_lineage {
	struct scope *scope;
	uint32_t n_scopes, cap_scopes;
	struct history *history;
	uint32_t n_histories, cap_histories;
	struct rn_idmap index; /* scope << 32 | key to history */
};

struct rn_lineage *rn_lineage_new(void)
{
	return calloc(1, sizeof(struct rn_lineage));
}

void rn_lineage_free(struct rn_lineage *l)
{
	if (!l)
		return;
	for (uint32_t i = 0; i < l->n_histories; i++) {
		free(l->history[i].put);
		free(l->history[i].run);
	}
	free(l->history);
	free(l->scope);
	rn_idmap_fini(&l->index);
	free(l);
}

/* Room for one more; false: no memory. */
static bool reserve(void **items, uint32_t n, uint32_t *cap, size_t size, uint32_t first_cap)
{
	if (n < *cap)
		return true;
	uint32_t more = *cap ? *cap * 2 : first_cap;
	void *p = more > *cap ? realloc(*items, (size_t)more * size) : NULL;
	if (!p)
		return false;
	*items = p;
	*cap = more;
	return true;
}

uint32_t rn_lineage_scope(struct rn_lineage *l, uint32_t parent, uint64_t at_ns, bool exec)
{
	if (!reserve((void **)&l->scope, l->n_scopes, &l->cap_scopes, sizeof(*l->scope), 16))
		return RN_LINEAGE_NONE;
	l->scope[l->n_scopes] = (struct scope){ at_ns, parent, exec };
	return l->n_scopes++;
}

static uint64_t key_of(uint32_t scope, uint32_t key)
{
	return (uint64_t)scope << 32 | key;
}

static struct history *history_of(struct rn_lineage *l, uint32_t scope, uint32_t key)
{
	uint32_t i = rn_idmap_find(&l->index, key_of(scope, key));
	if (i != RN_IDMAP_NONE)
		return &l->history[i];
	if (!reserve((void **)&l->history, l->n_histories, &l->cap_histories, sizeof(*l->history),
		    16) ||
		rn_idmap_put(&l->index, key_of(scope, key), l->n_histories))
		return NULL;
	l->history[l->n_histories] = (struct history){ NULL, NULL, 0, 0, 0, 0 };
	return &l->history[l->n_histories++];
}

/* How many runs begin at a moment or before. */
static uint32_t n_begun(const struct history *h, uint64_t at_ns)
{
	uint32_t low = 0, high = h->n_runs;
	if (high && h->run[high - 1].from_ns <= at_ns) /* the last, as a rule */
		return high;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (h->run[mid].from_ns <= at_ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static uint32_t end_of(const struct history *h, uint32_t run)
{
	return run + 1 < h->n_runs ? h->run[run + 1].first : h->n;
}

/* A new run `at`, of a put at `first` that is yet to be made. */
static bool add_run(struct history *h, uint32_t at, uint64_t from_ns, uint32_t first)
{
	if (!reserve((void **)&h->run, h->n_runs, &h->cap_runs, sizeof(*h->run), 1))
		return false;
	memmove(h->run + at + 1, h->run + at, (h->n_runs - at) * sizeof(*h->run));
	h->run[at] = (struct run){ from_ns, first };
	h->n_runs++;
	return true;
}

/* The run that a put at a moment goes to, and its place: behind all that are not later. What is too far from the beginning
 * of a run begins one. RN_LINEAGE_NONE: no memory. */
static uint32_t place_of(struct history *h, uint64_t at_ns, uint32_t *place)
{
	uint32_t run = n_begun(h, at_ns);
	*place = run ? end_of(h, run - 1) : 0;
	if (run) {
		while (*place > h->run[run - 1].first &&
			h->run[run - 1].from_ns + h->put[*place - 1].since_ns > at_ns)
			--*place;
		if (at_ns - h->run[run - 1].from_ns <= UINT32_MAX)
			return run - 1;
	}
	return add_run(h, run, at_ns, *place) ? run : RN_LINEAGE_NONE;
}

int rn_lineage_put(struct rn_lineage *l, uint32_t scope, uint32_t key, uint64_t at_ns, uint32_t value,
	unsigned flags)
{
	struct history *h = history_of(l, scope, key);
	uint32_t place, run;
	if (!h || (value >= VALUE_MAX && value != RN_LINEAGE_NONE) ||
		!reserve((void **)&h->put, h->n, &h->cap, sizeof(*h->put), 2))
		return RN_E_NOMEM;
	run = place_of(h, at_ns, &place);
	if (run == RN_LINEAGE_NONE)
		return RN_E_NOMEM;
	memmove(h->put + place + 1, h->put + place, (h->n - place) * sizeof(*h->put));
	h->put[place] = (struct put){ (uint32_t)(at_ns - h->run[run].from_ns),
		(value == RN_LINEAGE_NONE ? VALUE_MAX : value) << FLAG_BITS | flags };
	h->n++;
	while (++run < h->n_runs)
		h->run[run].first++;
	return 0;
}

static uint32_t value_of(const struct put *p)
{
	return p->what >> FLAG_BITS == VALUE_MAX ? RN_LINEAGE_NONE : p->what >> FLAG_BITS;
}

/* How many puts of the history are seen at a moment: those before it, and at it what was found. */
static uint32_t n_seen(const struct history *h, uint64_t at_ns)
{
	uint32_t run = n_begun(h, at_ns);
	if (!run)
		return 0;
	uint64_t since_ns = at_ns - h->run[run - 1].from_ns;
	uint32_t low = h->run[run - 1].first, end = end_of(h, run - 1), high = end;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (h->put[mid].since_ns < since_ns)
			low = mid + 1;
		else
			high = mid;
	}
	while (low < end && h->put[low].since_ns == since_ns && h->put[low].what & RN_LINEAGE_FOUND)
		low++;
	return low;
}

static uint64_t time_of(const struct history *h, uint32_t k)
{
	uint32_t run = h->n_runs - 1;
	while (h->run[run].first > k)
		run--;
	return h->run[run].from_ns + h->put[k].since_ns;
}

static const struct put *last_put(
	const struct rn_lineage *l, uint32_t scope, uint32_t key, uint64_t at_ns)
{
	uint32_t i = rn_idmap_find(&l->index, key_of(scope, key));
	if (i == RN_IDMAP_NONE)
		return NULL;
	uint32_t n = n_seen(&l->history[i], at_ns);
	return n ? &l->history[i].put[n - 1] : NULL;
}

uint32_t rn_lineage_get(const struct rn_lineage *l, uint32_t scope, uint32_t key, uint64_t at_ns)
{
	bool crossed_exec = false;
	for (unsigned depth = 0; scope < l->n_scopes && depth < DEPTH_MAX; depth++) {
		const struct put *p = last_put(l, scope, key, at_ns);
		if (p)
			return crossed_exec && (p->what & RN_LINEAGE_CLOEXEC) ? RN_LINEAGE_NONE : value_of(p);
		const struct scope *s = &l->scope[scope];
		crossed_exec |= s->exec;
		/* A birth sees what was put at its very moment, unlike a call. */
		at_ns = s->born_ns + (s->born_ns < UINT64_MAX);
		scope = s->parent;
	}
	return RN_LINEAGE_NONE;
}

uint32_t rn_lineage_next(const struct rn_lineage *l, uint32_t scope, uint32_t key, uint64_t at_ns,
	uint64_t *put_ns)
{
	uint32_t i = rn_idmap_find(&l->index, key_of(scope, key));
	if (i == RN_IDMAP_NONE)
		return RN_LINEAGE_NONE;
	const struct history *h = &l->history[i];
	for (uint32_t k = n_seen(h, at_ns); k < h->n; k++) {
		if (value_of(&h->put[k]) == RN_LINEAGE_NONE)
			continue;
		if (put_ns)
			*put_ns = time_of(h, k);
		return value_of(&h->put[k]);
	}
	return RN_LINEAGE_NONE;
}
