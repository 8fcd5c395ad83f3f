/* SPDX-License-Identifier: MIT */
#include "record/launch/identity.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

int rn_identity_find(struct rn_identity *id, const char *user, struct rn_error *err)
{
	if (geteuid() != 0)
		return rn_fail(err, RN_E_PERM, "option -u: only root may run a command as '%s'", user);
	const struct passwd *pw = getpwnam(user);
	if (!pw)
		return rn_fail(err, RN_E_NOT_FOUND, "option -u: there is no user '%s'", user);
	id->uid = pw->pw_uid;
	id->gid = pw->pw_gid;
	id->n_groups = (int)(sizeof(id->groups) / sizeof(id->groups[0]));
	if (getgrouplist(user, pw->pw_gid, id->groups, &id->n_groups) < 0)
		return rn_fail(err, RN_E_LIMIT, "option -u: '%s' is in too many groups", user);
	return 0;
}

int rn_identity_assume(const struct rn_identity *id)
{
	if (setgroups((size_t)id->n_groups, id->groups) < 0)
		return -1;
	if (setresgid(id->gid, id->gid, id->gid) < 0)
		return -1;
	return setresuid(id->uid, id->uid, id->uid);
}
