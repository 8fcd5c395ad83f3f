/* SPDX-License-Identifier: MIT */
#include "analyze/sql/stack_numbers.h"

#include <stdlib.h>

/* Ids in the order of their numbers, and the way back. */
struct order {
	uint32_t *id, n;         /* by number */
	uint32_t *number, cap;   /* by id; NONE: it has none yet */
};
#define NONE UINT32_MAX

struct rn_stack_numbers {
	struct rn_stacks *stacks;
	struct order nodes, frames; /* of nodes the root is the first */
};

static bool make_room(struct order *o, uint32_t n)
{
	if (n <= o->cap)
		return true;
	uint32_t cap = n > UINT32_MAX / 2 ? n : 2 * n;
	uint32_t *id = realloc(o->id, cap * sizeof(*id));
	o->id = id ? id : o->id;
	uint32_t *number = id ? realloc(o->number, cap * sizeof(*number)) : NULL;
	if (!number)
		return false;
	memset(number + o->cap, 0xff, (cap - o->cap) * sizeof(*number));
	o->number = number;
	o->cap = cap;
	return true;
}

static void give(struct order *o, uint32_t id)
{
	if (o->number[id] != NONE)
		return;
	o->number[id] = o->n;
	o->id[o->n++] = id;
}

/* Numbers the path down to a node: those above it first. */
static int number_path(struct rn_stack_numbers *n, uint32_t node, struct rn_error *err)
{
	uint32_t path[RN_STACK_MAX_FRAMES], depth = 0;
	if (!make_room(&n->nodes, rn_stacks_n_nodes(n->stacks)) ||
		!make_room(&n->frames, rn_stacks_n_frames(n->stacks)))
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (; node && n->nodes.number[node] == NONE && depth < RN_STACK_MAX_FRAMES;
		node = rn_stacks_node(n->stacks, node)->parent)
		path[depth++] = node;
	while (depth--) {
		give(&n->nodes, path[depth]);
		give(&n->frames, rn_stacks_node(n->stacks, path[depth])->frame);
	}
	return 0;
}

static int number_block(struct rn_stack_numbers *n, struct rn_block *b, struct rn_error *err)
{
	unsigned want = rn_stacks_want(n->stacks);
	for (uint32_t k = 0; k < rn_block_info(b)->n_calls; k++) {
		struct rn_event ev;
		uint32_t node = 0;
		int rc = rn_block_call(b, k, want, &ev, err);
		if (!rc && (!want || ev.call.regs))
			rc = rn_stacks_of(n->stacks, &ev, &node, NULL, err);
		if (rc == RN_E_NOMEM || (!rc && node && (rc = number_path(n, node, err)) != 0))
			return rc;
	}
	return 0;
}

static int number_all(struct rn_stack_numbers *n, struct rn_reader *r, struct rn_error *err)
{
	struct rn_block *b = rn_block_new();
	int rc = b && make_room(&n->nodes, 1) && make_room(&n->frames, 1) ? 0 :
		rn_fail(err, RN_E_NOMEM, "out of memory");
	if (!rc)
		give(&n->nodes, 0);
	for (size_t i = 0; i < rn_reader_n_blocks(r) && !rc; i++) {
		rc = rn_reader_load(r, i, b, err);
		if (!rc)
			rc = number_block(n, b, err);
		/* What cannot be read has no stacks. */
		rc = rc == RN_E_NOMEM ? rc : 0;
	}
	rn_block_free(b);
	return rc;
}

int rn_stack_numbers_new(struct rn_stack_numbers **out, struct rn_stacks *stacks, struct rn_reader *reader,
	struct rn_error *err)
{
	struct rn_stack_numbers *n = calloc(1, sizeof(*n));
	*out = n;
	if (!n)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	n->stacks = stacks;
	int rc = number_all(n, reader, err);
	if (rc) {
		rn_stack_numbers_free(n);
		*out = NULL;
	}
	return rc;
}

static void order_fini(struct order *o)
{
	free(o->id);
	free(o->number);
}

void rn_stack_numbers_free(struct rn_stack_numbers *n)
{
	if (!n)
		return;
	order_fini(&n->nodes);
	order_fini(&n->frames);
	free(n);
}

static uint32_t number_of(const struct order *o, uint32_t id)
{
	return id < o->cap && o->number[id] != NONE ? o->number[id] : 0;
}

uint32_t rn_stack_number(const struct rn_stack_numbers *n, uint32_t node)
{
	return number_of(&n->nodes, node);
}

uint32_t rn_frame_number(const struct rn_stack_numbers *n, uint32_t frame)
{
	return number_of(&n->frames, frame);
}

uint32_t rn_stack_numbers_n(const struct rn_stack_numbers *n)
{
	return n->nodes.n - 1;
}

uint32_t rn_stack_numbers_node(const struct rn_stack_numbers *n, uint32_t number)
{
	return n->nodes.id[number];
}

uint32_t rn_stack_numbers_n_frames(const struct rn_stack_numbers *n)
{
	return n->frames.n;
}

uint32_t rn_stack_numbers_frame(const struct rn_stack_numbers *n, uint32_t number)
{
	return n->frames.id[number];
}
