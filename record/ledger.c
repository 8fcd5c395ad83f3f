/* SPDX-License-Identifier: MIT */
/*
 * Facts are events, copied once and counted: a child that was forked points to its parent's. A thread
 * is found by its number through a table with open addressing; a process hangs at its leader's
 * entry, which stays as long as any thread of the process lives.
 */
#include "record/ledger.h"

#include "format/flat.h"

#include <stdlib.h>
#include <string.h>

#define FIELD_CAP ((size_t)1 << 20)
#define FIRST_SLOTS 64u

struct fact {
	uint32_t n_users;
	_Alignas(16) struct rn_event ev; /* and behind it what it borrows */
};

struct facts {
	struct fact **item; /* descriptors by number, mappings by address */
	uint32_t n, cap;
};

struct process {
	uint32_t n_threads; /* that live */
	struct fact *cwd;
	struct facts fds, maps;
};

struct thread {
	uint32_t utid;
	struct fact *task, *exec, *comm; /* exec: the last one, comm: given since */
	struct fact *exit;               /* it has ended; its process lives on */
	struct fact *preview;            /* of the call it is in */
	struct process *process;         /* of a leader: its own */
};

struct rn_ledger {
	struct thread *slot; /* utid 0: empty */
	uint32_t n, n_slots, n_previews;
};

/* Facts. */

static struct fact *fact_of(const struct rn_event *ev)
{
	struct rn_flat_plan plan = rn_flat_plan(ev, FIELD_CAP);
	struct fact *f = aligned_alloc(16, (offsetof(struct fact, ev) + plan.bytes + 15) & ~(size_t)15);
	if (f) {
		f->n_users = 1;
		rn_flat_copy(&f->ev, ev, &plan);
	}
	return f;
}

static struct fact *use(struct fact *f)
{
	if (f)
		f->n_users++;
	return f;
}

static void drop(struct fact *f)
{
	if (f && !--f->n_users)
		free(f);
}

static int set(struct fact **to, const struct rn_event *ev)
{
	struct fact *f = ev ? fact_of(ev) : NULL;
	if (ev && !f)
		return RN_E_NOMEM;
	drop(*to);
	*to = f;
	return 0;
}

static bool make_room(struct facts *l)
{
	if (l->n < l->cap)
		return true;
	uint32_t cap = l->cap ? l->cap * 2 : 8;
	struct fact **more = realloc(l->item, cap * sizeof(struct fact *));
	if (!more)
		return false;
	l->item = more;
	l->cap = cap;
	return true;
}

static void clear(struct facts *l)
{
	for (uint32_t i = 0; i < l->n; i++)
		drop(l->item[i]);
	free(l->item);
	*l = (struct facts){ 0 };
}

static bool copy(struct facts *to, const struct facts *from)
{
	clear(to);
	to->item = from->n ? malloc(from->n * sizeof(struct fact *)) : NULL;
	if (from->n && !to->item)
		return false;
	to->n = to->cap = from->n;
	for (uint32_t i = 0; i < from->n; i++)
		to->item[i] = use(from->item[i]);
	return true;
}

static void take_out(struct facts *l, uint32_t i)
{
	drop(l->item[i]);
	memmove(l->item + i, l->item + i + 1, (--l->n - i) * sizeof(struct fact *));
}

/* Takes f over; false: no memory. */
static bool put_in(struct facts *l, uint32_t i, struct fact *f)
{
	if (!f || !make_room(l)) {
		drop(f);
		return false;
	}
	memmove(l->item + i + 1, l->item + i, (l->n++ - i) * sizeof(struct fact *));
	l->item[i] = f;
	return true;
}

/* Threads. */

static uint32_t home(const struct rn_ledger *l, uint32_t utid)
{
	return (utid * 0x9E3779B1u) & (l->n_slots - 1);
}

static struct thread *probe(const struct rn_ledger *l, uint32_t utid)
{
	uint32_t i = home(l, utid);
	while (l->slot[i].utid && l->slot[i].utid != utid)
		i = (i + 1) & (l->n_slots - 1);
	return &l->slot[i];
}

static struct thread *find(const struct rn_ledger *l, uint32_t utid)
{
	struct thread *t = utid ? probe(l, utid) : NULL;
	return t && t->utid ? t : NULL;
}

static bool grow(struct rn_ledger *l)
{
	struct rn_ledger bigger = *l;
	bigger.n_slots = l->n_slots * 2;
	bigger.slot = calloc(bigger.n_slots, sizeof(*bigger.slot));
	if (!bigger.slot)
		return false;
	for (uint32_t i = 0; i < l->n_slots; i++)
		if (l->slot[i].utid)
			*probe(&bigger, l->slot[i].utid) = l->slot[i];
	free(l->slot);
	*l = bigger;
	return true;
}

static void drop_process(struct process *p)
{
	if (!p)
		return;
	drop(p->cwd);
	clear(&p->fds);
	clear(&p->maps);
	free(p);
}

static void drop_thread(struct rn_ledger *l, struct thread *t)
{
	l->n_previews -= t->preview != NULL;
	drop(t->task);
	drop(t->exec);
	drop(t->comm);
	drop(t->exit);
	drop(t->preview);
	drop_process(t->process);
}

/* Later members of the run move into the hole, so that there are no tombstones. */
static void forget(struct rn_ledger *l, struct thread *t)
{
	uint32_t mask = l->n_slots - 1, hole = (uint32_t)(t - l->slot);
	drop_thread(l, t);
	l->n--;
	for (uint32_t i = (hole + 1) & mask; l->slot[i].utid; i = (i + 1) & mask) {
		if (((i - home(l, l->slot[i].utid)) & mask) < ((i - hole) & mask))
			continue;
		l->slot[hole] = l->slot[i];
		hole = i;
	}
	l->slot[hole] = (struct thread){ 0 };
}

struct rn_ledger *rn_ledger_new(void)
{
	struct rn_ledger *l = calloc(1, sizeof(*l));
	if (!l)
		return NULL;
	l->n_slots = FIRST_SLOTS;
	l->slot = calloc(l->n_slots, sizeof(*l->slot));
	if (l->slot)
		return l;
	free(l);
	return NULL;
}

void rn_ledger_free(struct rn_ledger *l)
{
	if (!l)
		return;
	for (uint32_t i = 0; i < l->n_slots; i++)
		if (l->slot[i].utid)
			drop_thread(l, &l->slot[i]);
	free(l->slot);
	free(l);
}

static uint32_t leader_of(const struct thread *t)
{
	uint32_t leader = t->task ? (uint32_t)t->task->ev.TASK.leader : 0;
	return leader ? leader : t->utid;
}

static struct process *process_of(const struct rn_ledger *l, const struct thread *t)
{
	const struct thread *leader = find(l, leader_of(t));
	return leader ? leader->process : NULL;
}

/* Learning. */

static int born(struct rn_ledger *l, const struct rn_event *ev)
{
	if (l->n * 2 >= l->n_slots && !grow(l))
		return RN_E_NOMEM;
	struct thread *t = probe(l, ev->utid);
	bool known = t->utid != 0;
	l->n += !known;
	t->utid = ev->utid;
	if (set(&t->task, ev))
		return RN_E_NOMEM;
	if (leader_of(t) != t->utid) {
		struct process *p = process_of(l, t);
		if (p && !known)
			p->n_threads++;
		return 0;
	}
	if (!t->process)
		t->process = calloc(1, sizeof(*t->process));
	if (!t->process)
		return RN_E_NOMEM;
	t->process->n_threads += !known;
	const struct thread *parent = find(l, (uint32_t)ev->TASK.parent);
	const struct process *from = parent ? process_of(l, parent) : NULL;
	if (known || !from || from == t->process)
		return 0;
	t->process->cwd = use(from->cwd);
	return copy(&t->process->fds, &from->fds) && copy(&t->process->maps, &from->maps) ? 0 :
		RN_E_NOMEM;
}

static int ended(struct rn_ledger *l, struct thread *t, const struct rn_event *ev)
{
	struct thread *leader = find(l, leader_of(t));
	struct process *p = leader ? leader->process : NULL;
	if (p && --p->n_threads == 0) {
		bool other = leader != t;
		uint32_t utid = leader->utid;
		forget(l, t);
		if (other)
			forget(l, find(l, utid));
		return 0;
	}
	if (leader == t)
		return set(&t->exit, ev);
	forget(l, t);
	return 0;
}

static uint32_t place(const struct facts *l, bool (*before)(const struct fact *f, uint64_t key),
	uint64_t key)
{
	uint32_t low = 0, high = l->n;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (before(l->item[mid], key))
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static bool fd_before(const struct fact *f, uint64_t fd)
{
	return f->ev.FD.fd < (int64_t)fd;
}

static bool ends_before(const struct fact *f, uint64_t addr)
{
	return f->ev.MAP.addr + f->ev.MAP.len <= addr;
}

/* ev NULL: closed. */
static int note_fd(struct facts *fds, int64_t fd, const struct rn_event *ev)
{
	uint32_t i = place(fds, fd_before, (uint64_t)fd);
	if (i < fds->n && fds->item[i]->ev.FD.fd == fd)
		take_out(fds, i);
	return !ev || put_in(fds, i, fact_of(ev)) ? 0 : RN_E_NOMEM;
}

/* The part of a mapping between low and high. */
static struct fact *part_of(const struct fact *f, uint64_t low, uint64_t high)
{
	struct rn_event ev = f->ev;
	ev.MAP.offset += low - ev.MAP.addr;
	ev.MAP.addr = low;
	ev.MAP.len = high - low;
	return fact_of(&ev);
}

static int cut_out(struct facts *maps, uint64_t low, uint64_t high)
{
	uint32_t i = place(maps, ends_before, low);
	while (i < maps->n && maps->item[i]->ev.MAP.addr < high) {
		struct fact *f = use(maps->item[i]);
		uint64_t begin = f->ev.MAP.addr, end = begin + f->ev.MAP.len;
		bool good = true;
		take_out(maps, i);
		if (begin < low)
			good = put_in(maps, i++, part_of(f, begin, low));
		if (good && end > high)
			good = put_in(maps, i++, part_of(f, high, end));
		drop(f);
		if (!good)
			return RN_E_NOMEM;
	}
	return 0;
}

static int note_map(struct facts *maps, const struct rn_event *ev)
{
	uint64_t addr = ev->MAP.addr, len = ev->MAP.len;
	if (!len || addr + len < addr)
		return 0;
	int rc = cut_out(maps, addr, addr + len);
	if (rc)
		return rc;
	return put_in(maps, place(maps, ends_before, addr), fact_of(ev)) ? 0 : RN_E_NOMEM;
}

static int executed(struct rn_ledger *l, struct thread *t, const struct rn_event *ev)
{
	struct process *p = process_of(l, t);
	if (p)
		clear(&p->maps);
	int rc = set(&t->comm, NULL);
	return rc ? rc : set(&t->exec, ev);
}

/* A preview is of interest until its call comes. */
static int note_call(struct rn_ledger *l, const struct rn_event *ev)
{
	bool preview = ev->call.flags & RN_CALL_PENDING;
	if (!preview && !l->n_previews)
		return 0;
	struct thread *t = find(l, ev->utid);
	if (!t)
		return 0;
	l->n_previews -= t->preview != NULL;
	int rc = set(&t->preview, preview ? ev : NULL);
	l->n_previews += t->preview != NULL;
	return rc;
}

static int note_of_process(struct process *p, const struct rn_event *ev)
{
	switch (ev->kind) {
	case RN_EV_MAP:
		return note_map(&p->maps, ev);
	case RN_EV_UNMAP:
		return cut_out(&p->maps, ev->UNMAP.addr, ev->UNMAP.addr + ev->UNMAP.len);
	case RN_EV_FD:
		return note_fd(&p->fds, ev->FD.fd, ev);
	case RN_EV_FD_CLOSE:
		return note_fd(&p->fds, ev->FD_CLOSE.fd, NULL);
	case RN_EV_CWD:
		return set(&p->cwd, ev);
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
	struct thread *t = find(l, ev->utid);
	if (!t)
		return 0;
	if (ev->kind == RN_EV_EXIT)
		return ended(l, t, ev);
	if (ev->kind == RN_EV_EXEC)
		return executed(l, t, ev);
	if (ev->kind == RN_EV_COMM)
		return set(&t->comm, ev);
	struct process *p = process_of(l, t);
	return p ? note_of_process(p, ev) : 0;
}

/* Telling. */

struct telling {
	int (*tell)(void *arg, const struct rn_event *ev, struct rn_error *err);
	void *arg;
	struct rn_error *err;
};

static int tell(const struct telling *to, const struct fact *f, uint32_t utid)
{
	if (!f)
		return 0;
	struct rn_event ev = f->ev;
	ev.utid = utid; /* it may have been inherited */
	return to->tell(to->arg, &ev, to->err);
}

static int tell_all(const struct telling *to, const struct facts *l, uint32_t utid)
{
	int rc = 0;
	for (uint32_t i = 0; !rc && i < l->n; i++)
		rc = tell(to, l->item[i], utid);
	return rc;
}

/* As it is now: its last execution and what its tid became are part of what it is. */
static int tell_task(const struct telling *to, const struct thread *t)
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
	const struct fact *x = *(struct fact *const *)a, *y = *(struct fact *const *)b;
	return x->ev.ts_ns < y->ev.ts_ns ? -1 : x->ev.ts_ns > y->ev.ts_ns;
}

/* A reader follows an address space in order of time. */
static int tell_maps(const struct telling *to, const struct facts *maps, uint32_t utid)
{
	struct facts sorted = { 0 };
	if (!copy(&sorted, maps))
		return rn_fail(to->err, RN_E_NOMEM, "out of memory");
	if (sorted.n)
		qsort(sorted.item, sorted.n, sizeof(struct fact *), by_time);
	int rc = tell_all(to, &sorted, utid);
	clear(&sorted);
	return rc;
}

static int tell_process(const struct telling *to, const struct thread *t)
{
	const struct process *p = t->process;
	int rc = tell(to, p->cwd, t->utid);
	if (!rc)
		rc = tell_maps(to, &p->maps, t->utid);
	return rc ? rc : tell_all(to, &p->fds, t->utid);
}

static int by_utid(const void *a, const void *b)
{
	uint32_t x = (*(const struct thread *const *)a)->utid;
	uint32_t y = (*(const struct thread *const *)b)->utid;
	return x < y ? -1 : x > y;
}

/* In order of appearance; NULL: no memory. */
static const struct thread **sorted(const struct rn_ledger *l)
{
	const struct thread **all = malloc((l->n + 1) * sizeof(*all));
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
	const struct thread **all = sorted(l);
	int rc = all ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	for (uint32_t i = 0; !rc && i < l->n; i++)
		rc = tell_task(&to, all[i]);
	for (uint32_t i = 0; !rc && i < l->n; i++)
		if (all[i]->process)
			rc = tell_process(&to, all[i]);
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
