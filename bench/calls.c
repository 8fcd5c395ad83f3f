/* SPDX-License-Identifier: MIT */
/*
 * calls KIND N - N system calls of a kind, and what one took: CPU time and wall time in nanoseconds,
 * on stderr. KIND: getppid, read, fstat, stat, access, open (openat and close, counted as two), mix
 * (all of these in turns). CPU time says what a tracer in the kernel adds even on a busy machine.
 * With a third argument, calls per second, it keeps that pace.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PATH "/usr/bin/env"
#define N_KINDS (sizeof(kinds) / sizeof(kinds[0]))

static int fd;
static char buf[64];
static struct stat st;

static int do_getppid(void)
{
	return syscall(SYS_getppid) < 0;
}

static int do_read(void)
{
	return read(fd, buf, sizeof(buf)) != (ssize_t)sizeof(buf);
}

static int do_fstat(void)
{
	return fstat(fd, &st);
}

static int do_stat(void)
{
	return stat(PATH, &st);
}

static int do_access(void)
{
	return access(PATH, R_OK);
}

static int do_open(void)
{
	int f = open(PATH, O_RDONLY | O_CLOEXEC);
	return f < 0 || close(f);
}

static const struct kind {
	const char *name;
	int (*make)(void);
	int calls;
} kinds[] = {
	{ "getppid", do_getppid, 1 }, { "read", do_read, 1 }, { "fstat", do_fstat, 1 },
	{ "stat", do_stat, 1 }, { "access", do_access, 1 }, { "open", do_open, 2 },
};

static double now_ns(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void keep_pace(double begin_ns, long done, double per_second)
{
	double ahead_ns = (double)done / per_second * 1e9 - (now_ns(CLOCK_MONOTONIC) - begin_ns);
	struct timespec t = { .tv_nsec = (long)ahead_ns };
	if (ahead_ns > 1e6 && ahead_ns < 1e9)
		nanosleep(&t, NULL);
}

/* Seven calls in a turn of the mix, one kind's own number otherwise. */
static long run(const struct kind *k, long n, double per_second)
{
	double begin_ns = now_ns(CLOCK_MONOTONIC);
	long done = 0;
	for (long turn = 0; done < n; turn++) {
		if (k && k->make())
			return -1;
		for (size_t i = 0; !k && i < N_KINDS; i++)
			if (kinds[i].make())
				return -1;
		done += k ? k->calls : 7;
		if (per_second > 0 && turn % 64 == 0)
			keep_pace(begin_ns, done, per_second);
	}
	return done;
}

int main(int argc, char **argv)
{
	const struct kind *k = NULL;
	long n = argc > 2 ? strtol(argv[2], NULL, 10) : 1000000;
	for (size_t i = 0; argc > 1 && i < N_KINDS; i++)
		if (strcmp(argv[1], kinds[i].name) == 0)
			k = &kinds[i];
	if (argc < 2 || (!k && strcmp(argv[1], "mix") != 0))
		return fprintf(stderr, "calls KIND N [PER-SECOND]\n"), 2;
	fd = open("/dev/zero", O_RDONLY);
	if (run(k, n / 50 + 1, 0) < 0) /* what is touched for the first time */
		return 1;
	double wall = now_ns(CLOCK_MONOTONIC), cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	long done = run(k, n, argc > 3 ? strtod(argv[3], NULL) : 0);
	if (done < 0)
		return 1;
	cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	wall = now_ns(CLOCK_MONOTONIC) - wall;
	fprintf(stderr, "%.1f %.1f\n", cpu / (double)done, wall / (double)done);
	return 0;
}
