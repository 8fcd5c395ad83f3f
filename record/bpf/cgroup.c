/* SPDX-License-Identifier: MIT */
/*
 * A cgroup's number is its folder's inode; how deep it lies is how many names its path has below the
 * place where the file system is mounted. cgroups(7).
 */
#include "record/bpf/bpf.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#define CGROUP2_MAGIC 0x63677270

/* Where the cgroup2 file system is mounted: mount point is the fifth field of a line, the type comes
 * behind " - ". proc(5). */
static bool find_mount(char *out, size_t cap)
{
	char line[2 * PATH_MAX], point[PATH_MAX];
	FILE *f = fopen("/proc/self/mountinfo", "re");
	bool found = false;
	while (f && !found && fgets(line, sizeof(line), f)) {
		const char *type = strstr(line, " - ");
		found = type && strncmp(type, " - cgroup2 ", 11) == 0 &&
			sscanf(line, "%*s %*s %*s %*s %4095s", point) == 1;
	}
	if (f)
		fclose(f);
	if (found)
		snprintf(out, cap, "%s", point);
	return found;
}

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
	char mount[PATH_MAX], full[2 * PATH_MAX], real[PATH_MAX];
	struct stat st;
	if (!find_mount(mount, sizeof(mount)))
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
	char text[8192], mount[PATH_MAX], path[3 * PATH_MAX];
	struct stat st;
	if (rn_proc_text(pid, "cgroup", text, sizeof(text)) < 0 || !find_mount(mount, sizeof(mount)))
		return false;
	char *own = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
	if (!own)
		return false;
	own = strchr(own, '/');
	if (!own)
		return false;
	own[strcspn(own, "\n")] = '\0';
	snprintf(path, sizeof(path), "%s%s", mount, own);
	/* Up from its own cgroup to the one that is looked for. */
	for (size_t len = strlen(path), least = strlen(mount); len > least;) {
		if (stat(path, &st) == 0 && st.st_ino == s->cgroup_id)
			return true;
		while (len > least && path[len - 1] != '/')
			len--;
		path[len > least ? --len : len] = '\0';
	}
	return false;
}
