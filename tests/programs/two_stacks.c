/* SPDX-License-Identifier: MIT */
/* two_stacks: calls of handlers that have a stack of their own, on the main thread and on another: after
 * a signal that was raised, one that interrupted another handler there, one of a fault, and after a handler
 * was left by a jump; each marked by getppid. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#define ALONE __attribute__((noinline, noclone))
#define STACK_BYTES 65536

static __thread sigjmp_buf back;
static volatile int sum;

ALONE static void mark(void)
{
	sum += getppid() > 0;
}

ALONE static void inner_handler(int sig)
{
	mark();
	sum += sig;
}

ALONE static void outer_handler(int sig)
{
	mark();
	raise(SIGUSR2);
	mark();
	sum += sig;
}

ALONE static void fault_handler(int sig)
{
	(void)sig;
	mark();
	siglongjmp(back, 1);
}

ALONE static void raised(void)
{
	raise(SIGUSR1);
	sum++;
}

ALONE static void faulting(char *nowhere)
{
	if (!sigsetjmp(back, 1))
		*nowhere = 1;
	mark();
}

ALONE static void all_of_them(int depth)
{
	volatile char frame[200] = { 0 };
	if (depth) {
		all_of_them(depth - 1);
		sum += frame[depth];
		return;
	}
	mark();
	raised();
	mark();
	faulting(mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
	raised();
}

ALONE static void *on_own_stack(void *stack)
{
	stack_t own = { .ss_sp = stack, .ss_size = STACK_BYTES };
	sigaltstack(&own, NULL);
	all_of_them(5);
	own = (stack_t){ .ss_flags = SS_DISABLE };
	sigaltstack(&own, NULL);
	mark();
	return NULL;
}

static void handle(int sig, void (*handler)(int))
{
	struct sigaction act = { .sa_handler = handler, .sa_flags = SA_ONSTACK };
	sigaction(sig, &act, NULL);
}

int main(void)
{
	static char in_the_program[STACK_BYTES];
	pthread_t thread;
	void *mapped = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	handle(SIGUSR1, outer_handler);
	handle(SIGUSR2, inner_handler);
	handle(SIGSEGV, fault_handler);
	on_own_stack(in_the_program);
	pthread_create(&thread, NULL, on_own_stack, mapped);
	pthread_join(thread, NULL);
	on_own_stack(malloc(STACK_BYTES)); /* the allocator's memory below the main stack */
	return 0;
}
