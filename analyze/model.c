/* SPDX-License-Identifier: MIT */
/*
 * Threads sit in one array in order of appearance, found by number through a hash. What a thread
 * was called and which id it had are short histories of its own; what a process held is a lineage
 * (lineage.h), whose scopes a process changes at exec.
 */
#include "analyze/model.h"

#include "analyze/call_argv.h"
#include "analyze/idmap.h"
#include "analyze/lineage.h"
#include "analyze/model_fd.h"
#include "shared/buffer.h"
#include "shared/intern.h"
#include "shared/syscall.h"

#include <stdlib.h>

#define NETLINK_FDS 1024 /* beyond it, messages are not known for what they are */

/* One more change in a history. */
struct change {
	uint64_t at_ns;
	uint64_t value;
};

struct changes {
	struct change *item;
	uint32_t n, cap;
};

struct thread {
	struct rn_task task;
	struct changes comm; /* string ids */
	struct changes tid;
	struct changes exe, argv; /* string ids; of a process' first thread */
	struct changes title; /* the name, of births and executions alone */
	uint32_t before;      /* index + 1 of the thread that had the same tid before; 0: none */
};

struct rn_model {
	unsigned want;
	struct thread *thread;
	uint32_t n, cap;
	struct rn_idmap by_utid, by_tid; /* by_tid: the last that had it */
	struct rn_intern *strings;
	struct rn_buffer text;
	/* Descriptors that were netlink sockets in any process, by number: what else becomes of such a
	 * number matters too. */
	uint64_t netlink[NETLINK_FDS / 64];
	struct rn_fds *fds; /* NULL: neither descriptors nor directories wanted */
	struct rn_model_end end;
	bool has_root;
	uint32_t root; /* utid of the command */
};

struct rn_model *rn_model_new(unsigned want)
{
	struct rn_model *m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	m->want = want;
	m->strings = rn_intern_new();
	bool fds = want & (RN_MODEL_FDS | RN_MODEL_CWD | RN_MODEL_NETLINK);
	if (m->strings && fds)
		m->fds = rn_fds_new(m->strings);
	if (!m->strings || (fds && !m->fds)) {
		rn_model_free(m);
		return NULL;
	}
	return m;
}

void rn_model_free(struct rn_model *m)
{
	if (!m)
		return;
	for (uint32_t i = 0; i < m->n; i++) {
		free(m->thread[i].comm.item);
		free(m->thread[i].tid.item);
		free(m->thread[i].exe.item);
		free(m->thread[i].argv.item);
		free(m->thread[i].title.item);
	}
	free(m->thread);
	rn_idmap_fini(&m->by_utid);
	rn_idmap_fini(&m->by_tid);
	rn_buffer_fini(&m->text);
	rn_fds_free(m->fds);
	rn_intern_free(m->strings);
	free(m);
}

static struct thread *find(const struct rn_model *m, uint32_t utid)
{
	uint32_t i = rn_idmap_find(&m->by_utid, utid);
	return i == RN_IDMAP_NONE ? NULL : &m->thread[i];
}

static struct thread *add(struct rn_model *m, uint32_t utid)
{
	if (m->n == m->cap) {
		uint32_t cap = m->cap ? m->cap * 2 : 16;
		struct thread *t = realloc(m->thread, (size_t)cap * sizeof(*t));
		if (!t)
			return NULL;
		m->thread = t;
		m->cap = cap;
	}
	if (rn_idmap_put(&m->by_utid, utid, m->n))
		return NULL;
	struct thread *t = &m->thread[m->n++];
	memset(t, 0, sizeof(*t));
	t->task.utid = utid;
	t->task.leader = utid;
	t->task.how = RN_TASK_FOUND;
	return t;
}

static struct thread *find_or_add(struct rn_model *m, uint32_t utid)
{
	struct thread *t = find(m, utid);
	return t ? t : add(m, utid);
}

/* Changes of one thread come in order of time but for a hair; kept sorted. */
static int change(struct changes *c, uint64_t at_ns, uint64_t value)
{
	if (c->n == c->cap) {
		uint32_t cap = c->cap ? c->cap * 2 : 2;
		struct change *p = realloc(c->item, (size_t)cap * sizeof(*p));
		if (!p)
			return RN_E_NOMEM;
		c->item = p;
		c->cap = cap;
	}
	uint32_t i = c->n++;
	for (; i > 0 && c->item[i - 1].at_ns > at_ns; i--)
		c->item[i] = c->item[i - 1];
	c->item[i] = (struct change){ at_ns, value };
	return 0;
}

/* The last change at or before a moment, else the first of all; NULL when there is none. */
static const struct change *changed(const struct changes *c, uint64_t at_ns)
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

static int rename_thread(struct rn_model *m, struct thread *t, uint64_t at_ns, struct rn_bytes name,
	bool titled)
{
	if (!(m->want & RN_MODEL_COMM) || !name.len)
		return 0;
	uint32_t id = rn_intern(m->strings, name, NULL);
	int rc = id == RN_INTERN_NONE ? RN_E_NOMEM : change(&t->comm, at_ns, id);
	return rc || !titled ? rc : change(&t->title, at_ns, id);
}

/* Ids are recycled: the latest holder is found first. */
static int hold_tid(struct rn_model *m, struct thread *t)
{
	uint32_t index = (uint32_t)(t - m->thread), before;
	if (!(m->want & RN_MODEL_COMM) || !t->task.tid || t->task.tid > INT32_MAX)
		return 0;
	before = rn_idmap_find(&m->by_tid, (uint32_t)t->task.tid);
	t->before = before == RN_IDMAP_NONE || before == index ? 0 : before + 1;
	return rn_idmap_put(&m->by_tid, (uint32_t)t->task.tid, index);
}

static int set_exe(struct rn_model *m, struct thread *t, uint64_t at_ns, struct rn_bytes exe)
{
	if (!exe.len)
		return 0;
	uint32_t id = rn_intern(m->strings, exe, NULL);
	if (id == RN_INTERN_NONE)
		return RN_E_NOMEM;
	t->task.exe = rn_intern_get(m->strings, id);
	struct thread *leader = find(m, t->task.leader);
	return m->want & RN_MODEL_EXE ? change(&(leader ? leader : t)->exe, at_ns, id) : 0;
}

static int take_task(struct rn_model *m, struct thread *t, const struct rn_event *ev)
{
	const struct rn_ev_TASK *e = &ev->TASK;
	struct rn_task *k = &t->task;
	k->leader = e->leader ? (uint32_t)e->leader : k->utid;
	k->parent = (uint32_t)e->parent;
	k->how = (uint32_t)e->how;
	k->tid = e->tid;
	k->pid = e->pid;
	k->ns_tid = e->ns_tid ? e->ns_tid : e->tid;
	k->ns_pid = e->ns_pid ? e->ns_pid : e->pid;
	k->ppid = e->ppid;
	k->clone_flags = e->clone_flags;
	k->cgroup = e->cgroup;
	k->start_ns = ev->ts_ns;
	if (!m->has_root && e->how == RN_TASK_COMMAND) {
		m->has_root = true;
		m->root = k->utid;
	}
	int rc = rename_thread(m, t, ev->ts_ns, e->comm, true);
	if (!rc)
		rc = hold_tid(m, t);
	if (!rc)
		rc = set_exe(m, t, ev->ts_ns, e->exe);
	if (rc || !m->fds || k->leader != k->utid)
		return rc;
	const struct thread *parent = find(m, k->parent);
	return rn_fds_born(m->fds, k->utid, parent ? parent->task.leader : 0, k->clone_flags,
		ev->ts_ns);
}

static int take_exec(struct rn_model *m, struct thread *t, const struct rn_event *ev)
{
	int rc = rename_thread(m, t, ev->ts_ns, ev->EXEC.comm, true);
	if (!rc)
		rc = set_exe(m, t, ev->ts_ns, ev->EXEC.exe);
	if (!rc && ev->EXEC.old_tid && !t->tid.n)
		rc = change(&t->tid, t->task.start_ns, ev->EXEC.old_tid);
	if (!rc && ev->EXEC.old_tid)
		rc = change(&t->tid, ev->ts_ns, ev->EXEC.tid);
	if (!rc && m->fds)
		rc = rn_fds_exec(m->fds, t->task.leader, ev->ts_ns);
	return rc;
}

static void take_exit(struct thread *t, const struct rn_event *ev)
{
	t->task.ended = true;
	t->task.superseded = ev->EXIT.superseded != 0;
	t->task.end_ns = ev->ts_ns;
	t->task.status = ev->EXIT.status;
}

static bool is_netlink(const struct rn_ev_FD *fd)
{
	return rn_bytes_equal(fd->proto, rn_bytes_str("NETLINK"));
}

static bool wants_fd(struct rn_model *m, int64_t fd, bool netlink)
{
	if (m->want & RN_MODEL_FDS)
		return true;
	if (!(m->want & RN_MODEL_NETLINK) || fd < 0 || fd >= NETLINK_FDS)
		return false;
	m->netlink[fd / 64] |= (uint64_t)netlink << (fd % 64);
	return m->netlink[fd / 64] >> (fd % 64) & 1;
}

static int take(struct rn_model *m, struct thread *t, const struct rn_event *ev)
{
	uint32_t leader = t->task.leader;
	switch (ev->kind) {
	case RN_EV_TASK:
		return take_task(m, t, ev);
	case RN_EV_EXEC:
		return take_exec(m, t, ev);
	case RN_EV_EXIT:
		take_exit(t, ev);
		return 0;
	case RN_EV_COMM:
		return rename_thread(m, t, ev->ts_ns, ev->COMM.name, false);
	case RN_EV_FD:
		return wants_fd(m, ev->FD.fd, is_netlink(&ev->FD)) ? rn_fds_open(m->fds, leader, ev) : 0;
	case RN_EV_FD_CLOSE:
		return wants_fd(m, ev->FD_CLOSE.fd, false) ? rn_fds_close(m->fds, leader, ev) : 0;
	case RN_EV_CWD:
		return m->want & RN_MODEL_CWD ? rn_fds_cwd(m->fds, leader, ev) : 0;
	default:
		return 0;
	}
}

static bool is_of_thread(enum rn_event_kind kind)
{
	return kind == RN_EV_TASK || kind == RN_EV_EXEC || kind == RN_EV_EXIT ||
		kind == RN_EV_COMM || kind == RN_EV_FD || kind == RN_EV_FD_CLOSE ||
		kind == RN_EV_CWD || kind == RN_EV_SIGNAL;
}

int rn_model_event(struct rn_model *m, const struct rn_event *ev, struct rn_error *err)
{
	if (ev->kind == RN_EV_LOST) {
		m->end.lost_events += ev->LOST.count;
	} else if (ev->kind == RN_EV_END) {
		m->end.known = true;
		m->end.event = ev->END;
	} else if (is_of_thread(ev->kind)) {
		struct thread *t = find_or_add(m, ev->utid);
		if (!t || take(m, t, ev))
			return rn_fail(err, RN_E_NOMEM, "out of memory for the processes of the trace");
	}
	return 0;
}

static int take_thread_ref(struct rn_model *m, const struct rn_thread_ref *r, struct rn_error *err)
{
	if (!r->utid || find(m, r->utid))
		return 0;
	struct thread *t = add(m, r->utid);
	if (!t)
		return rn_fail(err, RN_E_NOMEM, "out of memory for the processes of the trace");
	t->task.leader = r->leader ? r->leader : r->utid;
	t->task.tid = r->tid;
	t->task.pid = r->pid;
	return 0;
}

static bool has_exec(const struct rn_block_info *info)
{
	struct rn_set_walk walk = rn_block_info_nrs(info);
	uint64_t key;
	while (rn_set_walk_next(&walk, &key))
		if (rn_executes((enum rn_abi)(key >> 32), (uint32_t)key))
			return true;
	return false;
}

static int take_argv(struct rn_model *m, const struct rn_event *ev, struct rn_error *err)
{
	struct thread *t = find_or_add(m, ev->utid), *leader = t ? find_or_add(m, t->task.leader) : NULL;
	rn_buffer_clear(&m->text);
	rn_call_argv(ev, &m->text);
	uint32_t id = rn_intern(m->strings, rn_buffer_bytes(&m->text), NULL);
	if (!leader || id == RN_INTERN_NONE || !rn_buffer_ok(&m->text) ||
		change(&leader->argv, ev->ts_ns + ev->call.dur_ns, id))
		return rn_fail(err, RN_E_NOMEM, "out of memory for the processes of the trace");
	return 0;
}

/* What cannot be read of a damaged block was never executed. */
static int take_argvs(struct rn_model *m, struct rn_block *b, struct rn_error *err)
{
	const struct rn_core *core;
	if (!(m->want & RN_MODEL_ARGV) || !has_exec(rn_block_info(b)) || rn_block_core(b, &core, NULL))
		return 0;
	int rc = 0;
	for (uint32_t k = 0; k < core->n && !rc; k++) {
		struct rn_event ev;
		if (!rn_executes((enum rn_abi)core->abi[k], core->nr[k]) || core->ret[k] ||
			core->flags[k] & (RN_CALL_UNFINISHED | RN_CALL_ERROR) ||
			rn_block_call(b, k, RN_WANT(ARGS) | RN_WANT(DATA), &ev, NULL))
			continue;
		rc = take_argv(m, &ev, err);
	}
	return rc;
}

/* The block's own list of threads comes last: it repeats what the events said more fully, and
 * speaks alone only where a block with the beginning of a thread was lost. */
int rn_model_block(struct rn_model *m, struct rn_block *b, struct rn_error *err)
{
	const struct rn_block_info *info = rn_block_info(b);
	int rc = 0;
	for (uint32_t i = 0; i < info->n_meta && !rc; i++) {
		struct rn_event ev;
		uint32_t before;
		rc = rn_block_meta(b, i, &ev, &before, err);
		if (rc == RN_E_CORRUPT || rc == RN_END) {
			rc = 0;
			break;
		}
		if (!rc)
			rc = rn_model_event(m, &ev, err);
	}
	if (!rc)
		rc = take_argvs(m, b, err);
	const struct rn_thread_ref *ref;
	uint32_t n = 0;
	if (!rc && rn_block_threads(b, &ref, &n, NULL))
		return 0;
	for (uint32_t i = 0; i < n && !rc; i++)
		rc = take_thread_ref(m, &ref[i], err);
	return rc;
}

/* A block without events that tells of no new thread and executes nothing, where that is asked: it need not be
 * read. */
static bool tells_nothing(const struct rn_model *m, const struct rn_block_info *info)
{
	struct rn_set_walk walk = rn_block_info_utids(info);
	uint64_t utid;
	if (info->n_meta || (m->want & RN_MODEL_ARGV && has_exec(info)))
		return false;
	while (rn_set_walk_next(&walk, &utid))
		if (utid > UINT32_MAX || !find(m, (uint32_t)utid))
			return false;
	return true;
}

int rn_model_scan(struct rn_model *m, struct rn_reader *r, struct rn_error *err)
{
	struct rn_block *b = rn_block_new();
	int rc = b ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; !rc && i < rn_reader_n_blocks(r); i++) {
		if (tells_nothing(m, rn_reader_block_info(r, i)))
			continue;
		rc = rn_reader_load(r, i, b, err);
		if (!rc)
			rc = rn_model_block(m, b, err);
		else if (rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED)
			rc = 0;
	}
	rn_block_free(b);
	return rc;
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
	const struct thread *t = find(m, utid);
	return t ? &t->task : NULL;
}

uint32_t rn_model_process(const struct rn_model *m, uint32_t utid)
{
	const struct thread *t = find(m, utid), *leader = t ? find(m, t->task.leader) : NULL;
	return leader && leader->task.leader == leader->task.utid ? leader->task.utid : utid;
}

uint64_t rn_model_tid(const struct rn_model *m, uint32_t utid, uint64_t at_ns)
{
	const struct thread *t = find(m, utid);
	if (!t)
		return 0;
	const struct change *c = changed(&t->tid, at_ns);
	return c ? c->value : t->task.tid;
}

uint64_t rn_model_pid(const struct rn_model *m, uint32_t utid)
{
	const struct thread *t = find(m, utid);
	return t ? t->task.pid : 0;
}

bool rn_model_is_of(const struct rn_model *m, uint32_t utid, const uint64_t *ids, size_t n_ids)
{
	const struct thread *t = n_ids ? find(m, utid) : NULL;
	for (size_t i = 0; t && i < n_ids; i++)
		if (ids[i] == t->task.pid || ids[i] == t->task.tid)
			return true;
	return !n_ids;
}

/* The one whose change of id is nearest to the moment. */
uint64_t rn_model_superseder(const struct rn_model *m, uint32_t utid, uint64_t at_ns)
{
	const struct thread *t = find(m, utid);
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
	const struct thread *t = find(m, utid);
	const struct change *c = t ? changed(&t->comm, at_ns) : NULL;
	return c ? rn_intern_get(m->strings, (uint32_t)c->value) : rn_bytes_of(NULL, 0);
}

/* Where a fact's changes are kept; NULL: nobody knows the thread. */
static const struct changes *changes_of(const struct rn_model *m, uint32_t utid, enum rn_model_fact fact)
{
	const struct thread *t = find(m, utid);
	bool of_process = fact == RN_MODEL_FACT_EXE || fact == RN_MODEL_FACT_ARGV;
	if (t && of_process && t->task.leader != utid && find(m, t->task.leader))
		t = find(m, t->task.leader);
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
	const struct change *c = all ? changed(all, at_ns) : NULL;
	return c ? rn_intern_get(m->strings, (uint32_t)c->value) : rn_bytes_of(NULL, 0);
}

/* Steps up at most as often as there are threads: a hostile trace may have circles of parents. */
struct rn_bytes rn_model_argv(const struct rn_model *m, uint32_t utid, uint64_t at_ns)
{
	for (uint32_t step = 0; step <= m->n; step++) {
		const struct changes *all = changes_of(m, utid, RN_MODEL_FACT_ARGV);
		const struct thread *t = find(m, utid), *leader = t ? find(m, t->task.leader) : NULL;
		if (all && all->n && all->item[0].at_ns <= at_ns)
			return rn_intern_get(m->strings, (uint32_t)changed(all, at_ns)->value);
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
	const struct thread *t = find(m, utid);
	const struct change *c = t ? changed(&t->title, at_ns) : NULL;
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
	const struct thread *asks = find(m, of);
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

/* The process whose tables a thread uses; a thread nobody introduced uses its own. */
static uint32_t leader_of(const struct rn_model *m, uint32_t utid)
{
	const struct thread *t = find(m, utid);
	return t ? t->task.leader : utid;
}

bool rn_model_fd(const struct rn_model *m, uint32_t utid, int64_t fd, uint64_t at_ns,
	struct rn_fd_facts *out)
{
	return m->fds && rn_fds_get(m->fds, leader_of(m, utid), fd, at_ns, out);
}

bool rn_model_fd_made(const struct rn_model *m, uint32_t utid, int64_t fd, uint64_t at_ns,
	uint64_t dur_ns, struct rn_fd_facts *out)
{
	return m->fds && rn_fds_made(m->fds, leader_of(m, utid), fd, at_ns, dur_ns, out);
}

bool rn_model_cwd(const struct rn_model *m, uint32_t utid, uint64_t at_ns, struct rn_bytes *out)
{
	return m->fds && rn_fds_get_cwd(m->fds, leader_of(m, utid), at_ns, out);
}

void rn_model_end(const struct rn_model *m, struct rn_model_end *out)
{
	*out = m->end;
	const struct thread *root = m->has_root ? find(m, m->root) : NULL;
	out->has_status = m->end.known && m->end.event.reason == RN_END_EXITED;
	out->status = m->end.event.status;
	if (!out->has_status && root && root->task.ended) {
		out->has_status = true;
		out->status = root->task.status;
	}
}

bool rn_model_detached(const struct rn_model *m, uint32_t utid)
{
	const struct thread *t = find(m, utid);
	return t && !t->task.ended && m->end.known && m->end.event.reason == RN_END_DETACHED;
}

int rn_exit_code_of(uint64_t wait_status)
{
	int signo = (int)(wait_status & 0x7f);
	return signo ? 128 + signo : (int)(wait_status >> 8 & 0xff);
}
