/* SPDX-License-Identifier: MIT */
#include "analyze/stack/spaces.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

static struct rn_spaces *s;

static void setup(void)
{
	s = rn_spaces_new();
}

static void teardown(void)
{
	rn_spaces_free(s);
}

TestSuite(spaces, .init = setup, .fini = teardown);

static void map(uint32_t utid, uint64_t at_ns, uint64_t low, uint64_t high, uint64_t offset,
	uint32_t module)
{
	struct rn_range r = { low, high, offset, module };
	cr_assert_eq(rn_spaces_map(s, utid, at_ns, &r), 0);
}

/* module << 32 | offset of the address; UINT64_MAX: nothing there. */
static uint64_t at(uint32_t utid, uint64_t at_ns, uint64_t addr)
{
	struct rn_space_view v;
	if (!rn_spaces_view(s, utid, at_ns, &v))
		return UINT64_MAX;
	const struct rn_range *r = rn_spaces_find(s, &v, addr);
	return r ? (uint64_t)r->module << 32 | (r->offset + (addr - r->low)) : UINT64_MAX;
}

#define PLACE(module, offset) ((uint64_t)(module) << 32 | (offset))
#define NOTHING UINT64_MAX

Test(spaces, a_thread_sees_what_its_process_mapped)
{
	rn_spaces_born(s, 1, 1, 0, 0);
	rn_spaces_born(s, 2, 1, 1, 5);
	map(2, 10, 0x1000, 0x2000, 0x100, 7);
	cr_expect_eq(at(1, 10, 0x1000), PLACE(7, 0x100));
	cr_expect_eq(at(2, 99, 0x1fff), PLACE(7, 0x10ff));
	cr_expect_eq(at(1, 99, 0x2000), NOTHING);
	cr_expect_eq(at(3, 99, 0x1000), NOTHING);
}

Test(spaces, what_is_unmapped_later_was_there_before)
{
	rn_spaces_born(s, 1, 1, 0, 0);
	map(1, 10, 0x1000, 0x5000, 0, 1);
	rn_spaces_unmap(s, 1, 20, 0x2000, 0x3000);
	cr_expect_eq(at(1, 19, 0x2800), PLACE(1, 0x1800));
	cr_expect_eq(at(1, 20, 0x2800), NOTHING);
	cr_expect_eq(at(1, 20, 0x1800), PLACE(1, 0x800));
	cr_expect_eq(at(1, 20, 0x3800), PLACE(1, 0x2800));
}

Test(spaces, a_fork_inherits_and_then_goes_its_own_way)
{
	rn_spaces_born(s, 1, 1, 0, 0);
	map(1, 10, 0x1000, 0x2000, 0, 1);
	rn_spaces_born(s, 2, 2, 1, 20);
	map(1, 30, 0x1000, 0x2000, 0, 2);
	map(2, 30, 0x1000, 0x2000, 0, 3);
	cr_expect_eq(at(1, 40, 0x1000), PLACE(2, 0));
	cr_expect_eq(at(2, 40, 0x1000), PLACE(3, 0));
	cr_expect_eq(at(2, 25, 0x1000), PLACE(1, 0));
}

Test(spaces, an_exec_begins_with_nothing)
{
	rn_spaces_born(s, 1, 1, 0, 0);
	map(1, 10, 0x1000, 0x2000, 0, 1);
	rn_spaces_exec(s, 1, 20);
	map(1, 21, 0x8000, 0x9000, 0, 2);
	cr_expect_eq(at(1, 19, 0x1000), PLACE(1, 0));
	cr_expect_eq(at(1, 19, 0x8000), NOTHING);
	cr_expect_eq(at(1, 22, 0x1000), NOTHING);
	cr_expect_eq(at(1, 22, 0x8000), PLACE(2, 0));
}

Test(spaces, code_told_of_too_late_is_found_where_nothing_else_was)
{
	rn_spaces_born(s, 1, 1, 0, 0);
	map(1, 10, 0x1000, 0x2000, 0, 1);
	cr_expect_eq(at(1, 5, 0x1000), PLACE(1, 0));
}

Test(spaces, equal_epochs_are_equal_maps)
{
	struct rn_space_view a, b;
	rn_spaces_born(s, 1, 1, 0, 0);
	map(1, 10, 0x1000, 0x2000, 0, 1);
	map(1, 20, 0x3000, 0x4000, 0, 1);
	rn_spaces_view(s, 1, 12, &a);
	cr_expect_eq(a.from_ns, 10);
	cr_expect_eq(a.to_ns, 20);
	uint64_t before = a.epoch;
	rn_spaces_view(s, 1, 19, &b);
	cr_expect_eq(b.epoch, before);
	rn_spaces_view(s, 1, 20, &b);
	cr_expect_neq(b.epoch, before);
	cr_expect_eq(b.n, 2);
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

#define PAGES 64
#define CHANGES 400

/* Against an array with one entry a page, at every moment, asked for in both directions. */
static void agree_with_pages(uint64_t seed)
{
	static uint32_t page[CHANGES + 1][PAGES]; /* module + 1 and offset, of each page */
	memset(page, 0, sizeof(page));
	rn_spaces_born(s, 1, 1, 0, 0);
	for (uint32_t t = 1; t <= CHANGES; t++) {
		uint64_t low = next_random(&seed) % PAGES;
		uint64_t high = low + 1 + next_random(&seed) % (PAGES - low);
		bool unmap = next_random(&seed) % 4 == 0;
		memcpy(page[t], page[t - 1], sizeof(page[t]));
		for (uint64_t p = low; p < high; p++)
			page[t][p] = unmap ? 0 : (t << 8 | (uint32_t)(p - low)) + 1;
		if (unmap)
			rn_spaces_unmap(s, 1, t, low << 12, high << 12);
		else
			map(1, t, low << 12, high << 12, 0, t);
	}
	for (uint32_t i = 0; i < 4 * CHANGES; i++) {
		uint32_t t = i < CHANGES ? i + 1 : i < 2 * CHANGES ? 2 * CHANGES - i :
			1 + (uint32_t)(next_random(&seed) % CHANGES);
		struct rn_space_view v;
		cr_assert(rn_spaces_view(s, 1, t, &v));
		uint32_t seen[PAGES] = { 0 };
		for (uint32_t k = 0; k < v.n; k++) {
			cr_assert(k == 0 || v.range[k - 1].high <= v.range[k].low);
			for (uint64_t a = v.range[k].low; a < v.range[k].high; a += 4096)
				seen[a >> 12] = (v.range[k].module << 8 |
					(uint32_t)((v.range[k].offset + a - v.range[k].low) >> 12)) + 1;
		}
		cr_assert_arr_eq(seen, page[t], sizeof(seen), "seed %llu, moment %u",
			(unsigned long long)seed, t);
	}
}

Test(spaces, maps_of_every_moment_agree_with_a_plain_model)
{
	static const uint64_t seeds[] = { 1, 2, 77, 4711, 0xdeadbeef };
	for (size_t i = 0; i < sizeof(seeds) / sizeof(seeds[0]); i++) {
		agree_with_pages(seeds[i]);
		rn_spaces_free(s);
		s = rn_spaces_new();
	}
}
