/* SPDX-License-Identifier: MIT */
/**
 * identity - the user a command is run as (-u).
 */
#ifndef RN_RECORD_LAUNCH_IDENTITY_H
#define RN_RECORD_LAUNCH_IDENTITY_H

#include "shared/error.h"

#include <sys/types.h>

struct rn_identity {
	uid_t uid;
	gid_t gid;
	gid_t groups[256];
	int n_groups;
};

/** Looks the user up by name. RN_E_NOT_FOUND, RN_E_PERM (we may not become another). */
int rn_identity_find(struct rn_identity *id, const char *user, struct rn_error *err);
/** Becomes that user, for good; safe between fork and execve. 0, or -1 with errno. */
int rn_identity_assume(const struct rn_identity *id);

#endif
