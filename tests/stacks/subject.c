/* SPDX-License-Identifier: MIT */
/*
 * Calls from many kinds of places, marked by getppid (and clock_gettime, which enters the kernel from
 * the vdso for this clock). The test compares the stacks of these calls with a debugger's.
 */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define ALONE __attribute__((noinline, noclone))

static volatile int sink;

ALONE static void mark(int n)
{
	sink += getppid() + n;
}

static inline __attribute__((always_inline)) void inlined_inner(int n)
{
	mark(n + 1);
	sink++;
}

static inline __attribute__((always_inline)) void inlined_outer(int n)
{
	inlined_inner(n * 2);
	sink++;
}

ALONE static int recursion(int n)
{
	if (n == 0)
		mark(0);
	else
		sink += recursion(n - 1) + n;
	return sink;
}

/* The frame's size is not known beforehand: it needs a frame pointer. */
ALONE static void variable_frame(size_t n)
{
	char room[n];
	memset(room, 1, n);
	mark(room[n / 2]);
	sink += room[n - 1];
}

ALONE static void large_frame(void)
{
	char room[6000];
	memset(room, 2, sizeof(room));
	mark(room[100]);
	sink += room[200];
}

ALONE static long many_arguments(long a, long b, long c, long d, long e, long f, long g, long h)
{
	mark((int)(a + b + c + d));
	return a * b + c * d + e * f + g * h + sink;
}

struct wide {
	long part[12];
};

ALONE static struct wide by_value(struct wide w, int n)
{
	w.part[n % 12] += sink;
	mark(n);
	w.part[(n + 1) % 12] -= sink;
	return w;
}

static int compare(const void *a, const void *b)
{
	mark(1);
	return *(const int *)a - *(const int *)b;
}

static void on_signal(int signo)
{
	mark(signo);
	inlined_outer(signo);
}

ALONE static void interrupted(int signo)
{
	raise(signo);
	sink++;
}

/* A signal in the midst of ordinary code, not in a call: the pc is no return address. */
ALONE static int faulting(volatile int *where)
{
	int before = sink;
	int got = *where;
	return got + before;
}

static char *page;

static void on_fault(int signo, siginfo_t *info, void *context)
{
	(void)signo, (void)info, (void)context;
	mark(7);
	struct sigaction a = { .sa_handler = SIG_DFL };
	sigaction(SIGSEGV, &a, NULL);
	_exit(recursion(2) & 0);
}

static void *thread(void *arg)
{
	recursion(*(int *)arg);
	inlined_outer(3);
	return NULL;
}

ALONE __attribute__((noreturn)) static void never_returns(int n)
{
	mark(n);
	faulting((volatile int *)page);
	abort();
}

ALONE static void in_vdso(void)
{
	struct timespec t;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	sink += (int)t.tv_nsec;
}

/* A handler with a stack of its own, and another that interrupts it there. */
static char stack_apart[1 << 16];

static void nested(int sig)
{
	mark(sig);
	sink++;
}

static void apart(int sig)
{
	mark(sig);
	raise(SIGUSR2);
	mark(sig + 1);
}

ALONE static void alternate_stack(int n)
{
	stack_t stack = { .ss_sp = stack_apart, .ss_size = sizeof(stack_apart) };
	stack_t none = { .ss_flags = SS_DISABLE };
	struct sigaction act = { .sa_handler = apart, .sa_flags = SA_ONSTACK };
	sigaltstack(&stack, NULL);
	sigaction(SIGUSR1, &act, NULL);
	act = (struct sigaction){ .sa_handler = nested, .sa_flags = SA_ONSTACK };
	sigaction(SIGUSR2, &act, NULL);
	raise(SIGUSR1);
	mark(n);
	sigaltstack(&none, NULL);
	sink++;
}

__attribute__((constructor)) static void before_main(void)
{
	mark(-1);
}

int main(void)
{
	int numbers[] = { 3, 1, 2 }, depth = 4;
	struct wide w = { { 1, 2, 3 } };
	pthread_t t;
	mark(0);
	inlined_outer(1);
	recursion(6);
	variable_frame(100 + (size_t)(sink & 1));
	large_frame();
	sink += (int)many_arguments(1, 2, 3, 4, 5, 6, 7, 8);
	w = by_value(w, 3);
	sink += (int)w.part[3];
	qsort(numbers, 3, sizeof(numbers[0]), compare);
	signal(SIGUSR1, on_signal);
	interrupted(SIGUSR1);
	pthread_create(&t, NULL, thread, &depth);
	pthread_join(t, NULL);
	in_vdso();
	alternate_stack(depth);
	struct sigaction a = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	sigaction(SIGSEGV, &a, NULL);
	never_returns(5);
}
