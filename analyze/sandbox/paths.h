/* SPDX-License-Identifier: MIT */
/**
 * paths - which files a sandboxed process may have written, made, renamed and removed.
 *
 * Folders are compared by their real names, so that neither `..` nor a link leads elsewhere.
 */
#ifndef RN_ANALYZE_SANDBOX_PATHS_H
#define RN_ANALYZE_SANDBOX_PATHS_H

#include "analyze/sandbox/sandbox.h"

/* How a path is allowed. */
enum rn_sandbox_leave {
	RN_LEAVE_NONE,
	RN_LEAVE_NAMED,     /* the user named it: a link at its end is followed */
	RN_LEAVE_BESIDE,    /* begins as one that was named, or lies below a tree: no link is followed */
	RN_LEAVE_TEMPORARY, /* a new file that loses its name at once */
	RN_LEAVE_ABOVE,     /* a folder on the way to a tree: may be made */
};

struct rn_sandbox_paths {
	char **named, **trees, **temporary; /* real paths, NULL ends */
};

/** Takes the rules' paths as they are now. RN_E_NOMEM. */
int rn_sandbox_paths_init(struct rn_sandbox_paths *p, const struct rn_sandbox_rules *rules, struct rn_error *err);
void rn_sandbox_paths_fini(struct rn_sandbox_paths *p);

/** path: as the process said it, absolute or from the common working directory. */
enum rn_sandbox_leave rn_sandbox_paths_judge(const struct rn_sandbox_paths *p, const char *path);
/** Whether it is a folder for temporary files. */
bool rn_sandbox_paths_temporary(const struct rn_sandbox_paths *p, const char *folder);

#endif
