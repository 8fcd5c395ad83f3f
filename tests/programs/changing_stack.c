/* SPDX-License-Identifier: MIT */
/*
 * changing_stack N: N calls of getppid from a stack of its own, which differs from call to call in depth
 * and in a few words, while the recorder (its parent) is stopped: what it would read is piling up. Says
 * of each call how long its stack was and its CRC-32C, as dump_events does. Two processes do that at the
 * same time: the second one's lines come last.
 */
#include "format/crc32c.h"

#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define AREA 16384u
#define PAGE 4096u
#define DEEPEST 8192u
#define SHALLOWEST 256u

struct told {
	uint32_t len, crc;
};

static uint64_t seed;

static uint32_t below(uint32_t n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(seed >> 33) % n;
}

/* The call with the stack pointer at sp, and nothing written there. */
static long call_at(const uint8_t *sp)
{
	long ret = SYS_getppid;
	__asm__ volatile("xchg %%rsp, %%rbx\n\tsyscall\n\txchg %%rsp, %%rbx"
			 : "+a"(ret), "+b"(sp) : : "rcx", "r11", "memory");
	return ret;
}

/* One page on each side keeps it apart from other mappings. */
static uint8_t *make_area(void)
{
	uint8_t *p = mmap(NULL, AREA + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || mprotect(p + PAGE, AREA, PROT_READ | PROT_WRITE) < 0)
		exit(1);
	for (uint32_t i = 0; i < AREA; i++)
		p[PAGE + i] = (uint8_t)below(256);
	return p + PAGE;
}

static void make_calls(struct told *told, long n)
{
	uint8_t *area = make_area();
	uint32_t depth = DEEPEST / 2 / 8;
	for (long i = 0; i < n; i++) {
		for (uint32_t k = below(6); k > 0; k--)
			area[AREA - 1 - below(DEEPEST)] = (uint8_t)i;
		depth = below(50) == 0 ? below(DEEPEST / 8 + 1) : depth + below(33) - 16;
		if (depth > DEEPEST / 8 || depth < SHALLOWEST / 8)
			depth = DEEPEST / 2 / 8;
		told[i].len = depth * 8;
		call_at(area + AREA - told[i].len);
		told[i].crc = rn_crc32c((struct rn_bytes){ area + AREA - told[i].len, told[i].len });
		if (below(40) == 0)
			syscall(SYS_sched_yield); /* from another stack, and maybe another's turn */
	}
}

static void say(const struct told *told, long n)
{
	for (long i = 0; i < n; i++)
		printf("%u,%08x\n", told[i].len, told[i].crc);
	fflush(stdout);
}

/* Not through exit: a coverage build would write counts of the library's there, in calls of its own. */
static _Noreturn void end(int status)
{
	fflush(stdout);
	_exit(status);
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? strtol(argv[1], NULL, 10) : 100;
	struct told *told = calloc((size_t)n, sizeof(*told));
	pid_t recorder = getppid();
	if (!told || kill(recorder, SIGSTOP) < 0)
		return 1;
	pid_t other = fork();
	seed = other ? 1 : 2;
	make_calls(told, n);
	if (!other) {
		raise(SIGSTOP); /* until the first one's lines are out */
		say(told, n);
		end(0);
	}
	int status;
	waitpid(other, &status, WUNTRACED);
	kill(recorder, SIGCONT);
	say(told, n);
	kill(other, SIGCONT);
	waitpid(other, &status, 0);
	end(status != 0);
}
