/* SPDX-License-Identifier: MIT */
/**
 * limits - what the kernel itself holds a process to: memory, and a share of the CPU where a control
 * group may be made.
 *
 * Memory is RLIMIT_AS (setrlimit(2)): each process, and whatever it forks, is refused more address
 * space. The CPU's share is cpu.max of a control group of our own (cgroup v2), below the one we are
 * in or beside it; where none may be made there the backend has to share the CPU out itself.
 */
#ifndef RN_RECORD_CHAOS_LIMITS_H
#define RN_RECORD_CHAOS_LIMITS_H

#include "shared/error.h"

#include <stdbool.h>
#include <sys/types.h>

/** Of a process that waits, or runs. 0, RN_E_PERM, RN_E_GONE. */
int rn_limit_memory(pid_t pid, uint64_t bytes, struct rn_error *err);

#define RN_CPU_GROUP_PATH 3900
struct rn_cpu_group {
	char path[4096]; /* empty: there is none */
};
/** Makes the group and moves the process into it. RN_E_UNSUPPORTED with the reason when the CPU
 *  controller is not ours to use. */
int rn_cpu_group_make(struct rn_cpu_group *g, pid_t pid, double share, struct rn_error *err);
/** The same where the folder of our own group is known. */
int rn_cpu_group_make_at(struct rn_cpu_group *g, const char *own, pid_t pid, double share, struct rn_error *err);
/** Removes it; what is left in it (processes that run on) keeps it, without its limit. */
void rn_cpu_group_remove(struct rn_cpu_group *g);

/** The folder of our own group by the texts of /proc/self/cgroup and /proc/self/mountinfo; false: there is no
 *  version 2. */
bool rn_cpu_group_own(const char *cgroup, const char *mountinfo, char *path, size_t cap);

#endif
