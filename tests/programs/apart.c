/* SPDX-License-Identifier: MIT */
/* apart: tables of descriptors and working directories that threads have of their own, or processes share. Each
 * write's text is said with the file that it goes to: its trace must show that.
 *
 * apart DIRECTORY [waits]. The directory is made its own first. Descriptor 100 is a different file for everyone. */
#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FD 100

static char base[4096];
/* One at a time: whoever it is may go on when it reads its byte. They are in everyone's table. */
static int turn[4][2];

static void let(int who)
{
	if (write(turn[who][1], "", 1) != 1)
		_exit(2);
}

static void await(int who)
{
	char c;
	if (read(turn[who][0], &c, 1) != 1)
		_exit(3);
}

static void put(const char *file)
{
	int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || dup2(fd, FD) != FD)
		_exit(4);
	close(fd);
}

/* Said beforehand: nobody else prints meanwhile. */
static void say(const char *text, const char *file)
{
	char line[5000];
	int n = snprintf(line, sizeof(line), "%s %s/%s\n", text, base, file);
	if (write(1, line, (size_t)n) != n || write(FD, text, strlen(text)) < 0)
		_exit(5);
}

/* What is opened by a relative name shows the working directory. */
static void say_dir(const char *text, const char *dir)
{
	char file[64];
	snprintf(file, sizeof(file), "in-%s", text);
	put(file);
	snprintf(file, sizeof(file), "%s%sin-%s", dir, *dir ? "/" : "", text);
	say(text, file);
}

/* 1: born without CLONE_FILES. It has no thread area of its own, and makes but plain calls. */
static int born_apart(void *unused)
{
	(void)unused;
	put("born");
	let(0);
	await(1);
	say("born-apart", "born");
	let(0);
	syscall(SYS_exit, 0);
	return 0;
}

static void test_born(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	put("main1");
	if (clone(born_apart, stack + sizeof(stack), CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_FS | CLONE_SYSVSEM,
		    NULL) < 0)
		_exit(6);
	await(0);
	say("main-beside-born", "main1");
	let(1);
	await(0);
	say("main-after-born", "main1");
}

/* 2: unshare; a child of such a thread has what the thread has. */
static void *unsharing(void *unused)
{
	say("before-unshare", "main2");
	if (unshare(CLONE_FILES) < 0)
		_exit(7);
	say("after-unshare", "main2");
	put("unshared");
	let(0);
	await(1);
	say("unshared", "unshared");
	pid_t pid = fork();
	if (pid == 0) {
		say("child-of-unshared", "unshared");
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	return unused;
}

static void test_unshare(void)
{
	pthread_t t;
	put("main2");
	pthread_create(&t, NULL, unsharing, NULL);
	await(0);
	say("main-beside-unshared", "main2");
	put("main2-again");
	let(1);
	pthread_join(t, NULL);
	say("main-after-unshared", "main2-again");
}

/* 3: close_range that unshares closes nothing of the others'. */
static void *closing(void *unused)
{
	if (syscall(SYS_close_range, FD, FD, CLOSE_RANGE_UNSHARE) < 0)
		_exit(8);
	put("closed");
	say("after-close-range", "closed");
	return unused;
}

static void test_close_range(void)
{
	pthread_t t;
	put("main3");
	pthread_create(&t, NULL, closing, NULL);
	pthread_join(t, NULL);
	say("main-after-close-range", "main3");
}

/* 4: a process that shares the table. */
static int sharing(void *unused)
{
	(void)unused;
	put("child4");
	_exit(0);
}

static void test_shared(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	put("main4");
	pid_t pid = clone(sharing, stack + sizeof(stack), CLONE_FILES | SIGCHLD, NULL);
	waitpid(pid, NULL, 0);
	say("main-after-child", "child4");
}

/* 5: working directories. */
static void *moving(void *unused)
{
	if (unshare(CLONE_FS) < 0 || chdir("folder") < 0)
		_exit(9);
	say_dir("moved", "folder");
	return unused;
}

static void test_directories(void)
{
	pthread_t t;
	pthread_create(&t, NULL, moving, NULL);
	pthread_join(t, NULL);
	say_dir("not-moved", "");
}

/* 6: the first thread unshares, the others go on together; one of them, apart too, executes a program. */
static void *staying(void *unused)
{
	await(1);
	say("staying", "main6");
	put("staying");
	let(0);
	await(1);
	if (unshare(CLONE_FILES) < 0)
		_exit(10);
	put("executing");
	let(0);
	await(1);
	execl("/proc/self/exe", "apart", base, "executed", NULL);
	_exit(11);
	return unused;
}

static void *beside(void *unused)
{
	await(2);
	say("beside", "staying");
	let(0);
	await(3);
	return unused;
}

static void test_first(void)
{
	pthread_t t, b;
	put("main6");
	pthread_create(&t, NULL, staying, NULL);
	pthread_create(&b, NULL, beside, NULL);
	if (unshare(CLONE_FILES) < 0)
		_exit(12);
	put("first");
	let(1);
	await(0);
	say("first", "first");
	let(1);
	await(0);
	say("first-again", "first");
	let(2);
	await(0);
	let(1);
	await(3); /* the execve ends it */
}

/* 7: tables that were there before the recorder, or before a file of its series. Goes on at the end of its input. */
static void *waiting(void *unused)
{
	if (unshare(CLONE_FILES | CLONE_FS) < 0 || chdir("folder") < 0)
		_exit(13);
	put("apart");
	close(turn[3][1]);
	let(0);
	await(1);
	say("apart-before", "folder/apart");
	say_dir("apart-after", "folder");
	return unused;
}

static void test_waiting(void)
{
	pthread_t t;
	char c;
	put("main7");
	pthread_create(&t, NULL, waiting, NULL);
	await(0);
	if (write(1, "ready\n", 6) != 6 || read(0, &c, 1) != 0)
		_exit(14);
	say("main-before", "main7");
	let(1);
	pthread_join(t, NULL);
	say_dir("main-after", "");
}

int main(int argc, char **argv)
{
	if (argc < 2 || chdir(argv[1]) < 0 || !getcwd(base, sizeof(base)))
		return 1;
	bool waits = argc > 2 && strcmp(argv[2], "waits") == 0;
	if (argc > 2 && !waits) {
		say(argv[2], "executing");
		return 0;
	}
	for (int i = 0; i < 4; i++)
		if (pipe(turn[i]) < 0)
			return 1;
	if (waits) {
		test_waiting();
		return 0;
	}
	test_born();
	test_unshare();
	test_close_range();
	test_shared();
	test_directories();
	test_first();
	return 1;
}
