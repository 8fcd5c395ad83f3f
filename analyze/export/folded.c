/* SPDX-License-Identifier: MIT */
/*
 * Folded stacks (analyze/flame/folded.c) that end in the system call: main;f;__write;write 123. For flamegraph.pl,
 * inferno, speedscope. A call without a stack is a line of its own. The format has no place for remarks: what
 * is missing is told on standard error alone.
 */
#include "analyze/export/stack_table.h"
#include "analyze/export/tally.h"
#include "analyze/symbol/show.h"

#include <stdlib.h>

struct folded {
	struct rn_flame flame;
	struct rn_stack_table stacks;
	uint32_t *node; /* by entry of a stack, from 1 to n: its node */
	uint32_t n, cap;
	struct rn_tally_carry carry;
};

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for folded stacks");
}

static int begin(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct folded *f = st;
	int rc = rn_flame_begin(&f->flame, job->look->weight, err);
	return rc ? rc : rn_stack_table_init(&f->stacks, job, err);
}

static uint32_t child(struct folded *f, struct rn_buffer *scratch, uint32_t parent, struct rn_bytes name)
{
	rn_buffer_clear(scratch);
	rn_put_folded_name(scratch, name);
	return rn_buffer_ok(scratch) ? rn_flame_child(&f->flame, parent, rn_buffer_bytes(scratch), false) : 0;
}

/* A caller's entry is smaller than its own: those without a node yet are the last ones. False: no memory. */
static bool name_new_entries(struct folded *f, struct rn_buffer *scratch)
{
	if (f->stacks.n >= f->cap) {
		uint32_t cap = f->stacks.n * 2 + 64;
		uint32_t *grown = realloc(f->node, cap * sizeof(*grown));
		if (!grown)
			return false;
		f->node = grown;
		f->cap = cap;
	}
	while (f->n < f->stacks.n) {
		const struct rn_stack_entry *e = rn_stack_table_at(&f->stacks, f->n + 1);
		uint32_t node = child(f, scratch, e->parent ? f->node[e->parent] : 0,
			rn_stack_table_name(&f->stacks, e));
		if (!node)
			return false;
		f->node[++f->n] = node;
	}
	return true;
}

static int put_call(void *st, struct rn_export_job *job, const struct rn_export_call *call,
	struct rn_error *err)
{
	struct folded *f = st;
	uint64_t weight = rn_export_weigh(call, job->look->weight, &f->carry);
	uint32_t entry;
	char buf[24];
	int rc = rn_stack_table_add(&f->stacks, call->stack, &entry, err);
	if (rc || !weight)
		return rc;
	if (!name_new_entries(f, &job->scratch))
		return no_memory(err);
	uint32_t leaf = child(f, &job->scratch, entry ? f->node[entry] : 0,
		rn_bytes_str(rn_export_name(&call->ev->call, buf)));
	if (!leaf)
		return no_memory(err);
	f->flame.node[leaf].self += weight;
	return 0;
}

static int end(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct folded *f = st;
	rn_flame_sort(&f->flame);
	return rn_flame_folded.write(&f->flame, job->stream, err);
}

static void fini(void *st)
{
	struct folded *f = st;
	rn_flame_fini(&f->flame);
	rn_stack_table_fini(&f->stacks);
	free(f->node);
}

const struct rn_export rn_export_folded = {
	.name = "folded",
	.help = "a line a stack, its system call last: flamegraph.pl, inferno, speedscope.app",
	.traits = RN_EXPORT_STACKS | RN_EXPORT_WEIGHTS,
	.state_size = sizeof(struct folded),
	.begin = begin,
	.call = put_call,
	.end = end,
	.fini = fini,
};
