/* SPDX-License-Identifier: MIT */
#include "analyze/listing/alive.h"

#include <stdlib.h>

void rn_alive_fini(struct rn_alive *a)
{
	free(a->index);
}

uint64_t rn_alive_next_ns(const struct rn_alive *a)
{
	const struct rn_task *t = rn_model_task_at(a->model, a->seen);
	return t ? t->start_ns : UINT64_MAX;
}

/* Without memory a thread is not counted: lines lack an id, and nothing else is wrong. */
static void remember(struct rn_alive *a, uint32_t i)
{
	if (a->n == a->cap) {
		uint32_t cap = a->cap ? a->cap * 2 : 16;
		uint32_t *more = realloc(a->index, cap * sizeof(*more));
		if (!more)
			return;
		a->index = more;
		a->cap = cap;
	}
	a->index[a->n++] = i;
}

const struct rn_task *rn_alive_next(struct rn_alive *a, uint64_t at_ns)
{
	const struct rn_task *t = rn_model_task_at(a->model, a->seen);
	if (!t || t->start_ns > at_ns)
		return NULL;
	remember(a, a->seen++);
	return t;
}

/* Looks from the end, where the young are; the dead among them are forgotten. */
bool rn_alive_many(struct rn_alive *a, uint64_t at_ns)
{
	uint32_t living = 0;
	for (uint32_t i = a->n; i-- > 0 && living < 2;) {
		const struct rn_task *t = rn_model_task_at(a->model, a->index[i]);
		if (t->ended && t->end_ns < at_ns)
			a->index[i] = a->index[--a->n];
		else
			living++;
	}
	return living > 1;
}
