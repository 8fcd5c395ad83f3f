/* SPDX-License-Identifier: MIT */
/* Of a thread that does not share its process' descriptors or working directory: what it has. */
#include "record/output/ledger_part.h"

#include <sched.h>
#include <stdlib.h>

void rn_ledger_apart_drop(struct rn_ledger_apart *a)
{
	if (!a || --a->n_users)
		return;
	rn_fact_drop(a->cwd);
	rn_facts_clear(&a->fds);
	free(a);
}

static bool has(const struct rn_ledger_thread *t, enum rn_apart what)
{
	return t->apart && t->apart->what & what;
}

struct rn_facts *rn_ledger_fds(struct rn_ledger_thread *t, struct rn_ledger_process *p)
{
	return has(t, RN_APART_FILES) ? &t->apart->fds : &p->fds;
}

struct rn_fact **rn_ledger_cwd(struct rn_ledger_thread *t, struct rn_ledger_process *p)
{
	return has(t, RN_APART_CWD) ? &t->apart->cwd : &p->cwd;
}

/* Copies of what `from` has: of `what` and of what it has apart. */
static struct rn_ledger_apart *copy_of(struct rn_ledger_thread *from, struct rn_ledger_process *p, uint64_t what)
{
	struct rn_ledger_apart *a = calloc(1, sizeof(*a));
	if (!a)
		return NULL;
	a->n_users = 1;
	a->what = (what | (from->apart ? from->apart->what : 0)) & (RN_APART_FILES | RN_APART_CWD);
	if (a->what & RN_APART_CWD)
		a->cwd = rn_fact_use(*rn_ledger_cwd(from, p));
	if (a->what & RN_APART_FILES && !rn_facts_copy(&a->fds, rn_ledger_fds(from, p))) {
		rn_ledger_apart_drop(a);
		return NULL;
	}
	return a;
}

static int replace(struct rn_ledger_thread *t, struct rn_ledger_apart *by)
{
	if (!by)
		return RN_E_NOMEM;
	rn_ledger_apart_drop(t->apart);
	t->apart = by;
	return 0;
}

int rn_ledger_set_apart(struct rn_ledger_thread *t, struct rn_ledger_process *p, uint64_t what)
{
	int rc = replace(t, copy_of(t, p, what));
	if (rc || !(what & RN_APART_EMPTY))
		return rc;
	if (what & RN_APART_FILES)
		rn_facts_clear(&t->apart->fds);
	return what & RN_APART_CWD ? rn_fact_set(&t->apart->cwd, NULL) : 0;
}

int rn_ledger_thread_born(struct rn_ledger_thread *t, struct rn_ledger_thread *parent, struct rn_ledger_process *p,
	uint64_t clone_flags)
{
	if (!(clone_flags & CLONE_THREAD))
		return 0;
	uint64_t what = (clone_flags & CLONE_FILES ? 0 : RN_APART_FILES) | (clone_flags & CLONE_FS ? 0 : RN_APART_CWD);
	if (what)
		return replace(t, copy_of(parent, p, what));
	if (parent->apart)
		parent->apart->n_users++;
	rn_ledger_apart_drop(t->apart);
	t->apart = parent->apart;
	return 0;
}

int rn_ledger_rejoin(struct rn_ledger_thread *t, struct rn_ledger_process *p)
{
	int rc = 0;
	if (has(t, RN_APART_FILES)) {
		rn_facts_clear(&p->fds);
		rc = rn_facts_copy(&p->fds, &t->apart->fds) ? 0 : RN_E_NOMEM;
	}
	if (!rc && has(t, RN_APART_CWD)) {
		rn_fact_drop(p->cwd);
		p->cwd = rn_fact_use(t->apart->cwd);
	}
	rn_ledger_apart_drop(t->apart);
	t->apart = NULL;
	return rc;
}
