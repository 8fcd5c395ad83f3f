/* SPDX-License-Identifier: MIT */
/*
 * Threads sit in one array in order of appearance, found by number through a hash. What a thread
 * was called and which id it had are short histories of its own; what a process held is a lineage
 * (lineage.h), whose scopes a process changes at exec.
 */
#include "analyze/model/private.h"

#include "analyze/model/call_argv.h"
#include "analyze/source/ahead.h"
#include "shared/syscall.h"

#include <stdlib.h>

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
	rn_sampling_fini(&m->sampling);
	rn_idmap_fini(&m->by_utid);
	rn_idmap_fini(&m->by_tid);
	rn_buffer_fini(&m->text);
	rn_fds_free(m->fds);
	rn_intern_free(m->strings);
	free(m);
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
	struct thread *t = rn_model_thread(m, utid);
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
	struct thread *leader = rn_model_thread(m, t->task.leader);
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
	if (rc || !m->fds)
		return rc;
	bool heir = k->how != RN_TASK_CARRIED;
	const struct thread *parent = heir ? rn_model_thread(m, k->parent) : NULL;
	return rn_fds_born(m->fds, rn_model_of(t), parent ? rn_model_of(parent) : (struct rn_fds_of){ 0 },
		heir ? k->clone_flags : 0, ev->ts_ns);
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
		rc = rn_fds_exec(m->fds, rn_model_of(t), ev->ts_ns);
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
	const struct rn_fds_of of = rn_model_of(t);
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
		return wants_fd(m, ev->FD.fd, is_netlink(&ev->FD)) ? rn_fds_open(m->fds, of, ev) : 0;
	case RN_EV_FD_CLOSE:
		return wants_fd(m, ev->FD_CLOSE.fd, false) ? rn_fds_close(m->fds, of, ev) : 0;
	case RN_EV_CWD:
		return m->want & RN_MODEL_CWD ? rn_fds_cwd(m->fds, of, ev) : 0;
	case RN_EV_APART:
		return m->fds ? rn_fds_apart(m->fds, of, ev) : 0;
	default:
		return 0;
	}
}

static bool is_of_thread(enum rn_event_kind kind)
{
	return kind == RN_EV_TASK || kind == RN_EV_EXEC || kind == RN_EV_EXIT ||
		kind == RN_EV_COMM || kind == RN_EV_FD || kind == RN_EV_FD_CLOSE ||
		kind == RN_EV_CWD || kind == RN_EV_SIGNAL || kind == RN_EV_APART;
}

static void take_less(struct rn_model_end *e, uint64_t now_ns, uint64_t level)
{
	if (e->less_since_ns && now_ns > e->less_since_ns)
		e->less_ns += now_ns - e->less_since_ns;
	e->less_times += level && !e->less_since_ns;
	e->less_since_ns = level ? now_ns + !now_ns : 0;
}

int rn_model_event(struct rn_model *m, const struct rn_event *ev, struct rn_error *err)
{
	if (ev->kind == RN_EV_LOST) {
		m->end.lost_events += ev->LOST.count;
		m->end.lost_by[ev->LOST.cause < RN_LOST_CAUSES ? ev->LOST.cause : 0] += ev->LOST.count;
		if (ev->LOST.cause == RN_LOST_DISK)
			m->end.disk_full_ns = ev->LOST.from_ns ? ev->LOST.from_ns : 1;
	} else if (ev->kind == RN_EV_END) {
		m->end.known = true;
		m->end.event = ev->END;
		take_less(&m->end, ev->ts_ns, 0);
	} else if (ev->kind == RN_EV_COST) {
		m->end.cost = ev->COST;
	} else if (ev->kind == RN_EV_DETAIL) {
		take_less(&m->end, ev->ts_ns, ev->DETAIL.level);
		m->end.less_causes |= ev->DETAIL.cause;
	} else if (ev->kind == RN_EV_SAMPLED) {
		if (rn_sampling_add(&m->sampling, &ev->SAMPLED))
			return rn_fail(err, RN_E_NOMEM, "out of memory for what was left out");
	} else if (is_of_thread(ev->kind)) {
		struct thread *t = find_or_add(m, ev->utid);
		if (!t || take(m, t, ev))
			return rn_fail(err, RN_E_NOMEM, "out of memory for the processes of the trace");
	}
	return 0;
}

static int take_thread_ref(struct rn_model *m, const struct rn_thread_ref *r, struct rn_error *err)
{
	if (!r->utid || rn_model_thread(m, r->utid))
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

/* Whether more is asked of such an event than whose it is. */
static bool looks_into(const struct rn_model *m, enum rn_event_kind kind)
{
	switch (kind) {
	case RN_EV_FD:
	case RN_EV_FD_CLOSE:
		return m->want & (RN_MODEL_FDS | RN_MODEL_NETLINK);
	case RN_EV_CWD:
		return m->want & RN_MODEL_CWD;
	case RN_EV_COMM:
		return m->want & RN_MODEL_COMM;
	case RN_EV_SIGNAL:
	case RN_EV_MAP:
	case RN_EV_UNMAP:
	case RN_EV_NOTE:
		return false;
	default:
		return true;
	}
}

/* Most events are of descriptors: where nobody asks for these, they tell of a thread that there is one. */
static int take_events(struct rn_model *m, struct rn_block *b, struct rn_error *err)
{
	enum rn_event_kind kind;
	struct rn_event ev;
	uint32_t utid, last = 0, before;
	int rc = 0;
	for (uint32_t i = 0; !rc && (rc = rn_block_meta_glance(b, i, &kind, &utid, err)) == 0; i++) {
		if (looks_into(m, kind)) {
			rc = rn_block_meta(b, i, &ev, &before, err);
			if (!rc)
				rc = rn_model_event(m, &ev, err);
			if (rc == RN_E_CORRUPT)
				rc = 0;
		} else if (is_of_thread(kind) && (utid != last || !i)) {
			last = utid;
			if (!find_or_add(m, utid))
				rc = rn_fail(err, RN_E_NOMEM, "out of memory for the processes of the trace");
		}
	}
	return rc == RN_END ? 0 : rc;
}

/* The block's own list of threads comes last: it repeats what the events said more fully, and
 * speaks alone only where a block with the beginning of a thread was lost. */
int rn_model_block(struct rn_model *m, struct rn_block *b, struct rn_error *err)
{
	int rc = take_events(m, b, err);
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
		if (utid > UINT32_MAX || !rn_model_thread(m, (uint32_t)utid))
			return false;
	return true;
}

unsigned rn_model_wants(const struct rn_model *m)
{
	return m->want;
}

int rn_model_scan_argv(struct rn_model *m, struct rn_reader *r, struct rn_error *err)
{
	struct rn_block *b = m->want & RN_MODEL_ARGV ? rn_block_new() : NULL;
	int rc = b || !(m->want & RN_MODEL_ARGV) ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; b && !rc && i < rn_reader_n_blocks(r); i++) {
		if (!has_exec(rn_reader_block_info(r, i)))
			continue;
		rc = rn_reader_load(r, i, b, err);
		if (!rc)
			rc = take_argvs(m, b, err);
		else if (rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED)
			rc = 0;
	}
	rn_block_free(b);
	return rc;
}

/* Names what tells something by what is known at the moment: of what is known later, more would tell nothing. */
static void look_ahead(const struct rn_model *m, const struct rn_reader *r, struct rn_ahead *ahead, size_t *at)
{
	for (; *at < rn_reader_n_blocks(r); ++*at)
		if (!tells_nothing(m, rn_reader_block_info(r, *at)) && !rn_ahead_name(ahead, *at))
			return;
}

int rn_model_scan(struct rn_model *m, struct rn_reader *r, struct rn_error *err)
{
	struct rn_block *b = rn_block_new();
	struct rn_ahead *ahead = rn_ahead_new(r, RN_WANT(META));
	size_t at = 0;
	int rc = b && ahead ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	while (!rc) {
		look_ahead(m, r, ahead, &at);
		rc = rn_ahead_take(ahead, &b, err);
		if (!rc)
			rc = rn_model_block(m, b, err);
		else if (rc == RN_E_CORRUPT || rc == RN_E_TRUNCATED)
			rc = 0;
	}
	rn_ahead_free(ahead);
	rn_block_free(b);
	return rc == RN_END ? 0 : rc;
}

#define LOOK_BACK 16u /* blocks, for a COST event where there is no END */

/* Whether the block told what the recording cost. */
static bool take_end(struct rn_model *m, struct rn_block *b)
{
	bool told = false;
	for (uint32_t i = 0; i < rn_block_info(b)->n_meta; i++) {
		struct rn_event ev;
		uint32_t before;
		if (rn_block_meta(b, i, &ev, &before, NULL))
			continue;
		if (ev.kind == RN_EV_END || ev.kind == RN_EV_COST)
			told = rn_model_event(m, &ev, NULL) == 0;
	}
	return told;
}

int rn_model_scan_end(struct rn_model *m, struct rn_reader *r, struct rn_error *err)
{
	size_t n = rn_reader_n_blocks(r);
	struct rn_block *b = n ? rn_block_new() : NULL;
	if (!b)
		return n ? rn_fail(err, RN_E_NOMEM, "out of memory") : 0;
	for (size_t back = 1; back <= n && back <= LOOK_BACK; back++)
		if (!rn_reader_load(r, n - back, b, NULL) && take_end(m, b))
			break;
	rn_block_free(b);
	return 0;
}
