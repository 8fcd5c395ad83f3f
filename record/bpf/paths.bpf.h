/* SPDX-License-Identifier: MIT */
/**
 * paths - what a file is and where: names up to the root, told from the last one up.
 *
 * d_path is not to be had here. Names are read while others may rename: the bounds are ours, and
 * what comes out is a path that was right a moment ago, as with readlink of /proc/PID/fd.
 */
#ifndef RN_RECORD_BPF_PATHS_BPF_H
#define RN_RECORD_BPF_PATHS_BPF_H

#include "record/bpf/common.bpf.h"

#define MAX_NAMES 48
#define NAME_ROOM 256u

static __always_inline struct mount *mount_of(struct vfsmount *mnt)
{
	return (void *)mnt - bpf_core_field_offset(struct mount, mnt);
}

/* Of most names a few words are loaded, as far as they go and beyond: what is behind a name is written
 * over, or of no meaning. A helper costs more than all of them. */
#define NAME_WORDS_BYTES 32u

static __always_inline void put_words(__u8 *to, const void *from)
{
	struct pt_regs *words = (void *)from;
	*(__u64 *)to = READ(words, r15);
	*(__u64 *)(to + 8) = READ(words, r14);
	*(__u64 *)(to + 16) = READ(words, r13);
	*(__u64 *)(to + 24) = READ(words, r12);
}

/* The dentry's name with a NUL behind; how many bytes. */
static __always_inline __u32 put_name(__u8 *to, struct dentry *dentry)
{
	__u32 n = READ(dentry, d_name.len) & 0xff;
	const void *name = READ(dentry, d_name.name);
	if (CAN_CAST && n <= NAME_WORDS_BYTES)
		put_words(to, name);
	else
		bpf_probe_read_kernel(to, n, name);
	to[n] = 0;
	return n + 1;
}

/* The recorder's own root, where paths begin for it: it may be inside of a chroot. */
__u64 root_dentry, root_mount;

/* Run once, by the recorder. */
SEC("raw_tp")
int note_recorder(struct bpf_raw_tracepoint_args *ctx)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct fs_struct *fs = READ(task, fs);
	root_mount = (__u64)READ(fs, root.mnt);
	root_dentry = (__u64)READ(fs, root.dentry);
	struct pid *pid = READ(task, thread_pid);
	own_pid_level = READ(pid, level);
	own_pid_ns = pid_ns_at(pid, own_pid_level);
	return 0;
}

/* A walk up from a file: where the path goes. Where the walk stands is in memory, in side, not in
 * registers: the verifier need not follow it from step to step. */
struct walk_up {
	struct side *side;
	struct rn_bpf_path *path;
	__u8 *names; /* with room for NAMES_MASK + NAME_ROOM */
};

enum step { STEP_ON, STEP_DONE };

/* One name up, or from the root of a mount to where it is mounted. */
static __always_inline enum step path_step(const struct walk_up *w)
{
	struct side *side = w->side;
	struct dentry *dentry = (void *)side->at_dentry;
	__u32 len = w->path->names_bytes;
	if (side->at_dentry == root_dentry && side->at_mount == root_mount)
		return STEP_DONE;
	if (side->at_dentry == side->at_root) {
		struct mount *m = mount_of((void *)side->at_mount), *above = READ(m, mnt_parent);
		if (m == above || !above)
			return STEP_DONE;
		struct vfsmount *mnt = (void *)above + bpf_core_field_offset(struct mount, mnt);
		side->at_dentry = (__u64)READ(m, mnt_mountpoint);
		side->at_mount = (__u64)mnt;
		side->at_root = (__u64)READ(mnt, mnt_root);
		return STEP_ON;
	}
	if (len > NAMES_MASK - NAME_ROOM) {
		w->path->cut = 1;
		return STEP_DONE;
	}
	w->path->names_bytes = (__u16)(len + put_name(w->names + len, dentry));
	__u64 parent = (__u64)READ(dentry, d_parent);
	bool top = parent == side->at_dentry || !parent;
	side->at_dentry = parent;
	w->path->mounted = !top;
	return top ? STEP_DONE : STEP_ON;
}

/* Several steps in a turn: calling costs as much as a step. */
#define STEPS 8

static long path_turn(__u32 i, void *data)
{
	const struct walk_up *w = data;
	for (int k = 0; k < STEPS; k++)
		if (path_step(w) == STEP_DONE)
			return 1;
	w->path->cut = i + 1 == MAX_NAMES / STEPS;
	return 0;
}

static __always_inline void walk_up(struct side *side, struct rn_bpf_path *path, __u8 *names,
	struct dentry *dentry, struct vfsmount *mnt)
{
	struct walk_up w = { side, path, names };
	side->at_dentry = (__u64)dentry;
	side->at_mount = (__u64)mnt;
	side->at_root = (__u64)READ(mnt, mnt_root);
	path->cut = 0;
	path->mounted = 1;
	path->names_bytes = 0;
	path->unlinked = side->at_dentry != side->at_root && !READ(dentry, d_hash.pprev);
	if (CAN_CALL_BACK) {
		bpf_loop(MAX_NAMES / STEPS, path_turn, &w, 0);
		return;
	}
	for (int i = 0; i < MAX_NAMES; i++)
		if (path_step(&w) == STEP_DONE)
			return;
	path->cut = 1;
}

static __always_inline void read_inode(struct rn_bpf_path *p, struct inode *inode)
{
	struct super_block *sb = READ(inode, i_sb);
	p->named = READ(inode, i_nlink) > 0;
	p->ino = READ(inode, i_ino);
	p->mode = READ(inode, i_mode);
	p->rdev = READ(inode, i_rdev);
	p->dev = READ(sb, s_dev);
	p->magic = (__u32)READ(sb, s_magic);
}

/* Of what side says into side->path and side->names. */
noinline int walk_path(void)
{
	struct side *side = get_side();
	if (side)
		walk_up(side, &side->path, side->names, (void *)side->at_dentry, (void *)side->at_mount);
	return 0;
}

static __always_inline void read_path(struct side *side, struct dentry *dentry, struct vfsmount *mnt)
{
	side->at_dentry = (__u64)dentry;
	side->at_mount = (__u64)mnt;
	walk_path();
}

/* Into side->path and side->names. */
static __always_inline void read_file(struct side *side, struct file *file)
{
	read_inode(&side->path, READ(file, f_inode));
	read_path(side, READ(file, f_path.dentry), READ(file, f_path.mnt));
}

/* The record of `bytes` at the beginning of side ends in a struct rn_bpf_path: fills it and sends all,
 * names behind it. */
static __always_inline void emit_with_path(struct side *side, __u32 bytes)
{
	struct place p;
	__u32 n = side->path.names_bytes & NAMES_MASK, len = bytes + n;
	side->r.len = len;
	__builtin_memcpy((void *)side + bytes - sizeof(side->path), &side->path, sizeof(side->path));
	void *to = open_place(&p, STATE);
	if (!to) {
		count_loss(RN_BPF_LOST_RING, len, true);
		return;
	}
	__builtin_memcpy(to, side, bytes);
	bpf_probe_read_kernel(to + bytes, n, side->names);
	close_place(&p, len);
}

#endif
