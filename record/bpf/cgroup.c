/* SPDX-License-Identifier: MIT */
/*
 * A cgroup's number is its folder's inode. The kernel is told of it by its open folder: how deep it lies
 * below the root of all is not to be seen where another's is mounted, in a container. cgroups(7).
 */
#include "record/bpf/bpf.h"

#include "record/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define CGROUP2_MAGIC 0x63677270

static bool is_cgroup(const char *path, struct stat *s)
{
	struct statfs fs;
	return statfs(path, &fs) == 0 && fs.f_type == CGROUP2_MAGIC && stat(path, s) == 0 &&
		S_ISDIR(s->st_mode);
}

int rn_bpf_cgroup_open(struct rn_bpf_settings *s, const char *path, struct rn_error *err)
{
	char full[2 * PATH_MAX], real[PATH_MAX];
	const char *mount = rn_cgroup_mount();
	struct stat st;
	if (!mount)
		return rn_fail(err, RN_E_NOT_FOUND, "no cgroup2 file system is mounted");
	snprintf(full, sizeof(full), "%s", path);
	if (!is_cgroup(full, &st))
		snprintf(full, sizeof(full), "%s/%s", mount, path);
	if (!is_cgroup(full, &st) || !realpath(full, real))
		return rn_fail(err, RN_E_NOT_FOUND, "option --cgroup: there is no cgroup '%s' (of cgroup2, "
			"which is mounted on %s)", path, mount);
	int fd = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return rn_fail_errno(err, rn_error_of_errno(errno), errno, "option --cgroup: cannot open '%s'", real);
	s->cgroup = 1;
	s->cgroup_id = st.st_ino;
	return fd;
}

bool rn_bpf_cgroup_has(const struct rn_bpf_settings *s, pid_t pid)
{
	char path[2 * PATH_MAX];
	struct stat st;
	if (!rn_cgroup_path_of(pid, path, sizeof(path)))
		return false;
	/* Up from its own cgroup to the one that is looked for. */
	size_t len = strlen(path), least = strlen(rn_cgroup_mount());
	while (stat(path, &st) < 0 || st.st_ino != s->cgroup_id) {
		if (len <= least)
			return false;
		while (len > least && path[len - 1] != '/')
			len--;
		path[len > least ? --len : len] = '\0';
	}
	return true;
}
