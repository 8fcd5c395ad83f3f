/* SPDX-License-Identifier: MIT */
/**
 * kernel_types - the few members of kernel structures the program reads.
 *
 * Not the kernel's layout: where a member lies is found by its name when the program is loaded, in
 * the type information of the running kernel. Members that came, went or were renamed are asked for
 * with bpf_core_field_exists.
 */
#ifndef RN_RECORD_BPF_KERNEL_TYPES_H
#define RN_RECORD_BPF_KERNEL_TYPES_H

#include <linux/types.h>

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct pt_regs {
	unsigned long r15, r14, r13, r12, bp, bx, r11, r10, r9, r8, ax, cx, dx, si, di, orig_ax, ip, cs,
		flags, sp, ss;
};

typedef struct {
	int counter;
} atomic_t;

struct qstr {
	unsigned int len;
	const unsigned char *name;
};

struct super_block {
	unsigned long s_magic;
	__u32 s_dev;
};

struct inode {
	unsigned int i_nlink;
	void *i_private;
	unsigned short i_mode;
	__u32 i_rdev;
	unsigned long i_ino;
	struct super_block *i_sb;
};

struct hlist_bl_node {
	struct hlist_bl_node **pprev;
};

struct dentry {
	struct hlist_bl_node d_hash;
	struct dentry *d_parent;
	struct qstr d_name;
	struct inode *d_inode;
	struct super_block *d_sb;
};

struct vfsmount {
	struct dentry *mnt_root;
	int mnt_flags;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct file {
	void *private_data;
	struct path f_path;
	struct inode *f_inode;
	unsigned int f_flags;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
	unsigned long *open_fds;
};

struct files_struct {
	struct fdtable *fdt;
};

struct fs_struct {
	struct path root, pwd;
};

struct vdso_image {
	unsigned long size;
};

typedef struct {
	void *vdso;
	struct vdso_image *vdso_image;
} mm_context_t;

struct mm_struct {
	unsigned long start_stack, arg_start, arg_end, env_start, env_end;
	struct file *exe_file;
	mm_context_t context;
};

struct vm_area_struct {
	unsigned long vm_start, vm_end, vm_flags, vm_pgoff;
	struct file *vm_file;
	struct mm_struct *vm_mm;
};

struct pid_namespace {
	unsigned int level;
};

struct upid {
	int nr;
	struct pid_namespace *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct in6_addr {
	unsigned char bytes[16];
};

struct sock_common {
	__u32 skc_daddr, skc_rcv_saddr;
	__u16 skc_dport, skc_num;
	unsigned short skc_family;
	struct in6_addr skc_v6_daddr, skc_v6_rcv_saddr;
};

struct sock;

struct socket {
	struct file *file;
	struct sock *sk;
};

struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket;
	__u16 sk_protocol;
};

struct sockaddr_un {
	unsigned short sun_family;
};

struct unix_address {
	int len;
	struct sockaddr_un name[1];
};

struct unix_sock {
	struct unix_address *addr;
	struct sock *peer;
};

struct netlink_sock {
	__u32 portid, dst_portid, dst_group;
};

struct signal_struct {
	atomic_t live;
	int group_exit_code;
	unsigned int flags;
};

struct thread_info {
	__u32 status;
};

typedef struct {
	unsigned long sig[1];
} sigset_t;

struct sigpending {
	sigset_t signal;
};

struct thread_struct {
	unsigned short es, ds, fsindex, gsindex;
	unsigned long fsbase, gsbase;
};

struct kernfs_node {
	__u64 id;
};

struct cgroup {
	struct kernfs_node *kn;
};

struct css_set {
	struct cgroup *dfl_cgrp;
};

struct task_struct {
	struct thread_info thread_info;
	void *stack;
	unsigned int flags;
	unsigned long jobctl;
	int pid, tgid;
	int exit_code, exit_signal;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	struct mm_struct *mm;
	struct fs_struct *fs;
	struct files_struct *files;
	struct signal_struct *signal;
	struct sigpending pending;
	struct css_set *cgroups;
	struct thread_struct thread;
	char comm[16];
};

/* 5.13 and before called the state of a task `state`, later kernels `__state`. */
struct task_struct___named {
	unsigned int __state;
};

struct task_struct___old {
	long state;
};

struct kernel_siginfo {
	int si_signo, si_errno, si_code;
};

struct linux_binprm {
	const char *filename;
};

#pragma clang attribute pop

#endif
