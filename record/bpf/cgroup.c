/* SPDX-License-Identifier: MIT */
/*
 * A cgroup's number is its folder's inode; how deep it lies is how many names its path has below the
 * place where the file system is mounted. cgroups(7).
 */
#include "record/bpf/bpf.h"

#include "record/cgroup.h"

#include <errno.h>
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

static uint32_t count_names(const char *path)
{
	uint32_t n = 0;
	while (*path) {
		path += strspn(path, "/");
		n += *path != '\0';
		path += strcspn(path, "/");
	}
	return n;
}

int rn_bpf_cgroup_find(struct rn_bpf_settings *s, const char *path, struct rn_error *err)
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
	size_t len = strlen(mount);
	s->cgroup_level = strncmp(real, mount, len) == 0 ? count_names(real + len) : 0;
	s->cgroup_id = st.st_ino;
	if (!s->cgroup_level)
		s->whole_machine = 1; /* the root holds all there are */
	return 0;
}

bool rn_bpf_cgroup_has(const struct rn_bpf_settings *s, pid_t pid)
{
	char path[2 * PATH_MAX];
	struct stat st;
	if (!rn_cgroup_path_of(pid, path, sizeof(path)))
		return false;
	/* Up from its own cgroup to the one that is looked for. */
	for (size_t len = strlen(path), least = strlen(rn_cgroup_mount()); len > least;) {
		if (stat(path, &st) == 0 && st.st_ino == s->cgroup_id)
			return true;
		while (len > least && path[len - 1] != '/')
			len--;
		path[len > least ? --len : len] = '\0';
	}
	return false;
}
