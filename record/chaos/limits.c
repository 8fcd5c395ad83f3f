/* SPDX-License-Identifier: MIT */
#include "record/chaos/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define PERIOD_US 100000

int rn_limit_memory(pid_t pid, uint64_t bytes, struct rn_error *err)
{
	struct rlimit limit = { bytes, bytes };
	if (prlimit(pid, RLIMIT_AS, &limit, NULL) == 0)
		return 0;
	return rn_fail_errno(err, rn_error_of_errno(errno), errno,
		"cannot limit the memory of process %d", (int)pid);
}

static bool write_file(const char *folder, const char *name, const char *text)
{
	char path[4200];
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool ok = write(fd, text, strlen(text)) == (ssize_t)strlen(text);
	int errnum = errno;
	close(fd);
	errno = errnum;
	return ok;
}

/* The folder of our own control group: the line of the unified hierarchy is "0::/PATH". */
static bool own_group(char *path, size_t cap)
{
	char line[4096];
	bool found = false;
	FILE *f = fopen("/proc/self/cgroup", "re");
	while (f && !found && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "0::/", 4) == 0) {
			int n = snprintf(path, cap, "/sys/fs/cgroup%s", line + 3);
			found = n > 0 && (size_t)n < cap;
		}
	}
	if (f)
		fclose(f);
	return found;
}

static bool fill_group(const struct rn_cpu_group *g, pid_t pid, double share)
{
	char text[64];
	snprintf(text, sizeof(text), "%ld %d", (long)(share * PERIOD_US), PERIOD_US);
	if (!write_file(g->path, "cpu.max", text))
		return false;
	snprintf(text, sizeof(text), "%d", (int)pid);
	return write_file(g->path, "cgroup.procs", text);
}

int rn_cpu_group_make(struct rn_cpu_group *g, pid_t pid, double share, struct rn_error *err)
{
	char own[3900];
	g->path[0] = '\0';
	if (!own_group(own, sizeof(own)))
		return rn_fail(err, RN_E_UNSUPPORTED, "there is no control group of version 2");
	snprintf(g->path, sizeof(g->path), "%s/renacer-%d", own, (int)getpid());
	if (mkdir(g->path, 0755) < 0) {
		g->path[0] = '\0';
		return rn_fail_errno(err, RN_E_UNSUPPORTED, errno, "no control group can be made");
	}
	if (fill_group(g, pid, share))
		return 0;
	int errnum = errno;
	rn_cpu_group_remove(g);
	return rn_fail_errno(err, RN_E_UNSUPPORTED, errnum, "the control group has no cpu.max");
}

void rn_cpu_group_remove(struct rn_cpu_group *g)
{
	if (g->path[0] && rmdir(g->path) < 0)
		write_file(g->path, "cpu.max", "max");
	g->path[0] = '\0';
}
