/* SPDX-License-Identifier: MIT */
/* A thread is found by its number through a table with open addressing and no tombstones. */
#include "record/output/ledger_part.h"

#include <stdlib.h>

#define FIRST_SLOTS 64u

static uint32_t home(const struct rn_ledger *l, uint32_t utid)
{
	return (utid * 0x9E3779B1u) & (l->n_slots - 1);
}

struct rn_ledger_thread *rn_ledger_probe(const struct rn_ledger *l, uint32_t utid)
{
	uint32_t i = home(l, utid);
	while (l->slot[i].utid && l->slot[i].utid != utid)
		i = (i + 1) & (l->n_slots - 1);
	return &l->slot[i];
}

struct rn_ledger_thread *rn_ledger_find(const struct rn_ledger *l, uint32_t utid)
{
	struct rn_ledger_thread *t = utid ? rn_ledger_probe(l, utid) : NULL;
	return t && t->utid ? t : NULL;
}

bool rn_ledger_grow(struct rn_ledger *l)
{
	struct rn_ledger bigger = *l;
	bigger.n_slots = l->n_slots * 2;
	bigger.slot = calloc(bigger.n_slots, sizeof(*bigger.slot));
	if (!bigger.slot)
		return false;
	for (uint32_t i = 0; i < l->n_slots; i++)
		if (l->slot[i].utid)
			*rn_ledger_probe(&bigger, l->slot[i].utid) = l->slot[i];
	free(l->slot);
	*l = bigger;
	return true;
}

static void drop_process(struct rn_ledger_process *p)
{
	if (!p)
		return;
	rn_fact_drop(p->cwd);
	rn_facts_clear(&p->fds);
	rn_facts_clear(&p->maps);
	free(p);
}

static void drop_thread(struct rn_ledger *l, struct rn_ledger_thread *t)
{
	l->n_previews -= t->preview != NULL;
	rn_fact_drop(t->task);
	rn_fact_drop(t->exec);
	rn_fact_drop(t->comm);
	rn_fact_drop(t->exit);
	rn_fact_drop(t->preview);
	drop_process(t->process);
	rn_ledger_apart_drop(t->apart);
}

/* Later members of the run move into the hole, so that there are no tombstones. */
void rn_ledger_forget(struct rn_ledger *l, struct rn_ledger_thread *t)
{
	uint32_t mask = l->n_slots - 1, hole = (uint32_t)(t - l->slot);
	drop_thread(l, t);
	l->n--;
	for (uint32_t i = (hole + 1) & mask; l->slot[i].utid; i = (i + 1) & mask) {
		if (((i - home(l, l->slot[i].utid)) & mask) < ((i - hole) & mask))
			continue;
		l->slot[hole] = l->slot[i];
		hole = i;
	}
	l->slot[hole] = (struct rn_ledger_thread){ 0 };
}

struct rn_ledger *rn_ledger_new(void)
{
	struct rn_ledger *l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->n_slots = FIRST_SLOTS;
	l->slot = calloc(l->n_slots, sizeof(*l->slot));
	if (l->slot)
		return l;
	free(l);
	return NULL;
}

void rn_ledger_free(struct rn_ledger *l)
{
	if (!l)
		return;
	for (uint32_t i = 0; i < l->n_slots; i++)
		if (l->slot[i].utid)
			drop_thread(l, &l->slot[i]);
	free(l->slot);
	free(l);
}

uint32_t rn_ledger_leader_of(const struct rn_ledger_thread *t)
{
	uint32_t leader = t->task ? (uint32_t)t->task->ev.TASK.leader : 0;
	return leader ? leader : t->utid;
}

struct rn_ledger_process *rn_ledger_process_of(const struct rn_ledger *l, const struct rn_ledger_thread *t)
{
	const struct rn_ledger_thread *leader = rn_ledger_find(l, rn_ledger_leader_of(t));
	return leader ? leader->process : NULL;
}
