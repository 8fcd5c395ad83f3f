/* SPDX-License-Identifier: MIT */
#include "format/thread_table.h"

#include <stdlib.h>

void rn_thread_table_fini(struct rn_thread_table *t)
{
	free(t->slots);
	free(t->dead);
	*t = (struct rn_thread_table){ 0 };
}

static uint32_t home(const struct rn_thread_table *t, uint32_t utid)
{
	return (utid * 0x9E3779B1u) & (t->n_slots - 1);
}

static struct rn_thread_ref *probe(const struct rn_thread_table *t, uint32_t utid)
{
	uint32_t i = home(t, utid);
	while (t->slots[i].utid && t->slots[i].utid != utid)
		i = (i + 1) & (t->n_slots - 1);
	return &t->slots[i];
}

static bool grow(struct rn_thread_table *t)
{
	struct rn_thread_table bigger = { .n = t->n, .n_slots = t->n_slots ? t->n_slots * 2 : 64 };
	bigger.slots = calloc(bigger.n_slots, sizeof(*bigger.slots));
	if (!bigger.slots)
		return false;
	for (uint32_t i = 0; i < t->n_slots; i++)
		if (t->slots[i].utid)
			*probe(&bigger, t->slots[i].utid) = t->slots[i];
	free(t->slots);
	t->slots = bigger.slots;
	t->n_slots = bigger.n_slots;
	return true;
}

static bool add(struct rn_thread_table *t, const struct rn_event *ev)
{
	if (t->n * 2 >= t->n_slots && !grow(t))
		return false;
	struct rn_thread_ref *r = probe(t, ev->utid);
	t->n += !r->utid;
	*r = (struct rn_thread_ref){ ev->utid, (uint32_t)ev->TASK.leader, (uint32_t)ev->TASK.tid,
		(uint32_t)ev->TASK.pid };
	return true;
}

static bool bury(struct rn_thread_table *t, uint32_t utid)
{
	if (t->n_dead == t->cap_dead) {
		uint32_t cap = t->cap_dead ? t->cap_dead * 2 : 64;
		uint32_t *p = realloc(t->dead, cap * sizeof(*p));
		if (!p)
			return false;
		t->dead = p;
		t->cap_dead = cap;
	}
	t->dead[t->n_dead++] = utid;
	return true;
}

bool rn_thread_table_note(struct rn_thread_table *t, const struct rn_event *ev)
{
	if (ev->utid == 0)
		return true;
	if (ev->kind == RN_EV_TASK)
		return add(t, ev);
	if (ev->kind == RN_EV_EXIT)
		return bury(t, ev->utid);
	if (ev->kind == RN_EV_EXEC && t->n_slots && ev->EXEC.tid) {
		struct rn_thread_ref *r = probe(t, ev->utid);
		if (r->utid)
			r->tid = (uint32_t)ev->EXEC.tid;
	}
	return true;
}

const struct rn_thread_ref *rn_thread_table_find(const struct rn_thread_table *t, uint32_t utid)
{
	if (!t->n_slots)
		return NULL;
	const struct rn_thread_ref *r = probe(t, utid);
	return r->utid ? r : NULL;
}

/* Removal that leaves no tombstone: later members of the run move into the hole. */
static void forget(struct rn_thread_table *t, uint32_t utid)
{
	uint32_t mask = t->n_slots - 1;
	struct rn_thread_ref *r = probe(t, utid);
	if (!r->utid)
		return;
	t->n--;
	uint32_t hole = (uint32_t)(r - t->slots);
	for (uint32_t i = (hole + 1) & mask; t->slots[i].utid; i = (i + 1) & mask) {
		uint32_t h = home(t, t->slots[i].utid);
		if (((i - h) & mask) >= ((i - hole) & mask)) {
			t->slots[hole] = t->slots[i];
			hole = i;
		}
	}
	t->slots[hole].utid = 0;
}

void rn_thread_table_sweep(struct rn_thread_table *t)
{
	for (uint32_t i = 0; i < t->n_dead && t->n_slots; i++)
		forget(t, t->dead[i]);
	t->n_dead = 0;
}
