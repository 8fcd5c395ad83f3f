/* SPDX-License-Identifier: MIT */
#include "record/bpf/bpf.h"

#include "format/socket_ends.h"
#include "record/tracee/fdwatch.h"

#include <stdio.h>
#include <string.h>

#define SOCKFS 0x534f434bu

void rn_bpf_signal(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record, bool stop)
{
	struct rn_bpf_signal r;
	uint8_t info[128] = { 0 }; /* a siginfo_t: the kernel's is its beginning */
	if (record.len < sizeof(r))
		return;
	memcpy(&r, record.p, sizeof(r));
	memcpy(info, r.info, sizeof(r.info));
	struct rn_event ev = {
		.ts_ns = rn_bpf_time(b, r.r.ts_ns), .utid = t->utid, .kind = RN_EV_SIGNAL,
	};
	ev.SIGNAL.signo = r.signo;
	ev.SIGNAL.stop = stop;
	ev.SIGNAL.info = rn_bytes_of(info, stop ? 0 : sizeof(info));
	b->root_stopped |= stop && t->tid == b->launch.pid;
	rn_recording_push(b->rec, &ev);
}

void rn_bpf_map(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record)
{
	struct rn_bpf_map r;
	struct rn_bpf_path path;
	struct rn_bytes names;
	char text[RN_PATH_MAX + 16];
	if (!rn_bpf_take_path(record, sizeof(r), &path, &names) || !path.mounted)
		return;
	memcpy(&r, record.p, sizeof(r));
	size_t len = rn_bpf_path_text(&path, names, text, sizeof(text) - 1);
	text[len] = '\0';
	const struct rn_proc_map map = {
		.low = r.addr, .high = r.addr + r.len, .offset = r.offset, .prot = r.prot,
		.dev = rn_bpf_dev(path.dev), .ino = path.ino, .path = rn_bytes_of(text, len),
	};
	if (map.high > map.low)
		rn_modules_told(b->rec, &b->modules, t, &map);
}

/* As the ptrace backend has it from the name of the link in /proc: pipes and sockets have a number
 * there, anonymous inodes none. */
static void put_identity(struct rn_ev_FD *fd, const struct rn_bpf_path *p, struct rn_bytes names)
{
	fd->kind = rn_fd_kind_of_mode(p->mode);
	static const char anon[] = "anon_inode:";
	if (fd->target.len >= sizeof(anon) - 1 && !memcmp(fd->target.p, anon, sizeof(anon) - 1)) {
		fd->kind = RN_FDK_ANON;
		return;
	}
	fd->ino = p->ino;
	fd->rdev = rn_bpf_dev(p->rdev);
	if (p->magic == SOCKFS && names.len)
		fd->proto = rn_bytes_of(names.p, strnlen((const char *)names.p, names.len));
}

/* What the target alone does not say; docs/format.md, "fd". */
static struct rn_bytes detail_of(const struct rn_bpf_ends *e, const struct rn_bpf_path *p,
	uint8_t buf[RN_SOCKET_ENDS_MAX])
{
	struct rn_socket_ends ends = {
		.protocol = e->protocol, .peer_ino = e->peer_ino,
		.local = rn_bytes_of(e->local, e->local_len < RN_BPF_ADDRESS ? e->local_len : RN_BPF_ADDRESS),
		.peer = rn_bytes_of(e->peer, e->peer_len < RN_BPF_ADDRESS ? e->peer_len : RN_BPF_ADDRESS),
	};
	if (e->local_len)
		return rn_bytes_of(buf, rn_socket_ends_put(buf, &ends));
	if (e->pid)
		return rn_bytes_of(buf, (size_t)snprintf((char *)buf, 12, "%u", e->pid));
	if (p->mounted && p->unlinked && p->named)
		return rn_bytes_str("exists");
	return rn_bytes_of(NULL, 0);
}

static struct rn_bpf_ends take_ends(struct rn_bytes record, const struct rn_bpf_fd *r)
{
	struct rn_bpf_ends ends = { 0 };
	size_t at = (sizeof(*r) + r->file.names_bytes + 7) & ~(size_t)7;
	if (r->r.flags & RN_BPF_FD_ENDS && record.len >= at + sizeof(ends))
		memcpy(&ends, record.p + at, sizeof(ends));
	return ends;
}

void rn_bpf_fd(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record)
{
	struct rn_bpf_fd r;
	struct rn_bpf_path path;
	struct rn_bytes names;
	char text[RN_PATH_MAX + 16];
	uint8_t detail[RN_SOCKET_ENDS_MAX];
	if (!rn_bpf_take_path(record, sizeof(r), &path, &names))
		return;
	memcpy(&r, record.p, sizeof(r));
	if (r.fd < 0 || (r.r.flags & RN_BPF_FD_MAYBE && !rn_fdwatch_is_named(t, r.fd)))
		return;
	struct rn_ev_FD fd = { .fd = r.fd, .how = r.how, .from = r.from };
	fd.target = rn_bytes_of(text, rn_bpf_path_text(&path, names, text, sizeof(text)));
	put_identity(&fd, &path, names);
	const struct rn_bpf_ends ends = take_ends(record, &r);
	fd.detail = detail_of(&ends, &path, detail);
	rn_fdwatch_told(b->rec, t, &fd, rn_bpf_time(b, r.r.ts_ns),
		path.named && !path.unlinked);
}

void rn_bpf_cwd(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record)
{
	struct rn_bpf_path path;
	struct rn_bytes names;
	char text[RN_PATH_MAX + 16];
	if (!rn_bpf_take_path(record, sizeof(struct rn_bpf_cwd), &path, &names))
		return;
	struct rn_bpf_record head;
	memcpy(&head, record.p, sizeof(head));
	struct rn_event ev = {
		.ts_ns = rn_bpf_time(b, head.ts_ns), .utid = t->utid, .kind = RN_EV_CWD,
	};
	ev.CWD.path = rn_bytes_of(text, rn_bpf_path_text(&path, names, text, sizeof(text)));
	rn_recording_push(b->rec, &ev);
}

void rn_bpf_comm(struct rn_bpf *b, struct rn_tracee *t, struct rn_bytes record)
{
	struct rn_bpf_comm r;
	if (record.len < sizeof(r))
		return;
	memcpy(&r, record.p, sizeof(r));
	struct rn_event ev = {
		.ts_ns = rn_bpf_time(b, r.r.ts_ns), .utid = t->utid, .kind = RN_EV_COMM,
	};
	ev.COMM.name = rn_bytes_of(r.comm, strnlen(r.comm, sizeof(r.comm)));
	rn_recording_push(b->rec, &ev);
}
