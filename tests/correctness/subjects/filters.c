/* SPDX-License-Identifier: MIT */
/* filters - programs with a seccomp filter of their own. */
#include "subject.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* One call answered with `action`, all others allowed; the descriptor of a listener, or 0. */
static int install(unsigned nr, unsigned action, unsigned flags)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, action),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { sizeof(code) / sizeof(code[0]), code };
	must(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	long r = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
	must(r >= 0);
	return (int)r;
}

static int with_errno(char **args)
{
	(void)args;
	install(SYS_getppid, SECCOMP_RET_ERRNO | 42, 0);
	long r = syscall(SYS_getppid);
	printf("%ld %d\n", r, errno);
	return 0;
}

static void trapped(int sig, siginfo_t *info, void *context)
{
	(void)context;
	printf("signal %d, call %d, code %d\n", sig, info->si_syscall, info->si_code);
}

static int with_trap(char **args)
{
	struct sigaction a = { .sa_sigaction = trapped, .sa_flags = SA_SIGINFO };
	(void)args;
	must(sigaction(SIGSYS, &a, NULL) == 0);
	install(SYS_getppid, SECCOMP_RET_TRAP | 5, 0);
	syscall(SYS_getppid);
	syscall(SYS_getppid);
	printf("after\n");
	return 0;
}

static int with_kill(char **args)
{
	int thread = args[0] && strcmp(args[0], "thread") == 0;
	printf("before\n");
	fflush(stdout);
	install(SYS_getppid, thread ? SECCOMP_RET_KILL_THREAD : SECCOMP_RET_KILL_PROCESS, 0);
	syscall(SYS_getppid);
	printf("after\n");
	return 0;
}

static void *make_call(void *arg)
{
	syscall(SYS_getppid);
	return arg;
}

/* Only the thread is killed. */
static int thread_killed(char **args)
{
	pthread_t thread;
	(void)args;
	install(SYS_getppid, SECCOMP_RET_KILL_THREAD, 0);
	must(pthread_create(&thread, NULL, make_call, NULL) == 0);
	/* pthread_join waits for the kernel to clear the thread's id: that happens here, too */
	must(pthread_join(thread, NULL) == 0);
	printf("the process lives\n");
	return 14;
}

static int strict(char **args)
{
	(void)args;
	must(write(1, "before\n", 7) == 7);
	must(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0);
	must(write(1, "strict\n", 7) == 7);
	if (args[0])
		syscall(SYS_getppid); /* forbidden */
	syscall(SYS_exit, 15);
	return 0;
}

/* A child's calls are answered by its parent. */
static int notify(char **args)
{
	int pipes[2];
	(void)args;
	must(pipe(pipes) == 0);
	int listener = install(SYS_getppid, SECCOMP_RET_USER_NOTIF, SECCOMP_FILTER_FLAG_NEW_LISTENER);
	pid_t pid = fork();
	must(pid >= 0);
	if (pid == 0) {
		long r = syscall(SYS_getppid);
		printf("answered %ld\n", r);
		fflush(stdout);
		_exit(0);
	}
	struct seccomp_notif ask = { 0 };
	while (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &ask) < 0)
		must(errno == EINTR);
	struct seccomp_notif_resp answer = { .id = ask.id, .val = 4242 };
	must(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer) == 0);
	int status = 0;
	must(waitpid(pid, &status, 0) == pid);
	return WEXITSTATUS(status);
}

static void *nothing(void *arg)
{
	return arg;
}

/* What some containers do: clone3 does not exist, the C library falls back to clone. */
static int no_clone3(char **args)
{
	pthread_t thread;
	(void)args;
	install(SYS_clone3, SECCOMP_RET_ERRNO | ENOSYS, 0);
	for (int i = 0; i < 10; i++) {
		must(pthread_create(&thread, NULL, nothing, NULL) == 0);
		must(pthread_join(thread, NULL) == 0);
	}
	printf("10 threads\n");
	return 0;
}

/* A filter that asks for a tracer. Without one that wants to know the call fails with ENOSYS. */
static int with_trace(char **args)
{
	(void)args;
	install(SYS_getppid, SECCOMP_RET_TRACE | 7, 0);
	long r = syscall(SYS_getppid);
	printf("%ld %d\n", r, errno);
	return 0;
}

/* Runs a program in which one call does not exist: deny NR PROGRAM ARGUMENTS. */
static int deny(char **args)
{
	install((unsigned)number(args[0], -1), SECCOMP_RET_ERRNO | (unsigned)number(args[1], ENOSYS), 0);
	execvp(args[2], args + 2);
	return 97;
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "errno", with_errno }, { "trap", with_trap }, { "kill", with_kill },
		{ "thread-killed", thread_killed }, { "strict", strict }, { "notify", notify },
		{ "no-clone3", no_clone3 }, { "trace", with_trace }, { "deny", deny }, { 0 },
	};
	(void)argc;
	return run_scenario(scenarios, argv);
}
