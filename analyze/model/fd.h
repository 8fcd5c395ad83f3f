/* SPDX-License-Identifier: MIT */
/**
 * fd - descriptors and working directories of processes over time.
 *
 * Internal to the process model (model.h). Processes go by their leader's utid.
 * Times in ns of the trace; strings belong to the table handed to rn_fds_new.
 */
#ifndef RN_ANALYZE_MODEL_FD_H
#define RN_ANALYZE_MODEL_FD_H

#include "analyze/model/model.h"
#include "shared/intern.h"

struct rn_fds;

struct rn_fds *rn_fds_new(struct rn_intern *strings); /* borrows; NULL: no memory */
void rn_fds_free(struct rn_fds *f);

/* 0 or RN_E_NOMEM each. */
/** A process begins with what `parent` (0: nobody) has, or together with it, by the clone flags. */
int rn_fds_born(struct rn_fds *f, uint32_t process, uint32_t parent, uint64_t clone_flags,
	uint64_t at_ns);
int rn_fds_exec(struct rn_fds *f, uint32_t process, uint64_t at_ns);
int rn_fds_open(struct rn_fds *f, uint32_t process, const struct rn_event *fd_event);
int rn_fds_close(struct rn_fds *f, uint32_t process, const struct rn_event *close_event);
int rn_fds_cwd(struct rn_fds *f, uint32_t process, const struct rn_event *cwd_event);

bool rn_fds_get(const struct rn_fds *f, uint32_t process, int64_t fd, uint64_t at_ns,
	struct rn_fd_facts *out);
bool rn_fds_made(const struct rn_fds *f, uint32_t process, int64_t fd, uint64_t at_ns,
	uint64_t dur_ns, struct rn_fd_facts *out);
bool rn_fds_get_cwd(const struct rn_fds *f, uint32_t process, uint64_t at_ns, struct rn_bytes *out);

#endif
