/* SPDX-License-Identifier: MIT */
/* abis - numbers that are no calls, and calls of the other kind. */
#include "subject.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static int numbers(char **args)
{
	static const long no_calls[] = { -1, -2, -100, 334, 400, 423, 512, 547, 600, 1000, 0xffff,
		0x10000, 0x7fffffff, 0x80000000, 0xffffffff, 0x40000000, 0x40000027, 0x4fffffff };
	(void)args;
	for (size_t i = 0; i < sizeof(no_calls) / sizeof(no_calls[0]); i++) {
		errno = 0;
		long r = syscall(no_calls[i], -1L, -2L, -3L, -4L, -5L, -6L);
		printf("%lx: %ld %d\n", (unsigned long)no_calls[i], r, errno);
	}
	return 0;
}

#if defined(__x86_64__)
static long int80(long nr, long a, long b, long c)
{
	long r;
	__asm__ volatile("int $0x80" : "=a"(r) : "a"(nr), "b"(a), "c"(b), "d"(c)
		: "memory", "r8", "r9", "r10", "r11");
	return (int)r;
}

/* getpid is 20, write is 4, open is 5, close is 6 there. */
static int from_64_bits(char **args)
{
	char *low = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT,
		-1, 0);
	(void)args;
	must(low != MAP_FAILED);
	setvbuf(stdout, NULL, _IOLBF, 0);
	for (int i = 0; i < 5; i++) {
		must(int80(20, 0, 0, 0) == getpid());
		strcpy(low, "/dev/null");
		int fd = (int)int80(5, (long)low, O_WRONLY, 0);
		must(fd > 0);
		must(int80(4, fd, (long)low, 9) == 9);
		must(write(fd, "long", 4) == 4);
		must(int80(6, fd, 0, 0) == 0);
		must(int80(6, fd, 0, 0) == -EBADF);
		must(syscall(SYS_getppid) == getppid());
	}
	printf("%ld\n", int80(9999, 1, 2, 3));
	int80(252, 16, 0, 0); /* exit_group */
	return 96;
}
#else
static int from_64_bits(char **args)
{
	(void)args;
	return 95;
}
#endif

int main(int argc, char **argv)
{
	static const struct scenario scenarios[] = {
		{ "numbers", numbers }, { "int80", from_64_bits }, { 0 },
	};
	(void)argc;
	return run_scenario(scenarios, argv);
}
