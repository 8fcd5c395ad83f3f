/* SPDX-License-Identifier: MIT */
/* The slowest are a heap whose root is the one to go next. */
#include "analyze/analysis/slow_calls.h"

#include "analyze/analysis/waiting.h"

#include <stdlib.h>

int rn_slow_calls_init(struct rn_slow_calls *s, const struct rn_facts *facts, size_t budget_bytes,
	struct rn_error *err)
{
	rn_values_init(&s->values, budget_bytes);
	return rn_grouping_init(&s->grouping, RN_BY_NAME, facts, err);
}

void rn_slow_calls_fini(struct rn_slow_calls *s)
{
	for (uint32_t i = 0; i < s->n; i++)
		free(s->group[i].call);
	free(s->group);
	rn_values_fini(&s->values);
	rn_grouping_fini(&s->grouping);
}

/* Slower, and of equals the earlier one. */
static bool is_before(const struct rn_slow_call *a, const struct rn_slow_call *b)
{
	if (a->dur_ns != b->dur_ns)
		return a->dur_ns > b->dur_ns;
	if (a->ts_ns != b->ts_ns)
		return a->ts_ns < b->ts_ns;
	return a->utid < b->utid;
}

static void sift_down(struct rn_slow_call *heap, uint32_t n, uint32_t i)
{
	struct rn_slow_call moved = heap[i];
	for (;;) {
		uint32_t child = 2 * i + 1;
		if (child + 1 < n && is_before(&heap[child], &heap[child + 1]))
			child++;
		if (child >= n || !is_before(&moved, &heap[child]))
			break;
		heap[i] = heap[child];
		i = child;
	}
	heap[i] = moved;
}

static void sift_up(struct rn_slow_call *heap, uint32_t i)
{
	struct rn_slow_call moved = heap[i];
	while (i && is_before(&heap[(i - 1) / 2], &moved)) {
		heap[i] = heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	heap[i] = moved;
}

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for slow calls");
}

static int keep(struct rn_slow_group *g, const struct rn_slow_call *slow, struct rn_error *err)
{
	if (g->n == RN_SLOW_KEPT) {
		if (is_before(slow, &g->call[0])) {
			g->call[0] = *slow;
			sift_down(g->call, g->n, 0);
		}
		return 0;
	}
	if (g->n == g->cap) {
		uint32_t cap = g->cap ? g->cap * 2 : 16;
		struct rn_slow_call *call = realloc(g->call, cap * sizeof(*call));
		if (!call)
			return no_memory(err);
		g->call = call;
		g->cap = cap;
	}
	g->call[g->n] = *slow;
	sift_up(g->call, g->n++);
	return 0;
}

static int make_group(struct rn_slow_calls *s, uint8_t abi, uint32_t nr, struct rn_error *err)
{
	if (s->n == s->cap) {
		uint32_t cap = s->cap ? s->cap * 2 : 64;
		struct rn_slow_group *group = realloc(s->group, cap * sizeof(*group));
		if (!group)
			return no_memory(err);
		s->group = group;
		s->cap = cap;
	}
	struct rn_values_group *values = rn_values_add_group(&s->values);
	if (!values)
		return no_memory(err);
	s->group[s->n++] = (struct rn_slow_group){ .values = values,
		.waits = rn_call_waits((enum rn_abi)abi, nr) };
	return 0;
}

int rn_slow_calls_add(struct rn_slow_calls *s, const struct rn_batch *b, uint32_t i, uint32_t *group,
	struct rn_error *err)
{
	const struct rn_core *c = b->core;
	struct rn_slow_call slow = { c->dur_ns[i], c->ts_ns[i], c->utid[i], 0, i, 0 };
	int rc = rn_grouping_of(&s->grouping, b, i, group, err);
	if (!rc && *group >= s->n)
		rc = make_group(s, c->abi[i], c->nr[i], err);
	if (rc)
		return rc;
	struct rn_slow_group *g = &s->group[*group];
	g->errors += (c->flags[i] & RN_CALL_ERROR) != 0;
	rc = rn_values_add(&s->values, g->values, slow.dur_ns, err);
	if (rc || (g->n == RN_SLOW_KEPT && slow.dur_ns < g->call[0].dur_ns))
		return rc;
	slow.group = *group;
	if (b->block)
		slow.block = (uint32_t)rn_block_info(b->block)->number;
	return keep(g, &slow, err);
}

int rn_slow_calls_batch(struct rn_slow_calls *s, const struct rn_batch *b, struct rn_error *err)
{
	uint32_t group;
	int rc = 0;
	for (uint32_t k = 0; k < b->n_selected && !rc; k++)
		if (!(b->core->flags[b->selected[k]] & RN_CALL_UNFINISHED))
			rc = rn_slow_calls_add(s, b, b->selected[k], &group, err);
	return rc;
}
