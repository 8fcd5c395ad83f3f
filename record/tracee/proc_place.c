/* SPDX-License-Identifier: MIT */
#include "record/tracee/proc_place.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#define CACHE 256

/* `level`: how many namespaces lie between that of /proc and ours. */
static struct {
	bool known;
	unsigned level;
	pid_t self;
	char ns[64];
} place;

static struct {
	pid_t tid, number;
} cache[CACHE];

static const char *value_of(const char *text, const char *key)
{
	const char *p = strstr(text, key);
	return p ? p + strlen(key) + strspn(p + strlen(key), " \t") : "";
}

/* The entry at `level`, and how many there are. */
static pid_t entry(const char *p, unsigned level, unsigned *count)
{
	pid_t v = 0;
	*count = 0;
	while (*p >= '0' && *p <= '9') {
		char *end;
		long n = strtol(p, &end, 10);
		if ((*count)++ == level)
			v = (pid_t)n;
		p = end + strspn(end, " \t");
	}
	return v;
}

static bool read_status(const char *path, char *text, size_t cap)
{
	FILE *f = fopen(path, "re");
	size_t len = f ? fread(text, 1, cap - 1, f) : 0;
	if (f)
		fclose(f);
	text[len] = '\0';
	return len > 0;
}

static void read_ns(const char *path, char *buf, size_t cap)
{
	ssize_t n = readlink(path, buf, cap - 1);
	buf[n > 0 ? n : 0] = '\0';
}

static void learn(void)
{
	char text[4096];
	unsigned count = 0;
	if (place.known)
		return;
	place.known = true;
	if (!read_status("/proc/self/status", text, sizeof(text)))
		return;
	entry(value_of(text, "\nNSpid:"), 0, &count);
	place.level = count ? count - 1 : 0;
	place.self = (pid_t)strtol(value_of(text, "\nPid:"), NULL, 10);
	read_ns("/proc/self/ns/pid", place.ns, sizeof(place.ns));
}

/* Whether the namespace that lies `up` above that of the process is ours: ioctl_ns(2). */
static bool is_below_ours(const char *dir, unsigned up)
{
	char path[64], ns[64] = "";
	struct stat s;
	snprintf(path, sizeof(path), "/proc/%s/ns/pid", dir);
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	for (; fd >= 0 && up; up--) {
		int parent = ioctl(fd, NS_GET_PARENT);
		close(fd);
		fd = parent;
	}
	if (fd < 0)
		return false;
	if (fstat(fd, &s) == 0)
		snprintf(ns, sizeof(ns), "pid:[%llu]", (unsigned long long)s.st_ino);
	close(fd);
	return strcmp(ns, place.ns) == 0;
}

/* Ours are those that we trace, and those of our own namespace and of the ones below it; a number alone
 * proves nothing, as other namespaces of the same depth have the same ones. Returns what we call it, or 0. */
static pid_t ours(const char *dir)
{
	char path[64], text[4096];
	unsigned count;
	snprintf(path, sizeof(path), "/proc/%s/status", dir);
	if (!read_status(path, text, sizeof(text)))
		return 0;
	pid_t v = entry(value_of(text, "\nNSpid:"), place.level, &count);
	if (!v || strtol(value_of(text, "\nTracerPid:"), NULL, 10) == place.self)
		return v;
	return *place.ns && is_below_ours(dir, count - place.level - 1) ? v : 0;
}

static pid_t search_threads(const char *process, pid_t tid)
{
	char path[64], dir[64];
	pid_t found = 0;
	snprintf(path, sizeof(path), "/proc/%.16s/task", process);
	DIR *d = opendir(path);
	for (struct dirent *e; d && !found && (e = readdir(d));) {
		if (*e->d_name < '0' || *e->d_name > '9')
			continue;
		snprintf(dir, sizeof(dir), "%.16s", e->d_name);
		if (ours(dir) == tid)
			found = (pid_t)strtol(e->d_name, NULL, 10);
	}
	if (d)
		closedir(d);
	return found;
}

static pid_t search(pid_t tid)
{
	pid_t found = 0;
	DIR *d = opendir("/proc");
	for (struct dirent *e; d && !found && (e = readdir(d));) {
		char dir[20];
		if (*e->d_name < '0' || *e->d_name > '9')
			continue;
		snprintf(dir, sizeof(dir), "%.16s", e->d_name);
		pid_t leader = ours(dir);
		if (leader == tid)
			found = (pid_t)strtol(dir, NULL, 10);
		else if (leader)
			found = search_threads(dir, tid);
	}
	if (d)
		closedir(d);
	return found;
}

static bool is_there(pid_t number)
{
	char path[32];
	snprintf(path, sizeof(path), "/proc/%d", number);
	return access(path, F_OK) == 0;
}

pid_t rn_proc_number(pid_t tid)
{
	learn();
	if (!place.level || tid <= 0)
		return tid;
	unsigned i = (unsigned)tid % CACHE;
	if (cache[i].tid != tid || !is_there(cache[i].number)) {
		cache[i].number = search(tid);
		cache[i].tid = cache[i].number ? tid : 0;
	}
	return cache[i].number;
}

pid_t rn_proc_our_number(pid_t number)
{
	char dir[20];
	learn();
	if (!place.level || number <= 0)
		return number;
	snprintf(dir, sizeof(dir), "%d", number);
	return ours(dir);
}

pid_t rn_proc_ours_of(const char *numbers)
{
	unsigned count;
	learn();
	return entry(numbers, place.level, &count);
}
