/* SPDX-License-Identifier: MIT */
/* state - prints what a process can see of how it was started. */
#include "subject.h"

#include <dirent.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static void print_descriptors(FILE *out)
{
	for (int fd = 0; fd < 1024; fd++) {
		char name[64], target[256];
		int flags = fcntl(fd, F_GETFD);
		if (flags < 0 || fd == fileno(out))
			continue;
		snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
		ssize_t n = readlink(name, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = '\0';
		if (strchr(target, '['))
			*strchr(target, '[') = '\0'; /* the number of a pipe differs each time */
		fprintf(out, "fd %d: %s flags %d mode %d\n", fd, target, flags, fcntl(fd, F_GETFL));
	}
}

/* Lines of /proc/self/status; not TracerPid, which cannot be hidden. */
static void print_status(FILE *out)
{
	static const char *const wanted[] = { "Name:", "Umask:", "Uid:", "Gid:", "Groups:", "SigQ:",
		"SigPnd:", "ShdPnd:", "SigBlk:", "SigIgn:", "SigCgt:", "CapInh:", "CapPrm:", "CapEff:",
		"CapBnd:", "CapAmb:", "NoNewPrivs:", "Seccomp:", "Cpus_allowed:", "Threads:", NULL };
	char line[512];
	FILE *f = fopen("/proc/self/status", "re");
	must(f);
	while (fgets(line, sizeof(line), f))
		for (const char *const *w = wanted; *w; w++)
			if (strncmp(line, *w, strlen(*w)) == 0 && strcmp(*w, "SigQ:") != 0)
				fputs(line, out);
	fclose(f);
}

static void print_limits(FILE *out)
{
	for (int i = 0; i < RLIM_NLIMITS; i++) {
		struct rlimit l;
		must(getrlimit(i, &l) == 0);
		fprintf(out, "limit %d: %llu %llu\n", i, (unsigned long long)l.rlim_cur,
			(unsigned long long)l.rlim_max);
	}
}

int main(int argc, char **argv)
{
	char cwd[4096];
	FILE *out = fopen(argv[1], "we");
	must(argc == 2 && out);
	print_descriptors(out);
	print_status(out);
	print_limits(out);
	must(getcwd(cwd, sizeof(cwd)));
	fprintf(out, "cwd %s\nnice %d\npolicy %d\ndumpable %d\nslack %d\ndeath signal\n", cwd,
		getpriority(PRIO_PROCESS, 0), sched_getscheduler(0), prctl(PR_GET_DUMPABLE),
		prctl(PR_GET_TIMERSLACK));
	for (char **e = environ; *e; e++)
		fprintf(out, "env %s\n", *e);
	return fclose(out) ? 1 : 0;
}
