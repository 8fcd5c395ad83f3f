/* SPDX-License-Identifier: MIT */
/*
 * tsan_arena - lets Criterion's programs run under ThreadSanitizer.
 *
 * Criterion shares memory with its workers at an address of its own choice, 2^45 plus 2^24 times
 * 22 bits of rand_r(). Nearly all of these lie where ThreadSanitizer keeps its shadow, and the
 * mapping is refused. This rand_r, linked into the test programs of that build alone, stays
 * within the part of the address space that is the program's: 0x5602.. to 0x567f...
 */
#include <stdlib.h>

#define FIRST ((0x560200000000u >> 24) - (0x200000000000u >> 24))

int rand_r(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return (int)(FIRST + (*seed >> 8) % 0x7d00u);
}
