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

/* "36 35 0:31 / /sys/fs/cgroup rw .. - cgroup2 cgroup2 rw": what is mounted, and where. Hybrid machines have version 2
 * beside the controllers of version 1, with none of its own. */
static bool mounted_at(const char *line, char root[4096], char at[4096])
{
	const char *type = strstr(line, " - ");
	return type && strncmp(type + 3, "cgroup2 ", 8) == 0 &&
		sscanf(line, "%*s %*s %*s %4095s %4095s", root, at) == 2;
}

bool rn_cpu_group_own(const char *cgroup, const char *mountinfo, char *path, size_t cap)
{
	char root[4096], at[4096];
	const char *own = strncmp(cgroup, "0::/", 4) == 0 ? cgroup : strstr(cgroup, "\n0::/");
	own = own ? strchr(own, '/') : NULL;
	size_t own_len = own ? strcspn(own, "\n") : 0;
	for (const char *line = mountinfo; own && *line; line += strcspn(line, "\n"), line += *line == '\n') {
		char one[12288];
		size_t len = strcspn(line, "\n");
		snprintf(one, sizeof(one), "%.*s", (int)(len < sizeof(one) ? len : sizeof(one) - 1), line);
		if (!mounted_at(one, root, at))
			continue;
		/* In a container another group than the first may be mounted as the first. */
		size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
		if (n && (strncmp(own, root, n) != 0 || (own[n] != '/' && n != own_len)))
			n = 0;
		int rest = (int)(own_len - n);
		int put = snprintf(path, cap, "%s%.*s", at, rest == 1 ? 0 : rest, own + n);
		return put > 0 && (size_t)put < cap;
	}
	return false;
}

static bool read_text(const char *path, char *text, size_t cap)
{
	FILE *f = fopen(path, "re");
	size_t n = f ? fread(text, 1, cap - 1, f) : 0;
	text[n] = '\0';
	if (f)
		fclose(f);
	return n;
}

static bool own_group(char *path, size_t cap)
{
	char cgroup[4096], mounts[65536];
	return read_text("/proc/self/cgroup", cgroup, sizeof(cgroup)) &&
		read_text("/proc/self/mountinfo", mounts, sizeof(mounts)) &&
		rn_cpu_group_own(cgroup, mounts, path, cap);
}

static bool hands_cpu_on(const char *group)
{
	char path[4200], text[256];
	snprintf(path, sizeof(path), "%s/cgroup.subtree_control", group);
	if (!read_text(path, text, sizeof(text)))
		return false;
	for (char *word = strtok(text, " \n"); word; word = strtok(NULL, " \n"))
		if (strcmp(word, "cpu") == 0)
			return true;
	return false;
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

/* A group in `group` with the process in it. 0, -1 when none can be made, -2, with errno, when it does not take it. */
static int make_filled(struct rn_cpu_group *g, const char *group, pid_t pid, double share)
{
	snprintf(g->path, sizeof(g->path), "%s/renacer-%d", group, (int)getpid());
	int r = mkdir(g->path, 0755) < 0 ? -1 : fill_group(g, pid, share) ? 0
									  : -2;
	int errnum = errno;
	if (r == -2)
		rn_cpu_group_remove(g);
	if (r < 0)
		g->path[0] = '\0';
	errno = errnum;
	return r;
}

/* Below our own group, which may be told to hand the CPU on. It agrees even where it has processes, as the controller is one
 * for threads, but groups in it then take none: cgroups(7), "Creating a threaded subtree". So it is told to stop again. */
static int make_below(struct rn_cpu_group *g, const char *own, pid_t pid, double share)
{
	bool hands = hands_cpu_on(own);
	if (!hands && !write_file(own, "cgroup.subtree_control", "+cpu"))
		return -1;
	int r = make_filled(g, own, pid, share);
	int errnum = errno;
	if (r < 0 && !hands)
		write_file(own, "cgroup.subtree_control", "-cpu");
	errno = errnum;
	return r;
}

int rn_cpu_group_make(struct rn_cpu_group *g, pid_t pid, double share, struct rn_error *err)
{
	char own[RN_CPU_GROUP_PATH];
	g->path[0] = '\0';
	if (!own_group(own, sizeof(own)))
		return rn_fail(err, RN_E_UNSUPPORTED, "there is no control group of version 2");
	return rn_cpu_group_make_at(g, own, pid, share, err);
}

int rn_cpu_group_make_at(struct rn_cpu_group *g, const char *own, pid_t pid, double share, struct rn_error *err)
{
	char probe[RN_CPU_GROUP_PATH + 16], beside[RN_CPU_GROUP_PATH];
	g->path[0] = '\0';
	snprintf(probe, sizeof(probe), "%s/cgroup.procs", own);
	int r = access(probe, F_OK) < 0 ? -1 : make_below(g, own, pid, share);
	snprintf(beside, sizeof(beside), "%s", own);
	char *last = strrchr(beside, '/');
	if (r < 0 && last && last != beside) {
		*last = '\0'; /* others are left as they are: it hands the CPU on or not */
		snprintf(probe, sizeof(probe), "%s/cgroup.procs", beside);
		int other = access(probe, F_OK) < 0 || !hands_cpu_on(beside) ? -1 : make_filled(g, beside, pid, share);
		r = other == 0 || other == -2 ? other : r;
	}
	if (r == 0)
		return 0;
	if (r == -1)
		return rn_fail(err, RN_E_UNSUPPORTED, "no control group with the CPU controller can be made here");
	return rn_fail_errno(err, RN_E_UNSUPPORTED, errno, "the control group takes no share of the CPU");
}

void rn_cpu_group_remove(struct rn_cpu_group *g)
{
	if (g->path[0] && rmdir(g->path) < 0)
		write_file(g->path, "cpu.max", "max");
	g->path[0] = '\0';
}
