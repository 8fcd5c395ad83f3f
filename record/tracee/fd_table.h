/* SPDX-License-Identifier: MIT */
/**
 * fd_table - which descriptors were told of and not closed since.
 *
 * Shared by threads, and by processes, as the kernel's tables are: clone(2) with and without CLONE_FILES,
 * unshare(2), close_range(2), execve(2). A process holds the one that threads use of which nothing else is known.
 * One owner thread. Where there is no memory for a copy the one before stays in use.
 */
#ifndef RN_RECORD_TRACEE_FD_TABLE_H
#define RN_RECORD_TRACEE_FD_TABLE_H

#include "record/tracee/tracee.h"

#define RN_TRACKED_FDS 1024

struct rn_fd_table {
	uint32_t n_users;
	bool stale; /* what is known may be out of date: somebody who uses it ran unseen */
	/* By number; above it nothing is remembered. */
	uint64_t open[RN_TRACKED_FDS / 64];
	uint64_t named[RN_TRACKED_FDS / 64]; /* of these the files that had a name when told of */
	uint64_t netlink[RN_TRACKED_FDS / 64]; /* those that are netlink sockets */
};

/** One user less; NULL is fine. */
void rn_fd_table_drop(struct rn_fd_table *table);

/** t has joined its process. It has what its process has, one that is made where there is none yet. */
void rn_fd_table_join(struct rn_tracee *t);
/** t was made by parent (NULL: nobody knows by whom), and has joined its process. */
void rn_fd_table_born(struct rn_tracee *t, const struct rn_tracee *parent, uint64_t clone_flags);
/** t has a copy of its own from here on, or (empty) one of which nothing is known. */
void rn_fd_table_apart(struct rn_tracee *t, bool empty);
/** t has executed a program: it is the process, and shares with nobody. */
void rn_fd_table_exec(struct rn_tracee *t);

#endif
