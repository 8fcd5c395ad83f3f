/* SPDX-License-Identifier: MIT */
/*
 * A process uses one scope of the descriptor lineage after another: the one it was born with, then
 * one after each exec. Directories have a lineage of their own (CLONE_FS and CLONE_FILES differ).
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
	uint32_t scope;
};

/* What a process uses, one after the other. */
struct uses {
	struct use *item;
	uint32_t n, cap;
};

struct table {
	struct rn_lineage *lineage;
	struct rn_idmap by_process;
	struct uses *uses;
	uint32_t n, cap;
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
	rn_idmap_fini(&t->by_process);
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

static struct uses *find_uses(const struct table *t, uint32_t process)
{
	uint32_t i = rn_idmap_find(&t->by_process, process);
	return i == RN_IDMAP_NONE ? NULL : &t->uses[i];
}

static struct uses *add_uses(struct table *t, uint32_t process)
{
	if (t->n == t->cap) {
		uint32_t cap = t->cap ? t->cap * 2 : 16;
		struct uses *p = realloc(t->uses, (size_t)cap * sizeof(*p));
		if (!p)
			return NULL;
		t->uses = p;
		t->cap = cap;
	}
	if (rn_idmap_put(&t->by_process, process, t->n))
		return NULL;
	t->uses[t->n] = (struct uses){ NULL, 0, 0 };
	return &t->uses[t->n++];
}

static int use_scope(struct table *t, uint32_t process, uint64_t from_ns, uint32_t scope)
{
	struct uses *u = find_uses(t, process);
	if (!u)
		u = add_uses(t, process);
	if (!u || scope == RN_LINEAGE_NONE)
		return RN_E_NOMEM;
	if (u->n == u->cap) {
		uint32_t cap = u->cap ? u->cap * 2 : 2;
		struct use *p = realloc(u->item, cap * sizeof(*p));
		if (!p)
			return RN_E_NOMEM;
		u->item = p;
		u->cap = cap;
	}
	u->item[u->n++] = (struct use){ from_ns, scope };
	return 0;
}

/* The scope used just after a moment; the first one for earlier moments. */
static uint32_t scope_at(const struct table *t, uint32_t process, uint64_t at_ns)
{
	const struct uses *u = find_uses(t, process);
	if (!u || !u->n)
		return RN_LINEAGE_NONE;
	uint32_t i = u->n - 1;
	while (i > 0 && u->item[i].from_ns > at_ns)
		i--;
	return u->item[i].scope;
}

static int born(struct table *t, uint32_t process, uint32_t parent, bool shared, uint64_t at_ns)
{
	uint32_t from = parent ? scope_at(t, parent, at_ns) : RN_LINEAGE_NONE;
	if (!shared || from == RN_LINEAGE_NONE)
		from = rn_lineage_scope(t->lineage, from, at_ns, false);
	return use_scope(t, process, at_ns, from);
}

int rn_fds_born(struct rn_fds *f, uint32_t process, uint32_t parent, uint64_t clone_flags,
	uint64_t at_ns)
{
	int rc = born(&f->files, process, parent, clone_flags & CLONE_FILES_BIT, at_ns);
	return rc ? rc : born(&f->dirs, process, parent, clone_flags & CLONE_FS_BIT, at_ns);
}

int rn_fds_exec(struct rn_fds *f, uint32_t process, uint64_t at_ns)
{
	uint32_t before = scope_at(&f->files, process, at_ns);
	return use_scope(&f->files, process, at_ns,
		rn_lineage_scope(f->files.lineage, before, at_ns, true));
}

/* The scope a put goes to; a process nobody introduced gets one now. */
static int scope_for_put(struct table *t, uint32_t process, uint64_t at_ns, uint32_t *scope)
{
	*scope = scope_at(t, process, at_ns);
	if (*scope != RN_LINEAGE_NONE)
		return 0;
	int rc = born(t, process, 0, false, at_ns);
	*scope = scope_at(t, process, at_ns);
	return rc;
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

int rn_fds_open(struct rn_fds *f, uint32_t process, const struct rn_event *ev)
{
	uint32_t scope, facts = add_facts(f, &ev->FD, ev->ts_ns);
	int rc = scope_for_put(&f->files, process, ev->ts_ns, &scope);
	if (rc || facts == RN_INTERN_NONE)
		return RN_E_NOMEM;
	unsigned flags = (ev->FD.flags & O_CLOEXEC_BIT ? RN_LINEAGE_CLOEXEC : 0) |
		(ev->FD.how == RN_FD_TABLE ? RN_LINEAGE_FOUND : 0);
	return rn_lineage_put(f->files.lineage, scope, (uint32_t)ev->FD.fd, ev->ts_ns, facts, flags);
}

int rn_fds_close(struct rn_fds *f, uint32_t process, const struct rn_event *ev)
{
	uint32_t scope;
	int rc = scope_for_put(&f->files, process, ev->ts_ns, &scope);
	return rc ? rc
		  : rn_lineage_put(f->files.lineage, scope, (uint32_t)ev->FD_CLOSE.fd, ev->ts_ns,
			    RN_LINEAGE_NONE, 0);
}

int rn_fds_cwd(struct rn_fds *f, uint32_t process, const struct rn_event *ev)
{
	uint32_t scope, id = rn_intern(f->strings, ev->CWD.path, NULL);
	int rc = scope_for_put(&f->dirs, process, ev->ts_ns, &scope);
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

bool rn_fds_get(const struct rn_fds *f, uint32_t process, int64_t fd, uint64_t at_ns,
	struct rn_fd_facts *out)
{
	uint32_t scope = scope_at(&f->files, process, at_ns);
	return is_fd(fd) &&
		facts_out(f, rn_lineage_get(f->files.lineage, scope, (uint32_t)fd, at_ns), at_ns, out);
}

/* The recorder tells of a new descriptor when the call that made it is done, perhaps a little
 * later, never before it began. */
bool rn_fds_made(const struct rn_fds *f, uint32_t process, int64_t fd, uint64_t at_ns,
	uint64_t dur_ns, struct rn_fd_facts *out)
{
	uint64_t end_ns = at_ns + dur_ns < at_ns ? UINT64_MAX : at_ns + dur_ns;
	uint32_t scope = scope_at(&f->files, process, end_ns);
	if (!is_fd(fd))
		return false;
	uint32_t made = rn_lineage_next(f->files.lineage, scope, (uint32_t)fd, end_ns, NULL);
	return facts_out(f, made, end_ns, out) || rn_fds_get(f, process, fd, end_ns, out);
}

bool rn_fds_get_cwd(const struct rn_fds *f, uint32_t process, uint64_t at_ns, struct rn_bytes *out)
{
	uint32_t scope = scope_at(&f->dirs, process, at_ns);
	uint32_t id = rn_lineage_get(f->dirs.lineage, scope, 0, at_ns);
	if (id == RN_LINEAGE_NONE)
		return false;
	*out = rn_intern_get(f->strings, id);
	return true;
}
