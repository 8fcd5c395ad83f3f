/* SPDX-License-Identifier: MIT */
/**
 * procfs - what /proc tells about a tracee; parsed with bounds, no allocation but where said.
 *
 * Every answer may fail at any time: the tracee may be gone, or may have become
 * someone else's (setuid). Functions return RN_E_GONE or RN_E_PERM then and the
 * caller goes on without. Source: proc(5).
 */
#ifndef RN_RECORD_TRACEE_PROCFS_H
#define RN_RECORD_TRACEE_PROCFS_H

#include "shared/bytes.h"
#include "shared/error.h"

#include <stdbool.h>
#include <sys/types.h>

/* Room for "/proc/PID/task/TID/map_files/..", the longest path made here. */
#define RN_PROC_PATH 96

struct rn_proc_status {
	pid_t tgid, ppid, tracer;
	pid_t ns_tid, ns_tgid; /* in the innermost pid namespace of the process */
	char state;            /* 'R', 'S', 'T', 'Z', .. */
	bool is_kernel;        /* a thread of the kernel: it has no memory of its own */
	char comm[64];         /* without escapes */
};

/** Of a thread or process. */
int rn_proc_status(struct rn_proc_status *out, pid_t tid);

/** readlink of /proc/TID/WHAT into buf[cap] with a NUL; its length or a negative error. */
ssize_t rn_proc_link(pid_t tid, const char *what, char *buf, size_t cap);

/** A small file /proc/TID/WHAT into buf[cap] with a NUL; its length, cut at cap - 1, or negative. */
ssize_t rn_proc_text(pid_t tid, const char *what, char *buf, size_t cap);

struct rn_proc_map {
	uint64_t low, high, offset;
	unsigned prot;             /* PROT_READ 1, PROT_WRITE 2, PROT_EXEC 4 */
	bool shared;
	uint64_t dev, ino;         /* dev as makedev() has it */
	struct rn_bytes path;      /* as written there; borrowed during the call */
};

/** Calls each for every mapping in order of address until it returns false. */
int rn_proc_maps(pid_t pid, bool (*each)(void *arg, const struct rn_proc_map *m), void *arg);
/** Parses one line of maps without its newline; false when it is none. */
bool rn_proc_map_parse(struct rn_proc_map *m, struct rn_bytes line);

/** Calls each for every process there is. */
int rn_proc_processes(void (*each)(void *arg, long pid), void *arg);
/** Calls each for every number that names an entry of /proc/TID/WHAT ("fd", "task"). */
int rn_proc_numbers(pid_t tid, const char *what, void (*each)(void *arg, long number), void *arg);

#endif
