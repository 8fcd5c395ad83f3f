/* SPDX-License-Identifier: MIT */
/* Learning: what each kind of event changes. */
#include "record/output/ledger_part.h"

#include <stdlib.h>

static int born(struct rn_ledger *l, const struct rn_event *ev)
{
	if (l->n * 2 >= l->n_slots && !rn_ledger_grow(l))
		return RN_E_NOMEM;
	struct rn_ledger_thread *t = rn_ledger_probe(l, ev->utid);
	bool known = t->utid != 0;
	l->n += !known;
	t->utid = ev->utid;
	if (rn_fact_set(&t->task, ev))
		return RN_E_NOMEM;
	if (rn_ledger_leader_of(t) != t->utid) {
		struct rn_ledger_process *p = rn_ledger_process_of(l, t);
		struct rn_ledger_thread *maker = known ? NULL : rn_ledger_find(l, (uint32_t)ev->TASK.parent);
		if (p && !known)
			p->n_threads++;
		return maker && p ? rn_ledger_thread_born(t, maker, p, ev->TASK.clone_flags) : 0;
	}
	if (!t->process)
		t->process = calloc(1, sizeof(*t->process));
	if (!t->process)
		return RN_E_NOMEM;
	t->process->n_threads += !known;
	struct rn_ledger_thread *parent = rn_ledger_find(l, (uint32_t)ev->TASK.parent);
	struct rn_ledger_process *from = parent ? rn_ledger_process_of(l, parent) : NULL;
	if (known || !from || from == t->process)
		return 0;
	t->process->cwd = rn_fact_use(*rn_ledger_cwd(parent, from));
	bool all = rn_facts_copy(&t->process->fds, rn_ledger_fds(parent, from)) &&
		rn_facts_copy(&t->process->maps, &from->maps);
	return all ? 0 : RN_E_NOMEM;
}

static int ended(struct rn_ledger *l, struct rn_ledger_thread *t, const struct rn_event *ev)
{
	struct rn_ledger_thread *leader = rn_ledger_find(l, rn_ledger_leader_of(t));
	struct rn_ledger_process *p = leader ? leader->process : NULL;
	if (p && --p->n_threads == 0) {
		bool other = leader != t;
		uint32_t utid = leader->utid;
		rn_ledger_forget(l, t);
		if (other)
			rn_ledger_forget(l, rn_ledger_find(l, utid));
		return 0;
	}
	if (leader == t)
		return rn_fact_set(&t->exit, ev);
	rn_ledger_forget(l, t);
	return 0;
}

static int executed(struct rn_ledger *l, struct rn_ledger_thread *t, const struct rn_event *ev)
{
	struct rn_ledger_process *p = rn_ledger_process_of(l, t);
	if (p)
		rn_facts_clear(&p->maps);
	int rc = p && t->apart ? rn_ledger_rejoin(t, p) : 0;
	if (!rc)
		rc = rn_fact_set(&t->comm, NULL);
	return rc ? rc : rn_fact_set(&t->exec, ev);
}

/* A preview is of interest until its call comes. */
static int note_call(struct rn_ledger *l, const struct rn_event *ev)
{
	bool preview = ev->call.flags & RN_CALL_PENDING;
	if (!preview && !l->n_previews)
		return 0;
	struct rn_ledger_thread *t = rn_ledger_find(l, ev->utid);
	if (!t)
		return 0;
	l->n_previews -= t->preview != NULL;
	int rc = rn_fact_set(&t->preview, preview ? ev : NULL);
	l->n_previews += t->preview != NULL;
	return rc;
}

static int note_of_process(struct rn_ledger_thread *t, struct rn_ledger_process *p, const struct rn_event *ev)
{
	switch (ev->kind) {
	case RN_EV_MAP:
		return rn_facts_map(&p->maps, ev);
	case RN_EV_UNMAP:
		return rn_facts_cut_out(&p->maps, ev->UNMAP.addr, ev->UNMAP.addr + ev->UNMAP.len);
	case RN_EV_FD:
		return rn_facts_fd(rn_ledger_fds(t, p), ev->FD.fd, ev);
	case RN_EV_FD_CLOSE:
		return rn_facts_fd(rn_ledger_fds(t, p), ev->FD_CLOSE.fd, NULL);
	case RN_EV_CWD:
		return rn_fact_set(rn_ledger_cwd(t, p), ev);
	case RN_EV_APART:
		return rn_ledger_set_apart(t, p, ev->APART.what);
	default:
		return 0;
	}
}

int rn_ledger_note(struct rn_ledger *l, const struct rn_event *ev)
{
	if (ev->kind == RN_EV_CALL)
		return note_call(l, ev);
	if (ev->kind == RN_EV_TASK && ev->utid)
		return born(l, ev);
	struct rn_ledger_thread *t = rn_ledger_find(l, ev->utid);
	if (!t)
		return 0;
	if (ev->kind == RN_EV_EXIT)
		return ended(l, t, ev);
	if (ev->kind == RN_EV_EXEC)
		return executed(l, t, ev);
	if (ev->kind == RN_EV_COMM)
		return rn_fact_set(&t->comm, ev);
	struct rn_ledger_process *p = rn_ledger_process_of(l, t);
	return p ? note_of_process(t, p, ev) : 0;
}
