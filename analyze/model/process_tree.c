/* SPDX-License-Identifier: MIT */
/*
 * Processes are sorted by (parent, beginning), so that children of one parent stand together; then the
 * tree is walked with a stack of ranges. Each is taken once, which cuts circles.
 */
#include "analyze/model/process_tree.h"

#include "analyze/model/idmap.h"
#include "analyze/words.h"

#include <stdlib.h>

struct tree {
	struct rn_process *item; /* sorted */
	uint32_t n;
	struct rn_idmap first;   /* parent -> its first child in item */
	bool *taken;
	uint32_t *stack;
	struct rn_process *out;
	uint32_t n_out;
};

static int by_parent(const void *a, const void *b)
{
	const struct rn_process *x = a, *y = b;
	if (x->parent != y->parent)
		return x->parent < y->parent ? -1 : 1;
	if (x->task->start_ns != y->task->start_ns)
		return x->task->start_ns < y->task->start_ns ? -1 : 1;
	return (x->task->utid > y->task->utid) - (x->task->utid < y->task->utid);
}

static int collect(struct tree *t, const struct rn_model *m)
{
	struct rn_idmap index = RN_IDMAP_INIT;
	uint32_t n_tasks = rn_model_n_tasks(m);
	int rc = 0;
	for (uint32_t i = 0; i < n_tasks && !rc; i++) {
		const struct rn_task *k = rn_model_task_at(m, i);
		if (rn_model_process(m, k->utid) != k->utid)
			continue;
		uint32_t parent = rn_model_task(m, k->parent) ? rn_model_process(m, k->parent) : 0;
		t->item[t->n] = (struct rn_process){ k, parent == k->utid ? 0 : parent, 0, 0 };
		rc = rn_idmap_put(&index, k->utid, t->n++);
	}
	for (uint32_t i = 0; i < n_tasks && !rc; i++) {
		uint32_t p = rn_idmap_find(&index, rn_model_process(m, rn_model_task_at(m, i)->utid));
		if (p != RN_IDMAP_NONE)
			t->item[p].threads++;
	}
	rn_idmap_fini(&index);
	return rc;
}

static int index_children(struct tree *t)
{
	int rc = 0;
	qsort(t->item, t->n, sizeof(*t->item), by_parent);
	for (uint32_t i = 0; i < t->n && !rc; i++)
		if (!i || t->item[i].parent != t->item[i - 1].parent)
			rc = rn_idmap_put(&t->first, t->item[i].parent, i);
	return rc;
}

/* The process and all below it. The stack holds, by depth, where the next sibling is. */
static void take(struct tree *t, uint32_t root)
{
	uint32_t depth = 0, at = root;
	for (;;) {
		t->taken[at] = true;
		t->out[t->n_out] = t->item[at];
		t->out[t->n_out++].depth = depth;
		/* A hostile trace calls a thread 0, whose children would be all that have no parent. */
		uint32_t utid = t->item[at].task->utid, next = utid ? rn_idmap_find(&t->first, utid) : RN_IDMAP_NONE;
		t->stack[depth++] = next == RN_IDMAP_NONE ? t->n : next;
		for (;;) {
			uint32_t i = t->stack[depth - 1];
			while (i < t->n && t->taken[i] && i + 1 < t->n &&
				t->item[i + 1].parent == t->item[i].parent)
				i++;
			if (i < t->n && !t->taken[i]) {
				t->stack[depth - 1] = i;
				at = i;
				break;
			}
			if (--depth == 0)
				return;
		}
	}
}

int rn_process_tree(const struct rn_model *m, struct rn_process **out, uint32_t *n, struct rn_error *err)
{
	uint32_t most = rn_model_n_tasks(m) + 1;
	struct tree t = { .item = calloc(most, sizeof(*t.item)), .taken = calloc(most, sizeof(*t.taken)),
		.stack = calloc(most, sizeof(*t.stack)), .out = calloc(most, sizeof(*t.out)) };
	bool failed = !t.item || !t.taken || !t.stack || !t.out || collect(&t, m) || index_children(&t);
	for (uint32_t i = 0; i < t.n && !failed; i++)
		if (!t.item[i].parent && !t.taken[i])
			take(&t, i);
	for (uint32_t i = 0; i < t.n && !failed; i++)
		if (!t.taken[i])
			take(&t, i);
	*out = failed ? NULL : t.out;
	*n = t.n_out;
	if (failed)
		free(t.out);
	free(t.item);
	free(t.taken);
	free(t.stack);
	rn_idmap_fini(&t.first);
	return failed ? rn_fail(err, RN_E_NOMEM, "out of memory") : 0;
}

void rn_put_command(struct rn_buffer *out, const struct rn_model *m, const struct rn_task *p,
	struct rn_bytes command)
{
	struct rn_bytes argv = rn_model_argv(m, p->utid, UINT64_MAX);
	struct rn_bytes comm = rn_model_comm(m, p->utid, UINT64_MAX);
	if (!argv.len && p->how == RN_TASK_COMMAND)
		argv = command;
	if (argv.len)
		rn_put_argv(out, argv);
	else if (p->exe.len)
		rn_put_bytes(out, p->exe.p, p->exe.len);
	else
		rn_put_bytes(out, comm.p, comm.len);
}
