/* SPDX-License-Identifier: MIT */
/**
 * fds - what a descriptor is, read from the thread's table right after the call that made it.
 */
#ifndef RN_RECORD_BPF_FDS_BPF_H
#define RN_RECORD_BPF_FDS_BPF_H

#include "record/bpf/ends.bpf.h"
#include "record/bpf/paths.bpf.h"

static __always_inline struct file *file_of(__s32 fd)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fdtable *table = READ(READ(task, files), fdt);
	if (fd < 0 || (__u32)fd >= READ(table, max_fds))
		return NULL;
	return (void *)read_word(READ(table, fd) + fd);
}

/* What a call has changed is told with the time of its end: one after the other in one lane. */
static __always_inline void begin_told(struct rn_bpf_record *r, __u16 kind)
{
	struct scratch *s = get_scratch();
	begin_record_at(r, s ? s->head.r.ts_ns : 0, kind, 0);
}

/* The record is made where the recorder reads it: the path behind it, then the ends of a socket. */
noinline int tell_fd_as(__s32 fd, __u32 how, __s32 from, __u32 flags)
{
	struct place p;
	struct side *side = get_side();
	struct file *file = file_of(fd);
	if (!side || !file)
		return 0;
	struct rn_bpf_fd *r = open_place(&p, true);
	if (!r) {
		count_loss(RN_BPF_LOST_RING, sizeof(*r), true);
		return 0;
	}
	__u8 *names = (void *)(r + 1);
	begin_told(&r->r, RN_BPF_FD);
	r->fd = fd;
	r->from = from;
	r->how = how;
	r->flags = READ(file, f_flags);
	read_inode(&r->file, READ(file, f_inode));
	walk_up(side, &r->file, names, READ(file, f_path.dentry), READ(file, f_path.mnt));
	__u32 len = sizeof(*r) + (r->file.names_bytes & NAMES_MASK);
	__u32 ends_at = (len + 7) & ~7u;
	bool ends = read_ends((void *)r + ends_at, file, r->file.magic, names);
	r->r.flags = (__u16)(flags | (ends ? RN_BPF_FD_ENDS : 0));
	r->r.len = ends ? ends_at + (__u32)sizeof(struct rn_bpf_ends) : len;
	close_place(&p, r->r.len & (RN_BPF_SLACK - 1));
	return 0;
}

static __always_inline void tell_fd(__s32 fd, __u32 how, __s32 from)
{
	tell_fd_as(fd, how, from, 0);
}

/* The files that are open, of those the first so many: what a program unlinks while it is open it has
 * opened for itself. */
#define MAX_UNNAMED 128

noinline int tell_unnamed(__u32 fd, __u32 renamed)
{
	enum { S_IFMT = 0170000, S_IFREG = 0100000 };
	struct file *file = file_of((__s32)fd);
	if (!file || (READ(READ(file, f_inode), i_mode) & S_IFMT) != S_IFREG)
		return 0;
	if (renamed || !READ(READ(file, f_path.dentry), d_hash.pprev))
		tell_fd_as((__s32)fd, RN_BPF_FD_CHANGED, -1, RN_BPF_FD_MAYBE);
	return 0;
}

struct unnamed_turns {
	__u32 n, renamed;
};

static long unnamed_turn(__u32 fd, void *data)
{
	struct unnamed_turns *turns = data;
	if (fd >= turns->n)
		return 1;
	tell_unnamed(fd, turns->renamed);
	return 0;
}

static __always_inline void tell_all_unnamed(bool renamed)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fdtable *table = READ(READ(task, files), fdt);
	__u32 n = READ(table, max_fds);
	if (CAN_CALL_BACK) {
		struct unnamed_turns turns = { n, renamed };
		bpf_loop(MAX_UNNAMED, unnamed_turn, &turns, 0);
		return;
	}
	for (__u32 fd = 0; fd < MAX_UNNAMED; fd++) {
		if (fd >= n)
			break;
		tell_unnamed(fd, renamed);
	}
}

static __always_inline void tell_pair(__u64 addr)
{
	__s32 fd[2];
	if (bpf_probe_read_user(fd, sizeof(fd), (void *)addr))
		return;
	tell_fd(fd[0], RN_BPF_FD_OPENED, -1);
	tell_fd(fd[1], RN_BPF_FD_OPENED, -1);
}

/* Control messages of type SCM_RIGHTS hold descriptors; each begins with a word and two ints. */
#define MAX_CONTROLS 8
#define MAX_RIGHTS 253 /* SCM_MAX_FD */

struct rights_turns {
	__u64 addr;
	__u32 n;
};

static long rights_turn(__u32 i, void *data)
{
	struct rights_turns *turns = data;
	__s32 fd;
	if (i >= turns->n || bpf_probe_read_user(&fd, sizeof(fd), (void *)(turns->addr + 4 * i)))
		return 1;
	tell_fd(fd, RN_BPF_FD_RECEIVED, -1);
	return 0;
}

noinline int tell_rights(__u64 addr, __u32 n)
{
	struct rights_turns turns = { addr, n };
	if (CAN_CALL_BACK) {
		bpf_loop(MAX_RIGHTS, rights_turn, &turns, 0);
		return 0;
	}
	for (__u32 i = 0; i < MAX_RIGHTS; i++)
		if (rights_turn(i, &turns))
			break;
	return 0;
}

noinline int tell_received(__u64 msg, __u32 word)
{
	enum { SOL_SOCKET = 1, SCM_RIGHTS = 1 };
	__u64 control = 0, left = 0;
	word = word == 4 ? 4 : 8;
	if (bpf_probe_read_user(&control, word, (void *)(msg + 4 * word)) ||
		bpf_probe_read_user(&left, word, (void *)(msg + 5 * word)))
		return 0;
	for (int i = 0; i < MAX_CONTROLS; i++) {
		__u64 len = 0;
		__u32 what[2];
		if (left < word + 8 || bpf_probe_read_user(&len, word, (void *)control) ||
			bpf_probe_read_user(what, sizeof(what), (void *)(control + word)))
			break;
		if (len < word + 8 || len > left)
			break;
		if (what[0] == SOL_SOCKET && what[1] == SCM_RIGHTS)
			tell_rights(control + word + 8, (__u32)(len - word - 8) / 4);
		len = (len + word - 1) & ~(__u64)(word - 1);
		if (len > left)
			break;
		control += len;
		left -= len;
	}
	return 0;
}

static __always_inline void tell_fds(const struct rn_bpf_rule *rule, const struct rn_bpf_task *c)
{
	__s32 fd0 = (__s32)c->args[0];
	switch (rule->fd_way) {
	case RN_BPF_FDS_FCNTL:
	case RN_BPF_FDS_RESULT:
		tell_fd((__s32)c->ret, rule->fd_how, rule->fd_how == RN_BPF_FD_DUP ? fd0 : -1);
		break;
	case RN_BPF_FDS_PAIR:
		tell_pair(c->args[rule->fd_arg & 3]);
		break;
	case RN_BPF_FDS_MESSAGE:
		tell_received(c->args[1], c->abi == RN_BPF_ABI_I386 ? 4 : 8);
		break;
	case RN_BPF_FDS_UNNAMED:
	case RN_BPF_FDS_RENAMED:
		tell_all_unnamed(rule->fd_way == RN_BPF_FDS_RENAMED);
		break;
	case RN_BPF_FDS_SOCKET:
		tell_fd(fd0, RN_BPF_FD_CHANGED, -1);
		break;
	}
}

static __always_inline void tell_cwd(void)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct side *side = get_side();
	if (!side)
		return;
	struct fs_struct *fs = READ(task, fs);
	begin_told(&side->r, RN_BPF_CWD);
	read_path(side, READ(fs, pwd.dentry), READ(fs, pwd.mnt));
	emit_with_path(side, sizeof(side->cwd));
}

static __always_inline void tell_comm(void)
{
	struct side *side = get_side();
	if (!side)
		return;
	begin_told(&side->r, RN_BPF_COMM);
	side->r.len = sizeof(side->comm);
	bpf_get_current_comm(side->comm.comm, sizeof(side->comm.comm));
	emit(side, sizeof(side->comm));
}

#endif
