/* SPDX-License-Identifier: MIT */
/* children - every way to make a process. */
#include "subject.h"

#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

static int wait_status(pid_t pid)
{
	int status = -1;
	while (waitpid(pid, &status, __WALL) < 0 && errno == EINTR)
		;
	return status;
}

/* In waves of 16: never more than that are alive. */
static int forks(char **args)
{
	int n = number(args[0], 2000), bad = 0;
	for (int i = 0; i < n; i += 16) {
		for (int k = 0; k < 16 && i + k < n; k++) {
			pid_t pid = fork();
			must(pid >= 0);
			if (pid == 0)
				_exit(k);
		}
		int status;
		while (wait(&status) > 0)
			bad += !WIFEXITED(status);
	}
	printf("%d children, %d bad\n", n, bad);
	return bad != 0;
}

/* The parent of a child is gone before the child begins. */
static int orphans(char **args)
{
	int n = number(args[0], 200), bad = 0;
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();
		must(pid >= 0);
		if (pid == 0)
			_exit(!!fork());
		int status = wait_status(pid);
		/* 1 from the child; its own child exits with 0 unseen. */
		bad += !WIFEXITED(status) || WEXITSTATUS(status) != 1;
	}
	printf("%d orphans, %d bad\n", n, bad);
	return bad != 0;
}

static int vforks(char **args)
{
	static int n;
	n = number(args[0], 50);
	volatile int shared = 0, bad = 0;
	for (volatile int i = 0; i < n; i++) {
		pid_t pid = vfork();
		if (pid == 0) {
			shared++;
			_exit(3);
		}
		bad += WEXITSTATUS(wait_status(pid)) != 3;
	}
	for (int i = 0; i < n; i++) {
		pid_t pid;
		char *argv[] = { "true", NULL };
		must(posix_spawn(&pid, "/bin/true", NULL, NULL, argv, environ) == 0);
		bad += wait_status(pid) != 0;
	}
	printf("%d shared, %d bad\n", shared, bad);
	return bad != 0;
}

static long clone3_with(struct clone_args *a)
{
	long pid = syscall(SYS_clone3, a, sizeof(*a));
	if (pid == 0)
		_exit(4);
	return pid;
}

static void report(const char *what, long pid)
{
	if (pid < 0)
		printf("%s: %s\n", what, strerror(errno));
	else
		printf("%s: status %x\n", what, (unsigned)wait_status((pid_t)pid));
}

static void clone3_pidfd(void)
{
	int pidfd = -1;
	struct clone_args a = { .flags = CLONE_PIDFD, .pidfd = (uintptr_t)&pidfd,
		.exit_signal = SIGCHLD };
	long pid = clone3_with(&a);
	printf("pidfd %s\n", pid > 0 && pidfd >= 0 ? "given" : "missing");
	report("CLONE_PIDFD", pid);
}

static void clone3_set_tid(void)
{
	pid_t wanted = 4000001;
	struct clone_args a = { .exit_signal = SIGCHLD, .set_tid = (uintptr_t)&wanted,
		.set_tid_size = 1 };
	FILE *f = fopen("/proc/sys/kernel/pid_max", "re");
	int max = 0;
	must(f && fscanf(f, "%d", &max) == 1);
	fclose(f);
	wanted = max - 7;
	long pid = clone3_with(&a);
	if (pid > 0)
		printf("set_tid %s\n", pid == wanted ? "obeyed" : "ignored");
	report("set_tid", pid);
}

static void clone3_into_cgroup(void)
{
	int fd = open("/sys/fs/cgroup", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct clone_args a = { .flags = CLONE_INTO_CGROUP, .exit_signal = SIGCHLD,
		.cgroup = (uint64_t)fd };
	report("CLONE_INTO_CGROUP", clone3_with(&a));
	close(fd);
}

/* A child with its maker's parent, and one that tells of its end by no signal. */
static void clone3_parent(void)
{
	pid_t maker = fork();
	if (maker == 0) {
		struct clone_args a = { .flags = CLONE_PARENT };
		_exit(clone3_with(&a) > 0 ? 1 : 2);
	}
	printf("maker: %d\n", WEXITSTATUS(wait_status(maker)));
	int status = 0;
	printf("sibling: %d", wait4(-1, &status, __WALL, NULL) > 0);
	printf(" status %x\n", (unsigned)status);
	struct clone_args silent = { .exit_signal = 0 };
	report("no signal", clone3_with(&silent));
	struct clone_args bad = { .flags = CLONE_THREAD };
	report("CLONE_THREAD alone", clone3_with(&bad));
	struct clone_args clear = { .flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGUSR1 };
	signal(SIGUSR1, SIG_IGN);
	report("SIGUSR1 at its end", clone3_with(&clear));
}

static int clone3s(char **args)
{
	(void)args;
	setvbuf(stdout, NULL, _IOLBF, 0);
	clone3_pidfd();
	clone3_set_tid();
	clone3_into_cgroup();
	clone3_parent();
	return 0;
}

/* Children with a flag that has to do with tracing. */
static int clone_flag(char **args)
{
	unsigned long flag = strcmp(args[0], "untraced") == 0 ? CLONE_UNTRACED : CLONE_PTRACE;
	long pid = syscall(SYS_clone, flag | SIGCHLD, 0, 0, 0, 0);
	if (pid == 0) {
		syscall(SYS_getuid);
		_exit(9);
	}
	must(pid > 0);
	printf("status %x\n", (unsigned)wait_status((pid_t)pid));
	return 0;
}

/* Makes children until its standard input ends (60 s at most), two alive at most. */
static int until_eof(char **args)
{
	(void)args;
	int bad = 0, made = 0;
	fcntl(0, F_SETFL, O_NONBLOCK);
	printf("ready\n");
	fflush(stdout);
	alarm(60);
	for (char byte; read(0, &byte, 1) != 0; made++) {
		char *argv[] = { "true", NULL };
		pid_t forked = fork(), spawned = -1;
		if (forked == 0)
			_exit(11);
		must(forked > 0 && posix_spawn(&spawned, "/bin/true", NULL, NULL, argv, environ) == 0);
		int a = wait_status(forked), b = wait_status(spawned);
		if (a != 11 << 8 || b != 0) {
			printf("child ended with %x and %x\n", (unsigned)a, (unsigned)b);
			bad++;
		}
	}
	printf("%s\n", made && !bad ? "all well" : "harmed");
	return bad != 0;
}

/* Executes itself N times. */
static int exec_chain(char **args)
{
	int left = number(args[0], 100);
	char count[16], *argv[] = { "children", "exec-chain", count, NULL };
	if (left == 0) {
		printf("end of the chain\n");
		return 12;
	}
	snprintf(count, sizeof(count), "%d", left - 1);
	execv("/proc/self/exe", argv);
	return 97;
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "forks", forks }, { "orphans", orphans }, { "vforks", vforks }, { "clone3", clone3s },
		{ "clone-flag", clone_flag }, { "until-eof", until_eof }, { "exec-chain", exec_chain },
		{ 0 },
	};
	(void)argc;
	return run_scenario(scenarios, argv);
}
