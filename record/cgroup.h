/* SPDX-License-Identifier: MIT */
/**
 * cgroup - control groups of version 2: where they are mounted, which one a task is in.
 *
 * A cgroup's number is the inode of its folder; the kernel calls the same number its id.
 * Source: cgroups(7).
 */
#ifndef RN_RECORD_CGROUP_H
#define RN_RECORD_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** Where the cgroup2 file system is mounted, looked up once; NULL: nowhere. For the whole run. */
const char *rn_cgroup_mount(void);
/** The folder of the cgroup a thread is in; false: not known. Looked up in /proc. */
bool rn_cgroup_path_of(pid_t tid, char *out, size_t cap);
/** The number of the cgroup a thread is in; 0: not known. */
uint64_t rn_cgroup_of(pid_t tid);

#endif
