/* SPDX-License-Identifier: MIT */
#include "shared/arena.h"

#include <criterion/criterion.h>

Test(arena, allocations_are_aligned_apart_and_keep_their_bytes)
{
	struct rn_arena a = RN_ARENA_INIT;
	uint8_t *p[2000];
	for (int i = 0; i < 2000; i++) {
		size_t size = 1 + (size_t)(i * 37 % 301);
		p[i] = rn_arena_alloc(&a, size, 1);
		cr_assert_eq((uintptr_t)p[i] % 16, 0);
		memset(p[i], i & 0xff, size);
	}
	for (int i = 0; i < 2000; i++) {
		size_t size = 1 + (size_t)(i * 37 % 301);
		for (size_t k = 0; k < size; k++)
			cr_assert_eq(p[i][k], i & 0xff);
	}
	rn_arena_fini(&a);
}

Test(arena, sizes_that_overflow_are_refused)
{
	struct rn_arena a = RN_ARENA_INIT;
	cr_assert_null(rn_arena_alloc(&a, SIZE_MAX / 2, 3));
	cr_assert_null(rn_arena_alloc(&a, SIZE_MAX, 1));
	cr_assert_not_null(rn_arena_alloc(&a, 3, 5), "and the arena goes on");
	rn_arena_fini(&a);
}

Test(arena, an_allocation_larger_than_a_chunk_is_served)
{
	struct rn_arena a = RN_ARENA_INIT;
	uint8_t *small = rn_arena_zalloc(&a, 16, 1);
	uint8_t *large = rn_arena_zalloc(&a, 3 << 20, 1);
	cr_assert_not_null(large);
	for (size_t i = 0; i < 3 << 20; i++)
		cr_assert_eq(large[i], 0);
	memset(large, 1, 3 << 20);
	cr_assert_eq(small[15], 0);
	rn_arena_fini(&a);
}

Test(arena, a_cleared_arena_serves_from_the_chunk_it_kept)
{
	struct rn_arena a = RN_ARENA_INIT;
	for (int i = 0; i < 100; i++)
		rn_arena_alloc(&a, 10000, 1);
	rn_arena_clear(&a);
	struct rn_arena_chunk *kept = a.chunk;
	cr_assert_not_null(kept);
	uint8_t *p = rn_arena_zalloc(&a, 100, 1);
	cr_assert_eq(a.chunk, kept);
	for (int i = 0; i < 100; i++)
		cr_assert_eq(p[i], 0, "zeroed although the memory was used before");
	rn_arena_fini(&a);
	rn_arena_clear(&a);
	cr_assert_null(a.chunk);
}

Test(arena, copies_are_terminated_and_may_be_empty)
{
	struct rn_arena a = RN_ARENA_INIT;
	cr_assert_str_eq(rn_arena_dup(&a, rn_bytes_str("hello")), "hello");
	cr_assert_str_eq(rn_arena_dup(&a, rn_bytes_of("hello", 2)), "he");
	cr_assert_str_eq(rn_arena_dup(&a, rn_bytes_of(NULL, 0)), "");
	rn_arena_fini(&a);
}
