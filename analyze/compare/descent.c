/* SPDX-License-Identifier: MIT */
#include "analyze/compare/descent.h"

#include "analyze/num/alignment.h"
#include "shared/buffer.h"
#include "shared/intern.h"

#include <stdlib.h>

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for threads");
}

/* A thread or a process, and what it is known by. */
static uint32_t kind_of(const struct rn_model *m, const struct rn_task *t, struct rn_intern *kinds)
{
	struct rn_buffer text = RN_BUFFER_INIT;
	struct rn_bytes comm = rn_model_title(m, t->utid, UINT64_MAX);
	bool thread = rn_model_process(m, t->utid) != t->utid;
	struct rn_bytes name = !thread && t->exe.len ? t->exe : comm;
	const uint8_t *slash = name.len ? memrchr(name.p, '/', name.len) : NULL;
	if (slash)
		name = rn_bytes_of(slash + 1, (size_t)(name.p + name.len - slash - 1));
	/* Whatever program it is: two versions of one are what is compared. */
	bool command = !thread && (t->how == RN_TASK_COMMAND || t->how == RN_TASK_ATTACHED);
	rn_put_text(&text, thread ? "thread " : command ? "the command" : "process ");
	rn_put_bytes(&text, name.p, command ? 0 : name.len);
	uint32_t kind = rn_buffer_ok(&text) ? rn_intern(kinds, rn_buffer_bytes(&text), NULL) : RN_INTERN_NONE;
	rn_buffer_fini(&text);
	return kind;
}

static int by_beginning(const void *a, const void *b)
{
	const struct rn_task *x = *(const struct rn_task *const *)a, *y = *(const struct rn_task *const *)b;
	if (x->start_ns != y->start_ns)
		return x->start_ns < y->start_ns ? -1 : 1;
	return (x->utid > y->utid) - (x->utid < y->utid);
}

/* Whoever made it began before it; a damaged trace may say otherwise: such a task has no parent. */
static void add(struct rn_descent *d, const struct rn_task *t, uint32_t kind, uint32_t *last)
{
	uint32_t parent = rn_descent_number(d, t->parent), number = d->n;
	d->task[d->n++] = (struct rn_descendant){ .utid = t->utid, .parent = parent, .kind = kind };
	if (last[parent])
		d->task[last[parent]].next_sibling = number;
	else
		d->task[parent].first_child = number;
	last[parent] = number;
}

int rn_descent_init(struct rn_descent *d, const struct rn_model *m, struct rn_intern *kinds, struct rn_error *err)
{
	uint32_t n = rn_model_n_tasks(m);
	const struct rn_task **order = malloc((n + 1) * sizeof(*order));
	uint32_t *last = calloc(n + 1, sizeof(*last));
	*d = (struct rn_descent){ .task = calloc(n + 1, sizeof(*d->task)), .n = 1 };
	int rc = order && last && d->task ? 0 : no_memory(err);
	for (uint32_t i = 0; i < n && !rc; i++)
		order[i] = rn_model_task_at(m, i);
	if (!rc && n)
		qsort(order, n, sizeof(*order), by_beginning);
	for (uint32_t i = 0; i < n && !rc; i++) {
		uint32_t kind = kind_of(m, order[i], kinds), number = d->n;
		if (kind == RN_INTERN_NONE)
			rc = no_memory(err);
		if (!rc)
			add(d, order[i], kind, last);
		if (!rc && rn_idmap_put(&d->by_utid, order[i]->utid, number))
			rc = no_memory(err);
	}
	free(order);
	free(last);
	return rc;
}

void rn_descent_fini(struct rn_descent *d)
{
	free(d->task);
	d->task = NULL;
	d->n = 0;
	rn_idmap_fini(&d->by_utid);
}

uint32_t rn_descent_number(const struct rn_descent *d, uint32_t utid)
{
	uint32_t i = rn_idmap_find(&d->by_utid, utid);
	return i == RN_IDMAP_NONE ? 0 : i;
}

/* Numbers of the children and their kinds. */
static uint32_t children(const struct rn_descent *d, uint32_t parent, uint32_t *number, uint32_t *kind)
{
	uint32_t n = 0;
	for (uint32_t c = d->task[parent].first_child; c; c = d->task[c].next_sibling) {
		number[n] = c;
		kind[n++] = d->task[c].kind;
	}
	return n;
}

/* What is left between two that are common corresponds in order while kinds are out of order alone: the
 * same kinds may begin in another order. Children that nothing corresponds to are left alone. */
static void match_rest(const uint32_t *number_a, const uint32_t *kind_a, uint32_t n, const uint32_t *number_b,
	const uint32_t *kind_b, uint32_t m, uint32_t *other, bool *taken)
{
	for (uint32_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < m && !other[number_a[i]]; k++)
			if (!taken[k] && kind_a[i] == kind_b[k]) {
				other[number_a[i]] = number_b[k];
				taken[k] = true;
			}
}

static int match_children(const struct rn_descent *a, uint32_t of_a, const struct rn_descent *b, uint32_t of_b,
	uint32_t *work, uint32_t *other, struct rn_error *err)
{
	uint32_t *number_a = work, *kind_a = work + a->n, *number_b = work + 2 * a->n, *kind_b = number_b + b->n;
	uint32_t n = children(a, of_a, number_a, kind_a), m = children(b, of_b, number_b, kind_b);
	struct rn_alignment l;
	if (!n || !m)
		return 0;
	bool *taken = calloc(m, sizeof(*taken));
	int rc = taken ? rn_align(&l, kind_a, n, kind_b, m, 0, err) : no_memory(err);
	if (rc) {
		free(taken);
		return rc;
	}
	for (size_t r = 0; r < l.n_runs; r++)
		for (size_t i = 0; i < l.run[r].n; i++) {
			other[number_a[l.run[r].at_a + i]] = number_b[l.run[r].at_b + i];
			taken[l.run[r].at_b + i] = true;
		}
	if (n + m < 4096)
		match_rest(number_a, kind_a, n, number_b, kind_b, m, other, taken);
	rn_alignment_fini(&l);
	free(taken);
	return 0;
}

int rn_descent_match(const struct rn_descent *a, const struct rn_descent *b, uint32_t **other, struct rn_error *err)
{
	uint32_t *work = malloc((2 * ((size_t)a->n + b->n) + 1) * sizeof(*work));
	*other = calloc(a->n + 1, sizeof(**other));
	int rc = work && *other ? match_children(a, 0, b, 0, work, *other, err) : no_memory(err);
	for (uint32_t i = 1; i < a->n && !rc; i++)
		if ((*other)[i])
			rc = match_children(a, i, b, (*other)[i], work, *other, err);
	free(work);
	return rc;
}
