/* SPDX-License-Identifier: MIT */
/**
 * fd - descriptors and working directories over time.
 *
 * Internal to the process model (model.h). Threads share what their process has but for those that were born
 * with a copy (clone without CLONE_FILES, CLONE_FS) or made one (unshare, close_range); processes may share,
 * too. Times in ns of the trace; strings belong to the table handed to rn_fds_new.
 */
#ifndef RN_ANALYZE_MODEL_FD_H
#define RN_ANALYZE_MODEL_FD_H

#include "analyze/model/model.h"
#include "shared/intern.h"

struct rn_fds;

struct rn_fds *rn_fds_new(struct rn_intern *strings); /* borrows; NULL: no memory */
void rn_fds_free(struct rn_fds *f);

/* Whose they are: a thread, and the first one of its process. */
struct rn_fds_of {
	uint32_t utid, process;
};

/* 0 or RN_E_NOMEM each. */
/** A process or a thread begins with a copy of what `parent` (utid 0: nobody) has, or together with it, by the
 *  clone flags; a thread whose flags nobody knows with its process. */
int rn_fds_born(struct rn_fds *f, struct rn_fds_of of, struct rn_fds_of parent, uint64_t clone_flags, uint64_t at_ns);
int rn_fds_apart(struct rn_fds *f, struct rn_fds_of of, const struct rn_event *apart_event);
int rn_fds_exec(struct rn_fds *f, struct rn_fds_of of, uint64_t at_ns);
int rn_fds_open(struct rn_fds *f, struct rn_fds_of of, const struct rn_event *fd_event);
int rn_fds_close(struct rn_fds *f, struct rn_fds_of of, const struct rn_event *close_event);
int rn_fds_cwd(struct rn_fds *f, struct rn_fds_of of, const struct rn_event *cwd_event);

bool rn_fds_get(const struct rn_fds *f, struct rn_fds_of of, int64_t fd, uint64_t at_ns, struct rn_fd_facts *out);
bool rn_fds_made(const struct rn_fds *f, struct rn_fds_of of, int64_t fd, uint64_t at_ns, uint64_t dur_ns,
	struct rn_fd_facts *out);
bool rn_fds_get_cwd(const struct rn_fds *f, struct rn_fds_of of, uint64_t at_ns, struct rn_bytes *out);

/** A number for the table that a thread uses: the same for all that share it, and over an exec of who is alone. */
uint64_t rn_fds_table(const struct rn_fds *f, struct rn_fds_of of, uint64_t at_ns);
/** Who used which table until when (UINT64_MAX: to its own end): a process by its first thread, or a thread
 *  that was apart. */
void rn_fds_each_use(const struct rn_fds *f, void (*each)(void *arg, uint64_t table, uint32_t utid, uint64_t until_ns),
	void *arg);

#endif
