/* SPDX-License-Identifier: MIT */
#include "record/cgroup.h"

#include "record/tracee/procfs.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

/* The mount point is the fifth field of a line, the type comes behind " - ". proc(5). */
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

const char *rn_cgroup_mount(void)
{
	static enum { UNKNOWN, MOUNTED, NOWHERE } state;
	static char mount[PATH_MAX];
	if (state == UNKNOWN)
		state = find_mount(mount, sizeof(mount)) ? MOUNTED : NOWHERE;
	return state == MOUNTED ? mount : NULL;
}

bool rn_cgroup_path_of(pid_t tid, char *out, size_t cap)
{
	char text[8192];
	const char *mount = rn_cgroup_mount();
	if (!mount || rn_proc_text(tid, "cgroup", text, sizeof(text)) < 0)
		return false;
	char *own = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
	own = own ? strchr(own, '/') : NULL;
	if (!own)
		return false;
	own[strcspn(own, "\n")] = '\0';
	return snprintf(out, cap, "%s%s", mount, own) < (int)cap;
}

uint64_t rn_cgroup_of(pid_t tid)
{
	char path[2 * PATH_MAX];
	struct stat s;
	return rn_cgroup_path_of(tid, path, sizeof(path)) && stat(path, &s) == 0 ? s.st_ino : 0;
}
