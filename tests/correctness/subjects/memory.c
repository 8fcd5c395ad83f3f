/* SPDX-License-Identifier: MIT */
/* memory - arguments that point where they should not, are huge, or change during the call. */
#include "subject.h"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PAGE = 4096 };

/* The last page before a hole. */
static char *page_before_hole(void)
{
	char *two = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	must(two != MAP_FAILED && munmap(two + PAGE, PAGE) == 0);
	return two;
}

static void show(const char *what, long r)
{
	printf("%s: %ld %d\n", what, r, r < 0 ? errno : 0);
}

/* Pointers that lead nowhere, in every position of calls of many shapes. */
static int pointers(char **args)
{
	static const uintptr_t bad[] = { 0, 1, 8, 4095, (uintptr_t)-1, (uintptr_t)-4096,
		0x7fffffffffff, 0x7ffffffff000, 0x800000000000, 0xffff800000000000, 0xdeadbeef00000000 };
	(void)args;
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	must(null >= 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		long p = (long)bad[i];
		show("open", syscall(SYS_openat, AT_FDCWD, p, 0, 0));
		show("write", syscall(SYS_write, null, p, 100));
		show("writev", syscall(SYS_writev, null, p, 3));
		show("read", syscall(SYS_read, null, p, LONG_MAX));
		show("poll", syscall(SYS_poll, p, 2, 0));
		show("select", p ? syscall(SYS_select, 3, p, p, p, p) : 0);
		show("sendmsg", syscall(SYS_sendmsg, null, p, 0));
		show("recvmsg", syscall(SYS_recvmsg, null, p, 0));
		show("sendmmsg", syscall(SYS_sendmmsg, null, p, 1000000, 0));
		show("execve", p ? syscall(SYS_execve, p, p, p) : 0);
		show("execve2", p ? syscall(SYS_execve, "/nowhere", p, p) : 0);
		show("clone3", syscall(SYS_clone3, p, 88));
		show("rt_sigaction", syscall(SYS_rt_sigaction, SIGUSR1, p, p, 8));
		show("epoll_wait", syscall(SYS_epoll_wait, -1, p, INT_MAX, 0));
		show("getdents64", syscall(SYS_getdents64, null, p, 4096));
		show("statx", syscall(SYS_statx, AT_FDCWD, p, 0, 0xfff, p));
		show("futex", syscall(SYS_futex, p, 1, 1, p, p, 0));
		show("nanosleep", p ? syscall(SYS_nanosleep, p, p) : 0);
		show("getsockopt", syscall(SYS_getsockopt, null, 1, 1, p, p));
		show("setsockopt", syscall(SYS_setsockopt, null, 1, 1, p, INT_MAX));
		show("bind", syscall(SYS_bind, null, p, -1));
		show("process_vm_readv", syscall(SYS_process_vm_readv, getpid(), p, 2, p, 2, 0));
		show("mount", syscall(SYS_mount, p, p, p, 0, p));
		show("fcntl", syscall(SYS_fcntl, null, F_GETLK, p));
		show("ioctl", syscall(SYS_ioctl, null, 0x5401, p));
		show("prctl", syscall(SYS_prctl, 15, p, 0, 0, 0));
		show("bpf", syscall(SYS_bpf, 9999, p, INT_MAX));
		show("io_submit", syscall(SYS_io_submit, 0, LONG_MAX, p));
		show("move_pages", syscall(SYS_move_pages, 0, 1000000, p, p, p, 0));
		show("setgroups", syscall(SYS_setgroups, 65537, p));
		show("add_key", syscall(SYS_add_key, p, p, p, LONG_MAX, 0));
	}
	return 0;
}

/* Strings, buffers and structures that end with the last byte of a mapping, or go beyond it. */
static int straddling(char **args)
{
	char *page = page_before_hole(), *end = page + PAGE;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC), pipes[2];
	struct iovec *vector;
	(void)args;
	must(null >= 0 && pipe(pipes) == 0);
	memset(page, 'x', PAGE);
	show("name without end", open(end - 10, O_RDONLY));
	end[-1] = '\0';
	show("name at the end", open(end - 10, O_RDONLY));
	end[-1] = 'x';
	show("short write", write(pipes[1], end - 100, 200));
	show("write to the end", write(pipes[1], end - 100, 100));
	show("read beyond", read(pipes[0], end - 50, 150));
	for (int n = 1; n <= 24; n++) {
		vector = (struct iovec *)(end - n);
		show("vector", writev(null, vector, 2));
	}
	vector = (struct iovec *)(end - 3 * sizeof(*vector));
	for (int i = 0; i < 3; i++)
		vector[i] = (struct iovec){ i == 1 ? end - 5 : page, 10 };
	show("vector to the end", writev(pipes[1], vector, 3));
	show("vector beyond", writev(pipes[1], vector, 4));
	struct pollfd *polls = (struct pollfd *)(end - sizeof(*polls));
	*polls = (struct pollfd){ pipes[0], POLLIN, 0 };
	show("poll to the end", poll(polls, 1, 0));
	show("poll beyond", poll(polls, 2, 0));
	for (int n = 1; n <= 144; n += 11)
		show("stat", syscall(SYS_stat, "/", end - n));
	for (int n = 1; n <= 56; n += 5)
		show("msghdr", syscall(SYS_sendmsg, null, end - n, 0));
	char **words = (char **)(void *)(end - 2 * sizeof(*words));
	words[0] = "sh";
	words[1] = end - 3;
	show("arguments without end", execve("/bin/sh", words, NULL));
	show("arguments that are a hole", syscall(SYS_execve, "/bin/sh", end, NULL));
	return 0;
}

static void mismatch(const char *what, long r)
{
	printf("%s: %s\n", what, r < 0 ? strerror(errno) : "fine");
}

/* Counts that are larger than anything. */
static int counts(char **args)
{
	static struct iovec parts[1025];
	static char bytes[1024];
	(void)args;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	for (int i = 0; i < 1025; i++)
		parts[i] = (struct iovec){ bytes, 1 + (size_t)i % 100 };
	show("1024 parts", writev(null, parts, 1024));
	show("1025 parts", writev(null, parts, 1025));
	show("INT_MAX parts", syscall(SYS_writev, null, parts, INT_MAX));
	show("ULONG_MAX parts", syscall(SYS_writev, null, parts, ULONG_MAX));
	parts[0].iov_len = 1 << 20;
	parts[1].iov_len = SSIZE_MAX;
	show("large parts", writev(null, parts, 2));
	parts[1].iov_len = (size_t)-1;
	show("too large parts", writev(null, parts, 2));
	mismatch("poll of many", syscall(SYS_poll, parts, INT_MAX, 0));
	show("read of all", syscall(SYS_read, -1, bytes, ULONG_MAX));
	show("write of INT_MAX", syscall(SYS_write, -1, bytes, INT_MAX));
	show("select of INT_MAX", syscall(SYS_select, INT_MAX, NULL, NULL, NULL, &(struct timeval){ 0 }));
	show("groups", syscall(SYS_getgroups, INT_MAX, NULL) >= 0);
	show("socket address", syscall(SYS_connect, -1, bytes, INT_MAX));
	show("negative address", syscall(SYS_connect, -1, bytes, -1));
	return 0;
}

/* 1 GiB, a megabyte at a time. */
static int gigabyte(char **args)
{
	size_t chunk = 1 << 20, n = (size_t)number(args[0], 1024);
	char *bytes = malloc(chunk);
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	must(bytes && null >= 0);
	for (size_t i = 0; i < chunk; i++)
		bytes[i] = (char)(i * 2654435761u >> 13);
	for (size_t i = 0; i < n; i++)
		must(write(null, bytes, chunk) == (ssize_t)chunk);
	free(bytes);
	printf("%zu MiB\n", n);
	return 0;
}

/* 2 MB of arguments for a program. */
static int arguments(char **args)
{
	static char *words[2048];
	static char word[1001];
	(void)args;
	memset(word, 'w', sizeof(word) - 1);
	words[0] = "sh";
	words[1] = "-c";
	words[2] = "echo $#";
	for (int i = 3; i < 1900; i++)
		words[i] = word;
	execv("/bin/sh", words);
	return errno == E2BIG ? 94 : 97;
}

static atomic_int stop;

static void *change(void *arg)
{
	char *name = arg;
	for (unsigned i = 0; !stop; i++) {
		name[5] = "abc"[i % 3];
		name[9] = i % 7 ? 'd' : '\0';
	}
	return NULL;
}

static void *remap(void *arg)
{
	for (unsigned i = 0; !stop; i++) {
		must(mprotect(arg, PAGE, i % 2 ? PROT_NONE : PROT_READ | PROT_WRITE) == 0);
		sched_yield();
	}
	return NULL;
}

/* Another thread changes a name, and takes away a page, while calls use them. */
static int changing(char **args)
{
	static char name[] = "/tmp/axxxd-that-is-not-there";
	char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pthread_t one, two;
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	(void)args;
	must(page != MAP_FAILED && null >= 0);
	must(pthread_create(&one, NULL, change, name) == 0);
	must(pthread_create(&two, NULL, remap, page) == 0);
	for (int i = 0; i < 1000; i++) {
		struct iovec parts[2] = { { page, 100 }, { name, sizeof(name) } };
		must(open(name, O_RDONLY) < 0);
		must(writev(null, parts, 2) >= 0 || errno == EFAULT);
		must(syscall(SYS_clock_gettime, CLOCK_REALTIME, page) == 0 || errno == EFAULT);
	}
	stop = 1;
	pthread_join(one, NULL);
	pthread_join(two, NULL);
	printf("survived\n");
	return 0;
}

/* Calls that take away the memory their own arguments are in, or the stack. */
static int vanishing(char **args)
{
	(void)args;
	for (int i = 0; i < 20; i++) {
		char *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		struct timespec *times = (struct timespec *)(void *)page;
		must(page != MAP_FAILED);
		*times = (struct timespec){ 0, 1000 };
		must(clock_nanosleep(CLOCK_MONOTONIC, 0, times, times) == 0);
		strcpy(page, "/nowhere");
		must(open(page, O_RDONLY) < 0);
		must(munmap(page, PAGE) == 0);
	}
	pid_t pid = vfork();
	if (pid == 0)
		_exit(0);
	must(waitpid(pid, NULL, 0) == pid);
	printf("gone\n");
	return 0;
}

/* The stack pointer itself leads nowhere. */
static int stackless(char **args)
{
	long r = 0;
	(void)args;
#if defined(__x86_64__)
	static const unsigned long pointers[] = { 0, 1, 0xfffffffffffffff8, 0x7fffffffffff, 0x1000 };
	for (size_t i = 0; i < sizeof(pointers) / sizeof(pointers[0]); i++)
		__asm__ volatile("mov %%rsp, %%rbx\n\tmov %2, %%rsp\n\tsyscall\n\tmov %%rbx, %%rsp"
			: "=a"(r) : "a"((long)SYS_getppid), "r"(pointers[i])
			: "rbx", "rcx", "r11", "memory");
#else
	r = getppid();
#endif
	printf("%d\n", r == getppid());
	return 0;
}

/* What no tracer of calls sees: the vdso, memory that is shared. */
static int unseen(char **args)
{
	struct timespec now;
	(void)args;
	for (int i = 0; i < 100; i++)
		must(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
	syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &now);
	return 0;
}

/* io_uring: what goes through the ring is not a call. */
static int uring(char **args)
{
	uint8_t parameters[120] = { 0 };
	(void)args;
	long fd = syscall(SYS_io_uring_setup, 8, parameters);
	if (fd < 0)
		return 93;
	long r = syscall(SYS_io_uring_enter, fd, 0, 0, 0, NULL, 0);
	close((int)fd);
	return r < 0 ? 92 : 0;
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "pointers", pointers }, { "straddling", straddling }, { "counts", counts },
		{ "gigabyte", gigabyte }, { "arguments", arguments }, { "changing", changing },
		{ "vanishing", vanishing }, { "stackless", stackless }, { "unseen", unseen },
		{ "uring", uring }, { 0 },
	};
	(void)argc;
	return run_scenario(scenarios, argv);
}
