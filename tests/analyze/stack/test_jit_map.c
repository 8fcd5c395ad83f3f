/* SPDX-License-Identifier: MIT */
#include "analyze/stack/jit_map.h"

#include <criterion/criterion.h>

static struct rn_jit_map *map_of(const char *text)
{
	return rn_jit_map_new(rn_bytes_str(text));
}

Test(jit_map, neighbouring_functions_are_one_run)
{
	struct rn_jit_map *j = map_of("2000 100 b\n1f00 100 a\n0x5000 0x10 name with spaces\n");
	uint64_t low, high;
	cr_assert(rn_jit_map_find(j, 0x2080, &low, &high));
	cr_expect_eq(low, 0x1f00);
	cr_expect_eq(high, 0x2100);
	cr_expect(rn_jit_map_find(j, 0x5000, &low, &high));
	cr_expect_not(rn_jit_map_find(j, 0x5010, &low, &high));
	cr_expect_not(rn_jit_map_find(j, 0x1eff, &low, &high));
	rn_jit_map_free(j);
}

Test(jit_map, lines_that_make_no_sense_are_passed_over)
{
	struct rn_jit_map *j = map_of("\n\nzz 10 x\n10\n10 \nffffffffffffffff 10 wraps\n"
		"11111111111111111111111 1 long\n1000 0 empty\n3000 10 good\n4000 10");
	uint64_t low, high;
	cr_expect(rn_jit_map_find(j, 0x3005, &low, &high));
	cr_expect_not(rn_jit_map_find(j, 0x1000, &low, &high));
	cr_expect_not(rn_jit_map_find(j, 0x4000, &low, &high));
	cr_expect_not(rn_jit_map_find(j, UINT64_MAX, &low, &high));
	rn_jit_map_free(j);
}

Test(jit_map, an_empty_text_holds_nothing)
{
	struct rn_jit_map *j = map_of("");
	uint64_t low, high;
	cr_expect_not(rn_jit_map_find(j, 0, &low, &high));
	rn_jit_map_free(j);
}
