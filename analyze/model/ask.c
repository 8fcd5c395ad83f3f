/* SPDX-License-Identifier: MIT */
#include "analyze/model/private.h"

#include "shared/syscall.h"

const struct change *rn_model_changed(const struct changes *c, uint64_t at_ns)
{
	uint32_t low = 0, high = c->n;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (c->item[mid].at_ns <= at_ns)
			low = mid + 1;
		else
			high = mid;
	}
	return c->n ? &c->item[low ? low - 1 : 0] : NULL;
}

uint32_t rn_model_n_tasks(const struct rn_model *m)
{
	return m->n;
}

const struct rn_task *rn_model_task_at(const struct rn_model *m, uint32_t i)
{
	return i < m->n ? &m->thread[i].task : NULL;
}

const struct rn_task *rn_model_task(const struct rn_model *m, uint32_t utid)
{
	const struct thread *t = rn_model_thread(m, utid);
	return t ? &t->task : NULL;
}

uint32_t rn_model_process(const struct rn_model *m, uint32_t utid)
{
	const struct thread *t = rn_model_thread(m, utid), *leader = t ? rn_model_thread(m, t->task.leader) : NULL;
	return leader && leader->task.leader == leader->task.utid ? leader->task.utid : utid;
}

uint64_t rn_model_tid(const struct rn_model *m, uint32_t utid, uint64_t at_ns)
{
	const struct thread *t = rn_model_thread(m, utid);
	if (!t)
		return 0;
	const struct change *c = rn_model_changed(&t->tid, at_ns);
	return c ? c->value : t->task.tid;
}

uint64_t rn_model_pid(const struct rn_model *m, uint32_t utid)
{
	const struct thread *t = rn_model_thread(m, utid);
	return t ? t->task.pid : 0;
}

bool rn_model_is_of(const struct rn_model *m, uint32_t utid, const uint64_t *ids, size_t n_ids)
{
	const struct thread *t = n_ids ? rn_model_thread(m, utid) : NULL;
	for (size_t i = 0; t && i < n_ids; i++)
		if (ids[i] == t->task.pid || ids[i] == t->task.tid)
			return true;
	return !n_ids;
}

/* The one whose change of id is nearest to the moment. */
uint64_t rn_model_superseder(const struct rn_model *m, uint32_t utid, uint64_t at_ns)
{
	const struct thread *t = rn_model_thread(m, utid);
	uint64_t tid = 0, least = UINT64_MAX;
	for (uint32_t i = 0; t && i < m->n; i++) {
		const struct thread *x = &m->thread[i];
		for (uint32_t k = 1; x->task.leader == t->task.leader && k < x->tid.n; k++) {
			uint64_t when = x->tid.item[k].at_ns;
			uint64_t far = when > at_ns ? when - at_ns : at_ns - when;
			if (far < least) {
				least = far;
				tid = x->tid.item[k - 1].value;
			}
		}
	}
	return tid;
}

struct rn_bytes rn_model_comm(const struct rn_model *m, uint32_t utid, uint64_t at_ns)
{
	const struct thread *t = rn_model_thread(m, utid);
	const struct change *c = t ? rn_model_changed(&t->comm, at_ns) : NULL;
	return c ? rn_intern_get(m->strings, (uint32_t)c->value) : rn_bytes_of(NULL, 0);
}

/* Where a fact's changes are kept; NULL: nobody knows the thread. */
static const struct changes *changes_of(const struct rn_model *m, uint32_t utid, enum rn_model_fact fact)
{
	const struct thread *t = rn_model_thread(m, utid);
	bool of_process = fact == RN_MODEL_FACT_EXE || fact == RN_MODEL_FACT_ARGV;
	if (t && of_process && t->task.leader != utid && rn_model_thread(m, t->task.leader))
		t = rn_model_thread(m, t->task.leader);
	if (!t)
		return NULL;
	switch (fact) {
	case RN_MODEL_FACT_TID:
		return &t->tid;
	case RN_MODEL_FACT_COMM:
		return &t->comm;
	case RN_MODEL_FACT_EXE:
		return &t->exe;
	default:
		return &t->argv;
	}
}

struct rn_bytes rn_model_exe(const struct rn_model *m, uint32_t utid, uint64_t at_ns)
{
	const struct changes *all = changes_of(m, utid, RN_MODEL_FACT_EXE);
	const struct change *c = all ? rn_model_changed(all, at_ns) : NULL;
	return c ? rn_intern_get(m->strings, (uint32_t)c->value) : rn_bytes_of(NULL, 0);
}

/* Steps up at most as often as there are threads: a hostile trace may have circles of parents. */
struct rn_bytes rn_model_argv(const struct rn_model *m, uint32_t utid, uint64_t at_ns)
{
	for (uint32_t step = 0; step <= m->n; step++) {
		const struct changes *all = changes_of(m, utid, RN_MODEL_FACT_ARGV);
		const struct thread *t = rn_model_thread(m, utid), *leader = t ? rn_model_thread(m, t->task.leader) : NULL;
		if (all && all->n && all->item[0].at_ns <= at_ns)
			return rn_intern_get(m->strings, (uint32_t)rn_model_changed(all, at_ns)->value);
		if (!leader || !leader->task.parent)
			break;
		at_ns = leader->task.start_ns < at_ns ? leader->task.start_ns : at_ns;
		utid = leader->task.parent;
	}
	return rn_bytes_of(NULL, 0);
}

bool rn_model_change(const struct rn_model *m, uint32_t utid, enum rn_model_fact fact, uint32_t i,
	struct rn_model_change *out)
{
	const struct changes *all = changes_of(m, utid, fact);
	if (!all || i >= all->n)
		return false;
	const struct change *c = &all->item[i];
	*out = (struct rn_model_change){ c->at_ns, c->value, { 0 } };
	if (fact != RN_MODEL_FACT_TID)
		out->text = rn_intern_get(m->strings, (uint32_t)c->value);
	return true;
}

struct rn_bytes rn_model_title(const struct rn_model *m, uint32_t utid, uint64_t at_ns)
{
	const struct thread *t = rn_model_thread(m, utid);
	const struct change *c = t ? rn_model_changed(&t->title, at_ns) : NULL;
	return c ? rn_intern_get(m->strings, (uint32_t)c->value) : rn_bytes_of(NULL, 0);
}

static bool lives(const struct thread *t, uint64_t at_ns)
{
	return t->task.start_ns <= at_ns && (!t->task.ended || t->task.end_ns > at_ns);
}

/* Few traces have threads of another namespace, and few of their calls name an id. */
static uint32_t foreign_holder(const struct rn_model *m, uint64_t ns_tid, uint64_t at_ns)
{
	for (uint32_t i = m->n; i-- > 0;) {
		const struct rn_task *k = &m->thread[i].task;
		if (k->ns_tid == ns_tid && k->ns_tid != k->tid && lives(&m->thread[i], at_ns))
			return k->utid;
	}
	return 0;
}

uint32_t rn_model_holder(const struct rn_model *m, uint64_t tid, uint32_t of, uint64_t at_ns)
{
	const struct thread *asks = rn_model_thread(m, of);
	if (asks && asks->task.ns_tid && asks->task.ns_tid != asks->task.tid)
		return foreign_holder(m, tid, at_ns);
	uint32_t i = tid <= INT32_MAX ? rn_idmap_find(&m->by_tid, (uint32_t)tid) : RN_IDMAP_NONE;
	while (i != RN_IDMAP_NONE) {
		const struct thread *t = &m->thread[i];
		if (lives(t, at_ns))
			return t->task.utid;
		i = t->before ? t->before - 1 : RN_IDMAP_NONE;
	}
	return 0;
}

uint32_t rn_model_group(const struct rn_model *m, uint64_t pgid, uint32_t of, uint64_t at_ns)
{
	uint32_t holder = rn_model_holder(m, pgid, of, at_ns);
	for (uint32_t i = m->n; i-- > 0 && !holder;) {
		const struct rn_task *k = &m->thread[i].task;
		if (k->ns_tid == pgid && k->ns_tid != k->tid && k->start_ns <= at_ns)
			holder = k->utid;
	}
	return holder;
}

/* A thread nobody introduced is a process of its own. */
static struct rn_fds_of of_thread(const struct rn_model *m, uint32_t utid)
{
	const struct thread *t = rn_model_thread(m, utid);
	return t ? rn_model_of(t) : (struct rn_fds_of){ utid, utid };
}

bool rn_model_fd(const struct rn_model *m, uint32_t utid, int64_t fd, uint64_t at_ns,
	struct rn_fd_facts *out)
{
	return m->fds && rn_fds_get(m->fds, of_thread(m, utid), fd, at_ns, out);
}

bool rn_model_fd_made(const struct rn_model *m, uint32_t utid, int64_t fd, uint64_t at_ns,
	uint64_t dur_ns, struct rn_fd_facts *out)
{
	return m->fds && rn_fds_made(m->fds, of_thread(m, utid), fd, at_ns, dur_ns, out);
}

bool rn_model_cwd(const struct rn_model *m, uint32_t utid, uint64_t at_ns, struct rn_bytes *out)
{
	return m->fds && rn_fds_get_cwd(m->fds, of_thread(m, utid), at_ns, out);
}

uint64_t rn_model_fd_table(const struct rn_model *m, uint32_t utid, uint64_t at_ns)
{
	const struct rn_fds_of of = of_thread(m, utid);
	return m->fds ? rn_fds_table(m->fds, of, at_ns) : of.process;
}

void rn_model_fd_uses(const struct rn_model *m,
	void (*each)(void *arg, uint64_t table, uint32_t utid, uint64_t until_ns), void *arg)
{
	if (m->fds)
		rn_fds_each_use(m->fds, each, arg);
}

void rn_model_end(const struct rn_model *m, struct rn_model_end *out)
{
	*out = m->end;
	const struct thread *root = m->has_root ? rn_model_thread(m, m->root) : NULL;
	out->has_status = m->end.known && m->end.event.reason == RN_END_EXITED;
	out->status = m->end.event.status;
	if (!out->has_status && root && root->task.ended) {
		out->has_status = true;
		out->status = root->task.status;
	}
}

const struct rn_sampling *rn_model_sampling(const struct rn_model *m)
{
	return &m->sampling;
}

bool rn_model_detached(const struct rn_model *m, uint32_t utid)
{
	const struct thread *t = rn_model_thread(m, utid);
	return t && !t->task.ended && m->end.known && m->end.event.reason == RN_END_DETACHED;
}

int rn_exit_code_of(uint64_t wait_status)
{
	int signo = (int)(wait_status & 0x7f);
	return signo ? 128 + signo : (int)(wait_status >> 8 & 0xff);
}
