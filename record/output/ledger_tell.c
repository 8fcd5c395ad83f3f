/* SPDX-License-Identifier: MIT */
/* Telling: tasks first, then what their processes have, each fact with the time it became true. */
#include "record/output/ledger_part.h"

#include <stdlib.h>

struct telling {
	int (*tell)(void *arg, const struct rn_event *ev, struct rn_error *err);
	void *arg;
	struct rn_error *err;
};

static int tell(const struct telling *to, const struct rn_fact *f, uint32_t utid)
{
	if (!f)
		return 0;
	struct rn_event ev = f->ev;
	ev.utid = utid; /* it may have been inherited */
	return to->tell(to->arg, &ev, to->err);
}

static int tell_all(const struct telling *to, const struct rn_facts *l, uint32_t utid)
{
	int rc = 0;
	for (uint32_t i = 0; !rc && i < l->n; i++)
		rc = tell(to, l->item[i], utid);
	return rc;
}

/* As it is now: its last execution and what its tid became are part of what it is. */
static int tell_task(const struct telling *to, const struct rn_ledger_thread *t)
{
	if (!t->task)
		return 0;
	struct rn_event ev = t->task->ev;
	ev.TASK.how = RN_TASK_CARRIED;
	if (t->exec) {
		ev.TASK.exe = t->exec->ev.EXEC.exe;
		ev.TASK.comm = t->exec->ev.EXEC.comm;
		if (t->exec->ev.EXEC.old_tid)
			ev.TASK.tid = t->exec->ev.EXEC.tid;
	}
	int rc = to->tell(to->arg, &ev, to->err);
	if (!rc)
		rc = tell(to, t->comm, t->utid);
	return rc ? rc : tell(to, t->exit, t->utid);
}

static int by_time(const void *a, const void *b)
{
	const struct rn_fact *x = *(struct rn_fact *const *)a, *y = *(struct rn_fact *const *)b;
	return x->ev.ts_ns < y->ev.ts_ns ? -1 : x->ev.ts_ns > y->ev.ts_ns;
}

/* A reader follows an address space in order of time. */
static int tell_maps(const struct telling *to, const struct rn_facts *maps, uint32_t utid)
{
	struct rn_facts sorted = { 0 };
	if (!rn_facts_copy(&sorted, maps))
		return rn_fail(to->err, RN_E_NOMEM, "out of memory");
	if (sorted.n)
		qsort(sorted.item, sorted.n, sizeof(struct rn_fact *), by_time);
	int rc = tell_all(to, &sorted, utid);
	rn_facts_clear(&sorted);
	return rc;
}

static int tell_process(const struct telling *to, const struct rn_ledger_thread *t)
{
	const struct rn_ledger_process *p = t->process;
	int rc = tell(to, p->cwd, t->utid);
	if (!rc)
		rc = tell_maps(to, &p->maps, t->utid);
	return rc ? rc : tell_all(to, &p->fds, t->utid);
}

/* From the beginning on: what it has may be older than it. */
static int tell_apart(const struct telling *to, const struct rn_ledger_thread *t)
{
	const struct rn_ledger_apart *a = t->apart;
	struct rn_event ev = { .utid = t->utid, .kind = RN_EV_APART };
	ev.APART.what = a->what | RN_APART_EMPTY;
	int rc = to->tell(to->arg, &ev, to->err);
	if (!rc)
		rc = tell(to, a->cwd, t->utid);
	return rc ? rc : tell_all(to, &a->fds, t->utid);
}

static int by_utid(const void *a, const void *b)
{
	uint32_t x = (*(const struct rn_ledger_thread *const *)a)->utid;
	uint32_t y = (*(const struct rn_ledger_thread *const *)b)->utid;
	return x < y ? -1 : x > y;
}

/* In order of appearance; NULL: no memory. */
static const struct rn_ledger_thread **sorted(const struct rn_ledger *l)
{
	const struct rn_ledger_thread **all = malloc((l->n + 1) * sizeof(*all));
	uint32_t n = 0;
	for (uint32_t i = 0; all && i < l->n_slots; i++)
		if (l->slot[i].utid)
			all[n++] = &l->slot[i];
	if (all)
		qsort(all, n, sizeof(*all), by_utid);
	return all;
}

int rn_ledger_tell(const struct rn_ledger *l,
	int (*how)(void *arg, const struct rn_event *ev, struct rn_error *err), void *arg,
	struct rn_error *err)
{
	const struct telling to = { how, arg, err };
	const struct rn_ledger_thread **all = sorted(l);
	int rc = all ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	for (uint32_t i = 0; !rc && i < l->n; i++)
		rc = tell_task(&to, all[i]);
	for (uint32_t i = 0; !rc && i < l->n; i++)
		if (all[i]->process)
			rc = tell_process(&to, all[i]);
	for (uint32_t i = 0; !rc && i < l->n; i++)
		if (all[i]->apart)
			rc = tell_apart(&to, all[i]);
	for (uint32_t i = 0; !rc && i < l->n; i++)
		rc = tell(&to, all[i]->preview, all[i]->utid);
	free(all);
	return rc;
}

void rn_ledger_processes(const struct rn_ledger *l,
	void (*each)(void *arg, uint64_t pid, uint64_t ns_pid), void *arg)
{
	for (uint32_t i = 0; i < l->n_slots; i++)
		if (l->slot[i].utid && l->slot[i].process && l->slot[i].task)
			each(arg, l->slot[i].task->ev.TASK.pid, l->slot[i].task->ev.TASK.ns_pid);
}
