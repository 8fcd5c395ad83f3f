/* SPDX-License-Identifier: MIT */
/* signals - handlers among calls, queued signals, stops, and none at all. */
#include "subject.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t n_handled;

static void handle_with_calls(int sig)
{
	(void)sig;
	n_handled++;
	syscall(SYS_getppid);
	syscall(SYS_getuid);
}

static void handle(int sig, void (*how)(int), int flags)
{
	struct sigaction a = { .sa_handler = how, .sa_flags = flags };
	sigemptyset(&a.sa_mask);
	must(sigaction(sig, &a, NULL) == 0);
}

/* A timer every 100 us over calls that block: EINTR, handlers with calls in them, rt_sigreturn. */
static int storm(char **args)
{
	int rounds = number(args[0], 3000), pipes[2], sum = 0;
	struct itimerval often = { { 0, 100 }, { 0, 100 } }, never = { 0 };
	must(pipe(pipes) == 0);
	handle(SIGALRM, handle_with_calls, 0);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < rounds; i++) {
		unsigned char byte = (unsigned char)i, back = 0;
		while (write(pipes[1], &byte, 1) != 1)
			must(errno == EINTR);
		while (read(pipes[0], &back, 1) != 1)
			must(errno == EINTR);
		sum += byte != back;
	}
	for (int i = 0; i < 20; i++) { /* calls the timer surely interrupts */
		struct timespec while_ = { 0, 2000000 };
		if (nanosleep(&while_, NULL) < 0)
			must(errno == EINTR);
	}
	setitimer(ITIMER_REAL, &never, NULL);
	printf("%d rounds, %d wrong, %s\n", rounds, sum, n_handled ? "interrupted" : "never");
	return 0;
}

static long long payload_sum;
static volatile sig_atomic_t n_queued;

static void take_payload(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	if (info->si_code == SI_QUEUE)
		n_queued++;
	payload_sum += info->si_value.sival_int;
}

/* Real-time signals with values, queued while blocked and while not. */
static int queue(char **args)
{
	int n = number(args[0], 1000);
	struct sigaction a = { .sa_sigaction = take_payload, .sa_flags = SA_SIGINFO };
	sigset_t set;
	must(sigaction(SIGRTMIN + 3, &a, NULL) == 0);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN + 3);
	for (int i = 0; i < n; i++) {
		if (i % 100 == 0)
			sigprocmask(SIG_BLOCK, &set, NULL);
		must(sigqueue(getpid(), SIGRTMIN + 3, (union sigval){ .sival_int = i }) == 0);
		if (i % 100 == 50)
			sigprocmask(SIG_UNBLOCK, &set, NULL);
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	printf("%d signals, sum %lld\n", (int)n_queued, payload_sum);
	return 0;
}

/* Sleeps; whoever stops and continues it in between must not make that shorter. */
static int nap(char **args)
{
	struct timespec while_ = { number(args[0], 1), 0 }, begin, end;
	printf("ready\n");
	fflush(stdout);
	clock_gettime(CLOCK_MONOTONIC, &begin);
	int r = clock_nanosleep(CLOCK_MONOTONIC, 0, &while_, NULL);
	clock_gettime(CLOCK_MONOTONIC, &end);
	long long ns = (end.tv_sec - begin.tv_sec) * 1000000000ll + end.tv_nsec - begin.tv_nsec;
	printf("%d %s\n", r, ns >= while_.tv_sec * 1000000000ll ? "slept enough" : "woke early");
	return 0;
}

static int stops_itself(char **args)
{
	int n = number(args[0], 3);
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();
		must(pid >= 0);
		if (pid == 0) {
			setpgid(0, 0); /* a stop from the terminal spares groups nobody could continue */
			raise(i % 2 ? SIGTSTP : SIGSTOP);
			_exit(21);
		}
		int status = 0;
		must(waitpid(pid, &status, WUNTRACED) == pid);
		printf("stopped %d by %d\n", WIFSTOPPED(status), WSTOPSIG(status));
		must(waitpid(pid, &status, WUNTRACED | WNOHANG) == 0); /* it stays stopped */
		kill(pid, SIGCONT);
		must(waitpid(pid, &status, WCONTINUED) == pid);
		if (WIFCONTINUED(status)) /* else it has ended before we could ask */
			must(waitpid(pid, &status, 0) == pid);
		printf("exited with %d\n", WEXITSTATUS(status));
	}
	return 0;
}

/* Ignores, or blocks, all that can be, and works on. */
static int deaf(char **args)
{
	int block = args[0] && strcmp(args[0], "block") == 0;
	for (int sig = 1; sig < 65; sig++)
		if (!block)
			signal(sig, SIG_IGN); /* 32 and 33 are the C library's */
	sigset_t all;
	sigfillset(&all);
	if (block)
		sigprocmask(SIG_BLOCK, &all, NULL);
	for (int sig = 1; sig < 65; sig++)
		if (sig != SIGKILL && sig != SIGSTOP && sig != 32 && sig != 33)
			kill(getpid(), sig);
	for (int i = 0; i < 200; i++)
		syscall(SYS_getppid);
	printf("heard nothing\n");
	return 13;
}

/* Children that do nothing but calls, killed at any moment. */
static int killed(char **args)
{
	int n = number(args[0], 100), bad = 0;
	unsigned seed = 12345;
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();
		must(pid >= 0);
		if (pid == 0)
			for (;;)
				syscall(SYS_getppid);
		seed = seed * 1103515245 + 12345;
		usleep(seed / 65536 % 3000);
		kill(pid, SIGKILL);
		int status = 0;
		must(waitpid(pid, &status, 0) == pid);
		bad += !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL;
	}
	printf("%d killed, %d otherwise\n", n, bad);
	return bad != 0;
}

static void *loop_calls(void *arg)
{
	for (;;)
		syscall(SYS_getppid);
	return arg;
}

/* The same with eight threads each. */
static int crowd_killed(char **args)
{
	int n = number(args[0], 30), bad = 0;
	for (int i = 0; i < n; i++) {
		pid_t pid = fork();
		must(pid >= 0);
		if (pid == 0) {
			for (int k = 0; k < 7; k++) {
				pthread_t thread;
				pthread_create(&thread, NULL, loop_calls, NULL);
			}
			loop_calls(NULL);
		}
		usleep(2000 + i * 200);
		kill(pid, SIGKILL);
		int status = 0;
		must(waitpid(pid, &status, 0) == pid);
		bad += !WIFSIGNALED(status) || WTERMSIG(status) != SIGKILL;
	}
	printf("%d killed, %d otherwise\n", n, bad);
	return bad != 0;
}

/* Signals a program waits for rather than handles: sigwait, signalfd's kind, sigsuspend. */
static int waits(char **args)
{
	sigset_t set, none;
	int got = 0;
	siginfo_t info;
	(void)args;
	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigaddset(&set, SIGUSR2);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(getpid(), SIGUSR1);
	must(sigwait(&set, &got) == 0);
	sigqueue(getpid(), SIGUSR2, (union sigval){ .sival_int = 77 });
	must(sigwaitinfo(&set, &info) == SIGUSR2);
	printf("%d %d from %s\n", got, info.si_value.sival_int,
		info.si_pid == getpid() ? "itself" : "another");
	handle(SIGUSR1, handle_with_calls, SA_RESTART);
	kill(getpid(), SIGUSR1);
	must(sigsuspend(&none) < 0 && errno == EINTR);
	printf("handled %d\n", (int)n_handled);
	return 0;
}

/* A handler on its own stack for a fault, that repairs and goes on. */
static void repair(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	printf("fault at %p, code %d\n", info->si_addr, info->si_code);
	fflush(stdout);
	_exit(31);
}

static int faults(char **args)
{
	static char stack[64 * 1024];
	stack_t alternate = { .ss_sp = stack, .ss_size = sizeof(stack) };
	struct sigaction a = { .sa_sigaction = repair, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	int *volatile nowhere = (int *)sizeof(*args);
	must(sigaltstack(&alternate, NULL) == 0 && sigaction(SIGSEGV, &a, NULL) == 0);
	*nowhere = 1;
	return 0;
}

static void put_in_order(int sig)
{
	sigset_t set;
	must(write(1, "put in order\n", 13) == 13);
	signal(SIGTSTP, SIG_DFL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	kill(getpid(), SIGTSTP); /* itself alone, as programs that have the terminal in hand do */
	must(write(1, "back\n", 5) == 5);
	handle(SIGTSTP, put_in_order, SA_RESTART);
}

/* Echoes lines; before it stops it has something to do, or it does not stop at all. */
static int lines(char **args)
{
	char line[64];
	if (strcmp(args[0], "never-stop") == 0)
		signal(SIGTSTP, SIG_IGN);
	else
		handle(SIGTSTP, put_in_order, SA_RESTART);
	printf("ready\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin)) {
		printf("got %s", line);
		fflush(stdout);
	}
	return 45;
}

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "storm", storm }, { "queue", queue }, { "nap", nap }, { "stops", stops_itself },
		{ "deaf", deaf }, { "killed", killed }, { "crowd-killed", crowd_killed },
		{ "waits", waits }, { "lines", lines }, { "faults", faults }, { 0 },
	};
	(void)argc;
	return run_scenario(scenarios, argv);
}
