/* SPDX-License-Identifier: MIT */
/**
 * guarded - memory that ends where nothing can be read any more.
 */
#ifndef RN_TESTS_RECORD_GUARDED_H
#define RN_TESTS_RECORD_GUARDED_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define PAGE 4096u

/* The address behind n readable pages of zeros; the page there is unreadable. */
static inline uint8_t *guarded_end(size_t n)
{
	uint8_t *p = mmap(NULL, (n + 1) * PAGE, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	mprotect(p + n * PAGE, PAGE, PROT_NONE);
	return p + n * PAGE;
}

/* Bytes that end at the end of readable memory. */
static inline uint8_t *guarded_copy(const void *bytes, size_t len)
{
	return memcpy(guarded_end(len / PAGE + 1) - len, bytes, len);
}

#endif
