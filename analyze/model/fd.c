/* SPDX-License-Identifier: MIT */
/*
 * A process uses one scope of the descriptor lineage after another: the one it was born with, then
 * one after each exec. A thread has uses of its own from the moment on at which it was set apart; before, and
 * mostly for ever, those of its process. Directories have a lineage of their own (CLONE_FS and CLONE_FILES differ).
 * A program opens the same files again and again: equal facts are stored once; a lineage value is their number.
 */
#include "analyze/model/fd.h"

#include "analyze/model/idmap.h"
#include "analyze/model/lineage.h"
#include "format/socket_ends.h"

#include <stdlib.h>

/* <linux/sched.h> and O_CLOEXEC of <asm-generic/fcntl.h>: the same on every machine we know. */
#define CLONE_FS_BIT 0x200u
#define CLONE_FILES_BIT 0x400u
#define CLONE_THREAD_BIT 0x10000u
#define O_CLOEXEC_BIT 02000000u

/* Without padding: as bytes they are equal when they are. */
struct facts {
	uint64_t flags, ino, rdev;
	uint32_t kind, target, proto, detail;
};

/* The end of a socket whose other end is known, since when. */
struct peer {
	uint64_t ino, at_ns;
};

struct use {
	uint64_t from_ns;
	uint64_t table; /* the user who began it */
	uint32_t scope;
};

/* What a user uses, one after the other, by time. A user is a process, by its first thread, or a thread apart. */
struct uses {
	struct use *item;
	uint32_t n, cap;
	uint64_t user;
	uint32_t n_tables; /* that it left to others */
	bool shared; /* others came to use what it began */
};

#define THREAD_APART ((uint64_t)1 << 32)
#define LEFT_SHIFT 33 /* n_tables in the number of a table */

struct table {
	struct rn_lineage *lineage;
	struct rn_idmap by_user;
	struct uses *uses;
	uint32_t n, cap;
	bool any_apart;
};

struct rn_fds {
	struct rn_intern *strings;
	struct table files, dirs;
	struct rn_intern *facts; /* struct facts */
	struct peer *peer;
	uint32_t n_peers, cap_peers;
	struct rn_idmap by_peer; /* inode of an AF_UNIX socket -> its other end */
};

static bool table_init(struct table *t)
{
	t->lineage = rn_lineage_new();
	return t->lineage != NULL;
}

static void table_fini(struct table *t)
{
	for (uint32_t i = 0; i < t->n; i++)
		free(t->uses[i].item);
	free(t->uses);
	rn_idmap_fini(&t->by_user);
	rn_lineage_free(t->lineage);
}

struct rn_fds *rn_fds_new(struct rn_intern *strings)
{
	struct rn_fds *f = calloc(1, sizeof(*f));
	if (!f)
		return NULL;
	f->strings = strings;
	f->facts = rn_intern_new();
	if (f->facts && table_init(&f->files) && table_init(&f->dirs))
		return f;
	rn_fds_free(f);
	return NULL;
}

void rn_fds_free(struct rn_fds *f)
{
	if (!f)
		return;
	table_fini(&f->files);
	table_fini(&f->dirs);
	rn_idmap_fini(&f->by_peer);
	rn_intern_free(f->facts);
	free(f->peer);
	free(f);
}

static struct uses *find_uses(const struct table *t, uint64_t user)
{
	uint32_t i = rn_idmap_find(&t->by_user, user);
	return i == RN_IDMAP_NONE ? NULL : &t->uses[i];
}

static struct uses *add_uses(struct table *t, uint64_t user)
{
	if (t->n == t->cap) {
		uint32_t cap = t->cap ? t->cap * 2 : 16;
		struct uses *p = realloc(t->uses, (size_t)cap * sizeof(*p));
		if (!p)
			return NULL;
		t->uses = p;
		t->cap = cap;
	}
	if (rn_idmap_put(&t->by_user, user, t->n))
		return NULL;
	t->any_apart |= user >= THREAD_APART;
	t->uses[t->n] = (struct uses){ .user = user };
	return &t->uses[t->n++];
}

static int add_use(struct table *t, uint64_t user, struct use use)
{
	struct uses *u = find_uses(t, user);
	if (!u)
		u = add_uses(t, user);
	if (!u || use.scope == RN_LINEAGE_NONE)
		return RN_E_NOMEM;
	if (u->n == u->cap) {
		uint32_t cap = u->cap ? u->cap * 2 : 1;
		struct use *p = realloc(u->item, cap * sizeof(*p));
		if (!p)
			return RN_E_NOMEM;
		u->item = p;
		u->cap = cap;
	}
	uint32_t i = u->n++;
	for (; i > 0 && u->item[i - 1].from_ns > use.from_ns; i--)
		u->item[i] = u->item[i - 1];
	u->item[i] = use;
	return 0;
}

/* The use just after a moment; NULL: none had begun. */
static const struct use *last_use(const struct uses *u, uint64_t at_ns)
{
	uint32_t low = 0, high = u ? u->n : 0;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (u->item[mid].from_ns <= at_ns)
			low = mid + 1;
		else
			high = mid;
	}
	return low ? &u->item[low - 1] : NULL;
}

static uint64_t apart(uint32_t utid)
{
	return THREAD_APART | utid;
}

/* Of a thread apart its own, else its process'; for moments before the first one that. */
static const struct use *use_at(const struct table *t, struct rn_fds_of of, uint64_t at_ns)
{
	const struct uses *own = t->any_apart ? find_uses(t, apart(of.utid)) : NULL, *process = find_uses(t, of.process);
	const struct use *use = last_use(own, at_ns);
	if (!use)
		use = last_use(process, at_ns);
	if (!use && process && process->n)
		use = &process->item[0];
	return use || !own || !own->n ? use : &own->item[0];
}

static uint32_t scope_at(const struct table *t, struct rn_fds_of of, uint64_t at_ns)
{
	const struct use *use = use_at(t, of, at_ns);
	return use ? use->scope : RN_LINEAGE_NONE;
}

static int copy(struct table *t, uint64_t user, uint32_t from, uint64_t at_ns)
{
	return add_use(t, user, (struct use){ at_ns, user, rn_lineage_scope(t->lineage, from, at_ns, false) });
}

static struct uses *who_began(const struct table *t, uint64_t table)
{
	return find_uses(t, table & (2 * THREAD_APART - 1));
}

/* Together with who uses it already. */
static int share(struct table *t, uint64_t user, const struct use *with, uint64_t at_ns)
{
	struct uses *began = who_began(t, with->table);
	struct use use = *with;
	if (began)
		began->shared = true;
	use.from_ns = at_ns;
	return add_use(t, user, use);
}

static int born(struct table *t, struct rn_fds_of of, struct rn_fds_of parent, uint64_t flags, uint64_t shared_bit,
	uint64_t at_ns)
{
	bool thread = of.utid != of.process;
	if (thread && !(flags & CLONE_THREAD_BIT))
		return 0;
	const struct use *use = parent.utid ? use_at(t, parent, at_ns) : NULL;
	if (!(flags & shared_bit) || (!use && !thread))
		return copy(t, thread ? apart(of.utid) : of.utid, use ? use->scope : RN_LINEAGE_NONE, at_ns);
	if (!thread)
		return share(t, of.utid, use, at_ns);
	if (!use || use == use_at(t, (struct rn_fds_of){ of.process, of.process }, at_ns))
		return 0;
	return share(t, apart(of.utid), use, at_ns);
}

int rn_fds_born(struct rn_fds *f, struct rn_fds_of of, struct rn_fds_of parent, uint64_t clone_flags, uint64_t at_ns)
{
	int rc = born(&f->files, of, parent, clone_flags, CLONE_FILES_BIT, at_ns);
	return rc ? rc : born(&f->dirs, of, parent, clone_flags, CLONE_FS_BIT, at_ns);
}

/* It has a table that nobody came to share: a program may unshare again and again. */
static bool is_alone(const struct table *t, uint64_t user)
{
	const struct uses *own = find_uses(t, user);
	return own && own->n && !own->shared && own->item[own->n - 1].table == user;
}

static int set_apart(struct table *t, struct rn_fds_of of, bool empty, uint64_t at_ns)
{
	if (empty)
		return copy(t, apart(of.utid), RN_LINEAGE_NONE, at_ns);
	return is_alone(t, apart(of.utid)) ? 0 : copy(t, apart(of.utid), scope_at(t, of, at_ns), at_ns);
}

int rn_fds_apart(struct rn_fds *f, struct rn_fds_of of, const struct rn_event *ev)
{
	bool empty = ev->APART.what & RN_APART_EMPTY;
	int rc = ev->APART.what & RN_APART_FILES ? set_apart(&f->files, of, empty, ev->ts_ns) : 0;
	return !rc && ev->APART.what & RN_APART_CWD ? set_apart(&f->dirs, of, empty, ev->ts_ns) : rc;
}

/* The table goes on by its number unless others go on with it. */
static uint64_t table_after_exec(struct table *t, struct rn_fds_of of, uint64_t at_ns)
{
	const struct use *use = use_at(t, of, at_ns);
	struct uses *began = use ? who_began(t, use->table) : NULL, *own = find_uses(t, of.process);
	if (began && !began->shared)
		return use->table;
	if (!own)
		return of.process;
	if (began == own)
		own->shared = false;
	return of.process | (uint64_t)++own->n_tables << LEFT_SHIFT;
}

/* Who executes is the process from here on, and has a copy of descriptors that others use, too. Its working
 * directory it keeps together with them. */
int rn_fds_exec(struct rn_fds *f, struct rn_fds_of of, uint64_t at_ns)
{
	uint32_t scope = rn_lineage_scope(f->files.lineage, scope_at(&f->files, of, at_ns), at_ns, true);
	struct use use = { at_ns, table_after_exec(&f->files, of, at_ns), scope };
	const struct use *dir = use_at(&f->dirs, of, at_ns);
	bool own_files = find_uses(&f->files, apart(of.utid)), own_dir = find_uses(&f->dirs, apart(of.utid));
	int rc = add_use(&f->files, of.process, use);
	if (!rc && own_files)
		rc = add_use(&f->files, apart(of.utid), use);
	return !rc && own_dir && dir ? share(&f->dirs, of.process, dir, at_ns) : rc;
}

/* The scope a put goes to; a process nobody introduced gets one now. */
static int scope_for_put(struct table *t, struct rn_fds_of of, uint64_t at_ns, uint32_t *scope)
{
	*scope = scope_at(t, of, at_ns);
	if (*scope != RN_LINEAGE_NONE)
		return 0;
	int rc = copy(t, of.process, RN_LINEAGE_NONE, at_ns);
	*scope = scope_at(t, of, at_ns);
	return rc;
}

uint64_t rn_fds_table(const struct rn_fds *f, struct rn_fds_of of, uint64_t at_ns)
{
	const struct use *use = use_at(&f->files, of, at_ns);
	return use ? use->table : of.process;
}

void rn_fds_each_use(const struct rn_fds *f, void (*each)(void *arg, uint64_t table, uint32_t utid, uint64_t until_ns),
	void *arg)
{
	for (uint32_t i = 0; i < f->files.n; i++) {
		const struct uses *u = &f->files.uses[i];
		for (uint32_t k = 0; k < u->n; k++)
			each(arg, u->item[k].table, (uint32_t)u->user, k + 1 < u->n ? u->item[k + 1].from_ns : UINT64_MAX);
	}
}

static uint32_t intern_or_none(struct rn_fds *f, struct rn_bytes s)
{
	return s.len ? rn_intern(f->strings, s, NULL) : RN_INTERN_NONE;
}

/* Who connects does not know its peer before that is accepted; who accepts knows both. */
static bool note_peer(struct rn_fds *f, const struct rn_ev_FD *e, uint64_t at_ns)
{
	struct rn_socket_ends ends;
	if (e->kind != RN_FDK_SOCKET || !rn_socket_ends_take(&ends, e->detail) || !ends.peer_ino ||
		ends.peer_ino >= RN_IDMAP_NONE)
		return true;
	if (f->n_peers == f->cap_peers) {
		uint32_t cap = f->cap_peers ? f->cap_peers * 2 : 16;
		struct peer *p = realloc(f->peer, (size_t)cap * sizeof(*p));
		if (!p)
			return false;
		f->peer = p;
		f->cap_peers = cap;
	}
	f->peer[f->n_peers] = (struct peer){ e->ino, at_ns };
	return rn_idmap_put(&f->by_peer, (uint32_t)ends.peer_ino, f->n_peers++) == 0;
}

static uint32_t add_facts(struct rn_fds *f, const struct rn_ev_FD *e, uint64_t at_ns)
{
	const struct facts facts = { e->flags, e->ino, e->rdev, (uint32_t)e->kind, intern_or_none(f, e->target),
		intern_or_none(f, e->proto), intern_or_none(f, e->detail) };
	_Static_assert(sizeof(facts) == 3 * sizeof(uint64_t) + 4 * sizeof(uint32_t), "no padding");
	return note_peer(f, e, at_ns) ? rn_intern(f->facts, rn_bytes_of(&facts, sizeof(facts)), NULL) : RN_INTERN_NONE;
}

int rn_fds_open(struct rn_fds *f, struct rn_fds_of of, const struct rn_event *ev)
{
	uint32_t scope, facts = add_facts(f, &ev->FD, ev->ts_ns);
	int rc = scope_for_put(&f->files, of, ev->ts_ns, &scope);
	if (rc || facts == RN_INTERN_NONE)
		return RN_E_NOMEM;
	unsigned flags = (ev->FD.flags & O_CLOEXEC_BIT ? RN_LINEAGE_CLOEXEC : 0) |
		(ev->FD.how == RN_FD_TABLE ? RN_LINEAGE_FOUND : 0);
	return rn_lineage_put(f->files.lineage, scope, (uint32_t)ev->FD.fd, ev->ts_ns, facts, flags);
}

int rn_fds_close(struct rn_fds *f, struct rn_fds_of of, const struct rn_event *ev)
{
	uint32_t scope;
	int rc = scope_for_put(&f->files, of, ev->ts_ns, &scope);
	return rc ? rc
		  : rn_lineage_put(f->files.lineage, scope, (uint32_t)ev->FD_CLOSE.fd, ev->ts_ns,
			    RN_LINEAGE_NONE, 0);
}

int rn_fds_cwd(struct rn_fds *f, struct rn_fds_of of, const struct rn_event *ev)
{
	uint32_t scope, id = rn_intern(f->strings, ev->CWD.path, NULL);
	int rc = scope_for_put(&f->dirs, of, ev->ts_ns, &scope);
	if (rc || id == RN_INTERN_NONE)
		return RN_E_NOMEM;
	bool first = rn_lineage_get(f->dirs.lineage, scope, 0, ev->ts_ns) == RN_LINEAGE_NONE;
	return rn_lineage_put(f->dirs.lineage, scope, 0, ev->ts_ns, id, first ? RN_LINEAGE_FOUND : 0);
}

static struct rn_bytes string_of(const struct rn_fds *f, uint32_t id)
{
	return id == RN_INTERN_NONE ? rn_bytes_of(NULL, 0) : rn_intern_get(f->strings, id);
}

static uint64_t peer_of(const struct rn_fds *f, uint64_t ino, uint64_t at_ns)
{
	uint32_t i = ino && ino < RN_IDMAP_NONE ? rn_idmap_find(&f->by_peer, (uint32_t)ino)
						: RN_IDMAP_NONE;
	return i < f->n_peers && f->peer[i].at_ns <= at_ns ? f->peer[i].ino : 0;
}

static bool facts_out(const struct rn_fds *f, uint32_t i, uint64_t at_ns, struct rn_fd_facts *out)
{
	struct facts x;
	if (i >= rn_intern_count(f->facts))
		return false;
	memcpy(&x, rn_intern_get(f->facts, i).p, sizeof(x));
	*out = (struct rn_fd_facts){ x.kind, x.flags, x.ino, x.rdev, string_of(f, x.target), string_of(f, x.proto),
		string_of(f, x.detail), x.kind == RN_FDK_SOCKET ? peer_of(f, x.ino, at_ns) : 0 };
	return true;
}

static bool is_fd(int64_t fd)
{
	return fd >= 0 && fd <= INT32_MAX;
}

bool rn_fds_get(const struct rn_fds *f, struct rn_fds_of of, int64_t fd, uint64_t at_ns,
	struct rn_fd_facts *out)
{
	uint32_t scope = scope_at(&f->files, of, at_ns);
	return is_fd(fd) &&
		facts_out(f, rn_lineage_get(f->files.lineage, scope, (uint32_t)fd, at_ns), at_ns, out);
}

/* The recorder tells of a new descriptor when the call that made it is done, perhaps a little
 * later, never before it began. */
bool rn_fds_made(const struct rn_fds *f, struct rn_fds_of of, int64_t fd, uint64_t at_ns,
	uint64_t dur_ns, struct rn_fd_facts *out)
{
	uint64_t end_ns = at_ns + dur_ns < at_ns ? UINT64_MAX : at_ns + dur_ns;
	uint32_t scope = scope_at(&f->files, of, end_ns);
	if (!is_fd(fd))
		return false;
	uint32_t made = rn_lineage_next(f->files.lineage, scope, (uint32_t)fd, end_ns, NULL);
	return facts_out(f, made, end_ns, out) || rn_fds_get(f, of, fd, end_ns, out);
}

bool rn_fds_get_cwd(const struct rn_fds *f, struct rn_fds_of of, uint64_t at_ns, struct rn_bytes *out)
{
	uint32_t scope = scope_at(&f->dirs, of, at_ns);
	uint32_t id = rn_lineage_get(f->dirs.lineage, scope, 0, at_ns);
	if (id == RN_LINEAGE_NONE)
		return false;
	*out = rn_intern_get(f->strings, id);
	return true;
}
