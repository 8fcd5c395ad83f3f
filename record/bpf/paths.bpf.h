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

enum step { STEP_ON, STEP_DONE };

/* One name up, or from the root of a mount to where it is mounted. Where the walk stands is in
 * memory, not in registers: the verifier need not follow it from step to step. */
noinline int path_step(void)
{
	struct side *side = get_side();
	if (!side)
		return STEP_DONE;
	struct dentry *dentry = (void *)side->at_dentry, *parent = BPF_CORE_READ(dentry, d_parent);
	struct vfsmount *mnt = (void *)side->at_mount;
	__u32 len = side->path.names_bytes;
	if (dentry == BPF_CORE_READ(mnt, mnt_root)) {
		struct mount *m = mount_of(mnt), *above = BPF_CORE_READ(m, mnt_parent);
		if (m == above || !above)
			return STEP_DONE;
		side->at_dentry = (__u64)BPF_CORE_READ(m, mnt_mountpoint);
		side->at_mount = (__u64)above + bpf_core_field_offset(struct mount, mnt);
		return STEP_ON;
	}
	if (len > NAMES_MASK - NAME_ROOM) {
		side->path.cut = 1;
		return STEP_DONE;
	}
	long n = bpf_probe_read_kernel_str(side->names + (len & NAMES_MASK), NAME_ROOM,
		BPF_CORE_READ(dentry, d_name.name));
	if (n > 0)
		side->path.names_bytes = (__u16)(len + n);
	side->at_dentry = (__u64)parent;
	side->path.mounted = dentry != parent && parent;
	return side->path.mounted ? STEP_ON : STEP_DONE;
}

/* Into side->path and side->names. */
noinline int read_path(__u64 dentry_at, __u64 mnt_at)
{
	struct side *side = get_side();
	struct dentry *dentry = (void *)dentry_at;
	struct vfsmount *mnt = (void *)mnt_at;
	if (!side)
		return 0;
	side->path.cut = 0;
	side->path.mounted = 1;
	side->path.names_bytes = 0;
	side->path.unlinked = !BPF_CORE_READ(dentry, d_hash.pprev) &&
		dentry != BPF_CORE_READ(mnt, mnt_root);
	side->at_dentry = dentry_at;
	side->at_mount = mnt_at;
	for (int i = 0; i < MAX_NAMES; i++)
		if (path_step() == STEP_DONE)
			return 0;
	side->path.cut = 1;
	return 0;
}

static __always_inline void read_inode(struct rn_bpf_path *p, struct inode *inode)
{
	struct super_block *sb = BPF_CORE_READ(inode, i_sb);
	p->named = BPF_CORE_READ(inode, i_nlink) > 0;
	p->ino = BPF_CORE_READ(inode, i_ino);
	p->mode = BPF_CORE_READ(inode, i_mode);
	p->rdev = BPF_CORE_READ(inode, i_rdev);
	p->dev = BPF_CORE_READ(sb, s_dev);
	p->magic = (__u32)BPF_CORE_READ(sb, s_magic);
}

/* Into side->path and side->names. */
static __always_inline void read_file(struct side *side, struct file *file)
{
	read_inode(&side->path, BPF_CORE_READ(file, f_inode));
	read_path((__u64)BPF_CORE_READ(file, f_path.dentry), (__u64)BPF_CORE_READ(file, f_path.mnt));
}

/* The record of `bytes` at the beginning of side ends in a struct rn_bpf_path: fills it and sends all,
 * names behind it. The union is as long as its longest member: names move up to the path. */
static __always_inline void emit_with_path(struct side *side, __u32 bytes)
{
	__u32 n = side->path.names_bytes;
	if (n > NAMES_MASK)
		n = NAMES_MASK;
	void *path = (void *)side + bytes - sizeof(side->path);
	__builtin_memcpy(path, &side->path, sizeof(side->path));
	bpf_probe_read_kernel((void *)side + bytes, n & NAMES_MASK, side->names);
	side->r.len = bytes + n;
	emit(side, bytes + (n & NAMES_MASK), true);
}

#endif
