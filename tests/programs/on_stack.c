/* SPDX-License-Identifier: MIT */
/* on_stack FILE: has the eight bytes of FILE, which no call is given or gives, on its stack and in a register
 * while it makes calls, some frames deep. */
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define DEPTH 5
#define WORDS 16

__attribute__((noinline)) static int deeper(unsigned depth, uint64_t word)
{
	volatile uint64_t kept[WORDS];
	int sum = 0;
	for (unsigned i = 0; i < WORDS; i++)
		kept[i] = word;
	if (depth)
		sum = deeper(depth - 1, word);
	else
		for (int i = 0; i < 100; i++) {
#if defined(__x86_64__)
			long ret;
			register uint64_t held __asm__("r12") = word;
			__asm__ volatile("syscall" : "=a"(ret), "+r"(held) : "a"(110L) : "rcx", "r11", "memory"); /* getppid */
			sum += ret > 0;
#endif
			sum += getppid() > 0;
		}
	return sum + (kept[sum % WORDS] != 0);
}

int main(int argc, char **argv)
{
	uint64_t word;
	int fd = argc > 1 ? open(argv[1], O_RDONLY) : -1;
	const void *file = fd < 0 ? MAP_FAILED : mmap(NULL, sizeof(word), PROT_READ, MAP_PRIVATE, fd, 0);
	if (file == MAP_FAILED)
		return 1;
	memcpy(&word, file, sizeof(word));
	return deeper(DEPTH, word) > 0 ? 0 : 2;
}
