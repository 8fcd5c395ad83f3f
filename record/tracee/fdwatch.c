/* SPDX-License-Identifier: MIT */
#include "record/tracee/fdwatch.h"

#include "record/tracee/fd_table.h"
#include "record/tracee/proc_place.h"
#include "record/tracee/procfs.h"
#include "shared/cursor.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>

static void set_open(struct rn_tracee *t, int64_t fd, bool open)
{
	if (!t->fds || fd < 0 || fd >= RN_TRACKED_FDS)
		return;
	uint64_t bit = (uint64_t)1 << (fd % 64), *word = &t->fds->open[fd / 64];
	*word = open ? *word | bit : *word & ~bit;
	t->fds->named[fd / 64] &= ~bit;
	t->fds->netlink[fd / 64] &= ~bit;
}

static bool is_open(const uint64_t *set, int64_t fd)
{
	return fd < RN_TRACKED_FDS && set[fd / 64] >> (fd % 64) & 1;
}

struct seen {
	struct rn_event ev;
	char target[4096], proto[64], flags[512], pid[24];
	uint8_t ends[RN_SOCKET_ENDS_MAX];
	unsigned nlink;
};

/* "socket:[1234]" and "pipe:[1234]" say the inode; other targets of that form are kinds of their own. */
static bool from_name(struct rn_ev_FD *fd, const char *target)
{
	static const struct { const char *prefix; enum rn_fd_kind kind; } kinds[] = {
		{ "socket:[", RN_FDK_SOCKET }, { "pipe:[", RN_FDK_PIPE },
		{ "anon_inode:", RN_FDK_ANON },
	};
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i].prefix);
		if (strncmp(target, kinds[i].prefix, len) == 0) {
			fd->kind = kinds[i].kind;
			fd->ino = strtoull(target + len, NULL, 10);
			return true;
		}
	}
	return false;
}

enum rn_fd_kind rn_fd_kind_of_mode(unsigned mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return RN_FDK_FILE;
	case S_IFDIR:
		return RN_FDK_DIR;
	case S_IFCHR:
		return RN_FDK_CHAR;
	case S_IFBLK:
		return RN_FDK_BLOCK;
	case S_IFIFO:
		return RN_FDK_PIPE;
	case S_IFSOCK:
		return RN_FDK_SOCKET;
	case S_IFLNK:
		return RN_FDK_LINK;
	default:
		return RN_FDK_OTHER;
	}
}

/* A file system that answers late must not hold the tracee: what is known locally will do. */
static void from_stat(struct seen *seen, const char *path)
{
	struct rn_ev_FD *fd = &seen->ev.FD;
	struct statx s;
	if (statx(AT_FDCWD, path, AT_STATX_DONT_SYNC, STATX_TYPE | STATX_INO | STATX_NLINK, &s) < 0)
		return;
	seen->nlink = s.stx_nlink;
	fd->kind = rn_fd_kind_of_mode(s.stx_mode);
	fd->ino = s.stx_ino;
	fd->rdev = makedev(s.stx_rdev_major, s.stx_rdev_minor);
}

static void read_proto(struct seen *s, const char *path)
{
	ssize_t len = getxattr(path, "system.sockprotoname", s->proto, sizeof(s->proto));
	if (len > 0)
		s->ev.FD.proto = rn_bytes_of(s->proto, strnlen(s->proto, (size_t)len));
}

static const char *fdinfo(struct seen *s, pid_t tid, int32_t fd, const char *key)
{
	char what[32];
	snprintf(what, sizeof(what), "fdinfo/%d", fd);
	if (rn_proc_text(tid, what, s->flags, sizeof(s->flags)) < 0)
		return NULL;
	const char *p = strstr(s->flags, key);
	return p ? p + strlen(key) : NULL;
}

static void read_flags(struct seen *s, pid_t tid, int32_t fd)
{
	const char *flags = fdinfo(s, tid, fd, "flags:");
	if (flags)
		s->ev.FD.flags = strtoull(flags, NULL, 8);
}

/* connect(2) of a socket that does not block: its peer is what was asked for. */
static struct rn_bytes asked_peer(const struct rn_tracee *t, int64_t fd, enum rn_fd_how how)
{
	const struct rn_span *span = NULL;
	if (how == RN_FD_CHANGED && fd == (int32_t)t->args[0] && strcmp(t->desc->name, "connect") == 0)
		span = rn_capture_find(&t->capture, RN_PHASE_ENTRY, t->args[1], 2);
	return span ? rn_bytes_of(span->bytes, span->len) : rn_bytes_of(NULL, 0);
}

static void read_ends(struct rn_recording *rec, struct seen *s, const struct rn_tracee *t)
{
	pid_t pid = t->process ? t->process->pid : t->tid;
	size_t len = rn_sockets_detail(&rec->sockets, pid, (int)s->ev.FD.fd, s->ev.FD.ino,
		asked_peer(t, s->ev.FD.fd, (enum rn_fd_how)s->ev.FD.how), s->ends);
	s->ev.FD.detail = rn_bytes_of(s->ends, len);
}

/* A pidfd: its process, as its fdinfo says. */
static void read_pid(struct seen *s, pid_t tid)
{
	const char *pid = fdinfo(s, tid, (int32_t)s->ev.FD.fd, "\nPid:\t");
	pid_t v = pid ? rn_proc_our_number((pid_t)strtol(pid, NULL, 10)) : 0;
	if (v <= 0)
		return;
	int len = snprintf(s->pid, sizeof(s->pid), "%d", (int)v);
	s->ev.FD.detail = rn_bytes_of(s->pid, (size_t)len);
}

/* What the target alone does not say; docs/format.md, "fd". */
static void read_detail(struct rn_recording *rec, struct seen *s, const struct rn_tracee *t)
{
	static const char mark[] = " (deleted)";
	struct rn_ev_FD *fd = &s->ev.FD;
	size_t len = fd->target.len, n = sizeof(mark) - 1;
	if (fd->kind == RN_FDK_SOCKET)
		read_ends(rec, s, t);
	else if (fd->kind == RN_FDK_ANON && strcmp(s->target, "anon_inode:[pidfd]") == 0)
		read_pid(s, t->tid);
	else if (s->nlink && len > n && strcmp(s->target + len - n, mark) == 0)
		fd->detail = rn_bytes_str("exists");
}

static void look_up(struct rn_recording *rec, struct rn_tracee *t, int64_t fd, enum rn_fd_how how,
	int64_t from, bool of_command)
{
	struct seen s;
	char path[RN_PROC_PATH];
	if (fd < 0 || fd > INT32_MAX)
		return;
	int len = snprintf(path, sizeof(path), "/proc/%d/fd/%d", rn_proc_number(t->tid), (int)fd);
	const char *what = strchr(path + 6, '/') + 1;
	ssize_t n = len > 0 ? rn_proc_link(t->tid, what, s.target, sizeof(s.target)) : -1;
	if (n < 0)
		return; /* closed again by another thread */
	s.nlink = 0;
	s.ev = (struct rn_event){ .ts_ns = rn_recording_stamp(rec), .utid = t->utid, .kind = RN_EV_FD };
	s.ev.FD = (struct rn_ev_FD){
		.fd = fd, .how = how, .from = from, .target = rn_bytes_of(s.target, (size_t)n),
	};
	if (!from_name(&s.ev.FD, s.target))
		from_stat(&s, path);
	if (s.ev.FD.kind == RN_FDK_SOCKET)
		read_proto(&s, path);
	read_detail(rec, &s, t);
	if (how == RN_FD_TABLE)
		read_flags(&s, t->tid, (int32_t)fd);
	if (of_command && s.ev.FD.flags & O_CLOEXEC)
		return;
	set_open(t, fd, true);
	if (s.ev.FD.kind == RN_FDK_FILE && s.nlink && t->fds && fd < RN_TRACKED_FDS)
		t->fds->named[fd / 64] |= (uint64_t)1 << (fd % 64);
	if (rn_bytes_equal(s.ev.FD.proto, rn_bytes_str("NETLINK")) && t->fds && fd < RN_TRACKED_FDS)
		t->fds->netlink[fd / 64] |= (uint64_t)1 << (fd % 64);
	rn_recording_push(rec, &s.ev);
}

bool rn_fdwatch_is_netlink(const struct rn_tracee *t, int64_t fd)
{
	return t->fds && fd >= 0 && is_open(t->fds->netlink, fd);
}

static void push_fd(struct rn_recording *rec, struct rn_tracee *t, int64_t fd, enum rn_fd_how how,
	int64_t from)
{
	look_up(rec, t, fd, how, from, false);
}

static void push_close(struct rn_recording *rec, struct rn_tracee *t, int64_t fd)
{
	set_open(t, fd, false);
	struct rn_event ev = {
		.ts_ns = rn_recording_stamp(rec), .utid = t->utid, .kind = RN_EV_FD_CLOSE,
	};
	ev.FD_CLOSE.fd = fd;
	rn_recording_push(rec, &ev);
}

struct table {
	struct rn_recording *rec;
	struct rn_tracee *t;
	bool anew;
	uint64_t open[RN_TRACKED_FDS / 64];
};

static void push_if_new(void *arg, long fd)
{
	struct table *table = arg;
	const struct rn_fd_table *known = table->t->fds;
	if (fd < RN_TRACKED_FDS)
		table->open[fd / 64] |= (uint64_t)1 << (fd % 64);
	if (!known || table->anew || !is_open(known->open, fd))
		push_fd(table->rec, table->t, fd, RN_FD_TABLE, -1);
}

static void tell_table(struct rn_recording *rec, struct rn_tracee *t, bool anew)
{
	struct table table = { .rec = rec, .t = t, .anew = anew };
	if (rn_proc_numbers(t->tid, "fd", push_if_new, &table) < 0 || !t->fds)
		return; /* not to be read: then nothing is known to be closed either */
	for (int64_t fd = 0; fd < RN_TRACKED_FDS; fd++)
		if (is_open(t->fds->open, fd) && !is_open(table.open, fd))
			push_close(rec, t, fd);
}

void rn_fdwatch_table(struct rn_recording *rec, struct rn_tracee *t)
{
	tell_table(rec, t, false);
}

void rn_fdwatch_again(struct rn_recording *rec, struct rn_tracee *t)
{
	tell_table(rec, t, true);
}

static void push_of_command(void *arg, long fd)
{
	struct table *table = arg;
	look_up(table->rec, table->t, fd, RN_FD_TABLE, -1, true);
}

void rn_fdwatch_command(struct rn_recording *rec, struct rn_tracee *t)
{
	struct table table = { .rec = rec, .t = t };
	rn_proc_numbers(t->tid, "fd", push_of_command, &table);
}

void rn_fdwatch_keep(struct rn_recording *rec, struct rn_tracee *t, const uint64_t *open)
{
	for (int64_t fd = 0; t->fds && fd < RN_TRACKED_FDS; fd++)
		if (is_open(t->fds->open, fd) && !is_open(open, fd))
			push_close(rec, t, fd);
}

void rn_fdwatch_told(struct rn_recording *rec, struct rn_tracee *t, const struct rn_ev_FD *ev,
	uint64_t ts_ns, bool named)
{
	struct rn_event e = { .ts_ns = ts_ns, .utid = t->utid, .kind = RN_EV_FD };
	e.FD = *ev;
	set_open(t, ev->fd, true);
	if (named && ev->kind == RN_FDK_FILE && t->fds && ev->fd < RN_TRACKED_FDS)
		t->fds->named[ev->fd / 64] |= (uint64_t)1 << (ev->fd % 64);
	rn_recording_push(rec, &e);
}

static bool is(const struct rn_tracee *t, const char *name)
{
	return strcmp(t->desc->name, name) == 0;
}

static int64_t fd_arg(const struct rn_tracee *t, unsigned i)
{
	return (int32_t)t->args[i];
}

/* dup, dup2, dup3, fcntl(F_DUPFD): the result is another name of argument 0. */
static bool is_dup(const struct rn_tracee *t)
{
	return strncmp(t->desc->name, "dup", 3) == 0 || strncmp(t->desc->name, "fcntl", 5) == 0;
}

static void made(struct rn_recording *rec, struct rn_tracee *t, int64_t ret)
{
	if (is_dup(t))
		push_fd(rec, t, ret, RN_FD_DUP, fd_arg(t, 0));
	else
		push_fd(rec, t, ret, is(t, "pidfd_getfd") ? RN_FD_RECEIVED : RN_FD_OPENED, -1);
}

/* pipe, pipe2, socketpair: the pair the kernel wrote. */
static void made_pair(struct rn_recording *rec, struct rn_tracee *t, unsigned arg)
{
	const struct rn_span *s = rn_capture_find(&t->capture, RN_PHASE_EXIT, t->args[arg], 8);
	if (!s)
		return;
	struct rn_cursor c = rn_cursor_of(s->bytes, s->len);
	int32_t a = (int32_t)rn_take_u32(&c), b = (int32_t)rn_take_u32(&c);
	push_fd(rec, t, a, RN_FD_OPENED, -1);
	push_fd(rec, t, b, RN_FD_OPENED, -1);
}

static void closed_range(struct rn_recording *rec, struct rn_tracee *t)
{
	enum { CLOSE_RANGE_CLOEXEC_ = 4 };
	int64_t first = (int64_t)(uint32_t)t->args[0], last = (int64_t)(uint32_t)t->args[1];
	if (t->args[2] & CLOSE_RANGE_CLOEXEC_)
		return;
	for (; first <= last && first < RN_TRACKED_FDS; first++)
		if (!t->fds || is_open(t->fds->open, first))
			push_close(rec, t, first);
}

/* Control messages of type SCM_RIGHTS hold descriptors. The header has a word and two ints. */
static void received(struct rn_recording *rec, struct rn_tracee *t, const struct rn_span *control)
{
	unsigned word = t->abi == RN_ABI_I386 ? 4 : 8;
	struct rn_cursor c = rn_cursor_of(control->bytes, control->len);
	while (rn_cursor_left(&c) >= word + 8) {
		uint64_t len = rn_take_le(&c, word);
		uint32_t level = rn_take_u32(&c), type = rn_take_u32(&c);
		if (len < word + 8)
			return;
		struct rn_bytes payload = rn_take_bytes(&c, len - word - 8);
		if (level == SOL_SOCKET && type == SCM_RIGHTS) {
			struct rn_cursor fds = rn_cursor_of(payload.p, payload.len);
			while (rn_cursor_left(&fds) >= 4)
				push_fd(rec, t, (int32_t)rn_take_u32(&fds), RN_FD_RECEIVED, -1);
		}
		rn_take_bytes(&c, (word - len % word) % word);
	}
}

/* recvmsg: the fifth and sixth word of the header say where the control messages lie. */
static void received_message(struct rn_recording *rec, struct rn_tracee *t)
{
	unsigned word = t->abi == RN_ABI_I386 ? 4 : 8;
	const struct rn_span *s = rn_capture_find(&t->capture, RN_PHASE_EXIT, t->args[1], 7 * word);
	if (!s)
		return;
	struct rn_cursor c = rn_cursor_of(s->bytes, s->len);
	rn_take_bytes(&c, 4 * word);
	uint64_t control = rn_take_le(&c, word);
	const struct rn_span *messages = rn_capture_find(&t->capture, RN_PHASE_EXIT, control, 1);
	if (control && messages)
		received(rec, t, messages);
}

static bool ends_with(const char *text, const char *end)
{
	size_t len = strlen(text), n = strlen(end);
	return len >= n && strcmp(text + len - n, end) == 0;
}

/* The last part of the new name a rename gave; "" of other calls. */
static void new_name(const struct rn_tracee *t, char *out, size_t cap)
{
	unsigned i = is(t, "rename") ? 1 : 3;
	const struct rn_span *s = strncmp(t->desc->name, "rename", 6) == 0
		? rn_capture_find(&t->capture, RN_PHASE_ENTRY, t->args[i], 1) : NULL;
	size_t len = s ? strnlen((const char *)s->bytes, s->len) : 0, at = len;
	while (at > 0 && s->bytes[at - 1] != '/')
		at--;
	snprintf(out, cap, "%.*s", (int)(len - at), s ? (const char *)s->bytes + at : "");
}

/* unlink, rename: the kernel tells by the link in /proc whether it was a file that is open. Open in
 * this process alone: that is what programs do with their temporary files. */
static void unnamed(struct rn_recording *rec, struct rn_tracee *t)
{
	char what[32], target[4096], name[256];
	if (!t->fds)
		return;
	new_name(t, name, sizeof(name));
	for (unsigned w = 0; w < RN_TRACKED_FDS / 64; w++)
		for (uint64_t left = t->fds->named[w]; left; left &= left - 1) {
			int64_t fd = (int64_t)w * 64 + __builtin_ctzll(left);
			snprintf(what, sizeof(what), "fd/%d", (int)fd);
			if (rn_proc_link(t->tid, what, target, sizeof(target)) >= 0 &&
				(ends_with(target, " (deleted)") || (*name && ends_with(target, name))))
				push_fd(rec, t, fd, RN_FD_CHANGED, -1);
		}
}

/* What the thread has of its own after the call, having shared it before: enum rn_apart. */
static uint64_t set_apart(const struct rn_tracee *t)
{
	enum { CLOSE_RANGE_UNSHARE_ = 2 };
	if (is(t, "close_range"))
		return t->args[2] & CLOSE_RANGE_UNSHARE_ ? RN_APART_FILES : 0;
	if (!is(t, "unshare"))
		return 0;
	return (t->args[0] & CLONE_FILES ? RN_APART_FILES : 0) |
		(t->args[0] & (CLONE_FS | CLONE_NEWNS | CLONE_NEWUSER) ? RN_APART_CWD : 0);
}

void rn_fdwatch_apart(struct rn_recording *rec, struct rn_tracee *t, uint64_t what)
{
	struct rn_event ev = { .ts_ns = rn_recording_stamp(rec), .utid = t->utid, .kind = RN_EV_APART };
	if (!what)
		return;
	ev.APART.what = what;
	rn_recording_push(rec, &ev);
	if (what & RN_APART_FILES)
		rn_fd_table_apart(t, what & RN_APART_EMPTY);
}

static void by_own_rule(struct rn_recording *rec, struct rn_tracee *t, int64_t ret)
{
	enum { F_DUPFD_ = 0, F_DUPFD_CLOEXEC_ = 1030 };
	if (is(t, "pipe") || is(t, "pipe2"))
		made_pair(rec, t, 0);
	else if (is(t, "socketpair"))
		made_pair(rec, t, 3);
	else if (is(t, "close_range"))
		closed_range(rec, t);
	else if (is(t, "recvmsg"))
		received_message(rec, t);
	else if (strncmp(t->desc->name, "fcntl", 5) == 0 &&
		(t->args[1] == F_DUPFD_ || t->args[1] == F_DUPFD_CLOEXEC_))
		made(rec, t, ret);
}

void rn_fdwatch_after(struct rn_recording *rec, struct rn_tracee *t, int64_t ret)
{
	unsigned fx = t->desc->effects;
	if (fx & RN_FX_FD_OTHER)
		rn_fdwatch_apart(rec, t, set_apart(t));
	if (fx & RN_FX_FD_NEW)
		made(rec, t, ret);
	if (fx & RN_FX_FD_CLOSE)
		push_close(rec, t, fd_arg(t, 0));
	if (fx & RN_FX_SOCK)
		push_fd(rec, t, fd_arg(t, 0), RN_FD_CHANGED, -1);
	if (fx & RN_FX_UNNAME)
		unnamed(rec, t);
	if (fx & RN_FX_FD_OTHER)
		by_own_rule(rec, t, ret);
}

void rn_fdwatch_closed(struct rn_recording *rec, struct rn_tracee *t)
{
	if (t->desc->effects & RN_FX_FD_OTHER)
		rn_fdwatch_apart(rec, t, set_apart(t));
	if (t->desc->effects & RN_FX_FD_CLOSE)
		push_close(rec, t, fd_arg(t, 0));
	else if (t->desc->effects & RN_FX_FD_OTHER && is(t, "close_range"))
		closed_range(rec, t);
}

bool rn_fdwatch_is_named(const struct rn_tracee *t, int64_t fd)
{
	return t->fds && fd >= 0 && is_open(t->fds->named, fd);
}
