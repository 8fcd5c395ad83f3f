/* SPDX-License-Identifier: MIT */
/**
 * predicted - for traced programs that print the lines their own trace must show.
 *
 * Lines go to standard output at the end, so that printing stands outside of what is predicted.
 */
#ifndef RN_TESTS_PROGRAMS_PREDICTED_H
#define RN_TESTS_PROGRAMS_PREDICTED_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>

/* The address behind n readable pages of zeros; what follows cannot be read. */
static inline char *unreadable_behind(size_t n)
{
	char *p = mmap(NULL, (n + 1) * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(p + n * 4096, 4096);
	return p + n * 4096;
}

__attribute__((format(printf, 1, 2))) static inline void line(const char *fmt, ...)
{
	static char buf[1 << 16];
	static int set;
	va_list ap;
	if (!set)
		setvbuf(stdout, buf, _IOFBF, sizeof(buf));
	set = 1;
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

#endif
