/* SPDX-License-Identifier: MIT */
#include "analyze/num/random.h"
#include "analyze/num/values.h"
#include "tests/analyze/num/near.h"

#include <stdlib.h>
#include <string.h>

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* Values as latencies are: most of them small, some very great, many equal. */
static uint64_t latency(struct rn_random *r)
{
	uint64_t v = rn_random_u64(r) >> (24 + rn_random_below(r, 40));
	return rn_random_below(r, 4) ? 500 + v % 700 : v;
}

static void check_ranks(struct rn_values *v, const struct rn_values_group *g, const uint64_t *sorted,
	size_t n, struct rn_random *r)
{
	uint64_t ranks[20], out[20];
	struct rn_error err;
	for (int i = 0; i < 20; i++)
		ranks[i] = rn_random_below(r, n);
	ranks[0] = 0;
	ranks[1] = n - 1;
	qsort(ranks, 20, sizeof(*ranks), by_value);
	cr_assert_eq(rn_values_ranks(v, g, ranks, 20, out, &err), 0);
	for (int i = 0; i < 20; i++)
		cr_assert_eq(out[i], sorted[ranks[i]], "rank %llu of %zu",
			(unsigned long long)ranks[i], n);
}

static void try(size_t n, size_t budget, uint64_t seed)
{
	struct rn_random r = { seed };
	struct rn_values v;
	struct rn_error err;
	rn_values_init(&v, budget);
	struct rn_values_group *g[2] = { rn_values_add_group(&v), rn_values_add_group(&v) };
	uint64_t *all = malloc((n + 1) * sizeof(*all));
	size_t n_all = 0;
	for (size_t i = 0; i < n; i++) {
		uint64_t value = latency(&r);
		unsigned which = rn_random_below(&r, 3) == 0;
		cr_assert_eq(rn_values_add(&v, g[which], value, &err), 0);
		if (!which)
			all[n_all++] = value;
	}
	qsort(all, n_all, sizeof(*all), by_value);
	cr_assert_eq(g[0]->moments.n, n_all);
	cr_assert_eq(g[1]->moments.n, n - n_all);
	if (n_all)
		check_ranks(&v, g[0], all, n_all, &r);
	if (budget)
		cr_assert_leq(v.used_bytes, budget);
	free(all);
	rn_values_fini(&v);
}

Test(values, ranks_are_those_of_a_sort)
{
	static const size_t sizes[] = { 1, 2, 3, 47, 48, 49, 1000, 16384, 16385, 300000 };
	for (size_t s = 0; s < N_SEEDS; s++)
		for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++)
			try(sizes[i], 0, seeds[s]);
}

Test(values, beyond_the_budget_they_go_to_a_file_and_ranks_stay_exact)
{
	try(400000, 1 << 20, 1);
	try(700000, 3 << 20, 2);
}

Test(values, the_whole_range_of_numbers_has_ranks)
{
	struct rn_values v;
	struct rn_error err;
	struct rn_random r = { 9 };
	const size_t n = 200000;
	rn_values_init(&v, 0);
	struct rn_values_group *g = rn_values_add_group(&v);
	uint64_t *all = malloc(n * sizeof(*all));
	for (size_t i = 0; i < n; i++) {
		all[i] = i < 3 ? UINT64_MAX - i % 2 : i < 5 ? 0 : rn_random_u64(&r);
		cr_assert_eq(rn_values_add(&v, g, all[i], &err), 0);
	}
	qsort(all, n, sizeof(*all), by_value);
	check_ranks(&v, g, all, n, &r);
	free(all);
	rn_values_fini(&v);
}

Test(values, equal_values_have_that_rank)
{
	struct rn_values v;
	struct rn_error err;
	const uint64_t ranks[] = { 0, 50000, 99999 };
	uint64_t out[3];
	rn_values_init(&v, 0);
	struct rn_values_group *g = rn_values_add_group(&v);
	for (int i = 0; i < 100000; i++)
		cr_assert_eq(rn_values_add(&v, g, 1234567, &err), 0);
	cr_assert_eq(rn_values_ranks(&v, g, ranks, 3, out, &err), 0);
	for (int i = 0; i < 3; i++)
		cr_assert_eq(out[i], 1234567);
	rn_values_fini(&v);
}

static int check_order(void *arg, const uint64_t *values, size_t n)
{
	uint64_t *next = arg;
	for (size_t i = 0; i < n; i++)
		cr_assert_eq(values[i], (*next)++);
	return 0;
}

Test(values, come_back_in_the_order_in_which_they_were_added)
{
	struct rn_values v;
	struct rn_error err;
	uint64_t next = 0;
	rn_values_init(&v, 1 << 20);
	struct rn_values_group *g = rn_values_add_group(&v);
	for (uint64_t i = 0; i < 500000; i++)
		cr_assert_eq(rn_values_add(&v, g, i, &err), 0);
	cr_assert_eq(rn_values_each(&v, g, check_order, &next, &err), 0);
	cr_assert_eq(next, 500000);
	rn_values_fini(&v);
}

/* Buckets around the size up to which their values are gathered: all of them equal but for a few, far away. */
Test(values, a_bucket_of_any_size_gives_its_ranks)
{
	static const size_t sizes[] = { (1 << 16) - 1, 1 << 16, (1 << 16) + 1 };
	for (size_t t = 0; t < 3; t++) {
		struct rn_values v;
		struct rn_error err;
		const size_t n = sizes[t];
		const uint64_t ranks[] = { 0, 100, n - 1, n, n + 1 }, wanted[] = { 0, 100, n - 1, (uint64_t)1 << 39, (uint64_t)1 << 40 };
		uint64_t out[5];
		rn_values_init(&v, 0);
		struct rn_values_group *g = rn_values_add_group(&v);
		for (size_t i = 0; i < n; i++)
			cr_assert_eq(rn_values_add(&v, g, i * 40507 % n, &err), 0); /* each once, in some order */
		cr_assert(rn_values_add(&v, g, (uint64_t)1 << 40, &err) == 0 && rn_values_add(&v, g, (uint64_t)1 << 39, &err) == 0);
		cr_assert_eq(rn_values_ranks(&v, g, ranks, 5, out, &err), 0);
		for (int i = 0; i < 5; i++)
			cr_expect_eq(out[i], wanted[i], "rank %llu of %zu: %llu", (unsigned long long)ranks[i], n,
				(unsigned long long)out[i]);
		cr_expect_eq(rn_values_ranks(&v, g, ranks, 0, out, &err), 0, "no rank at all");
		rn_values_fini(&v);
	}
}

Test(values, many_groups_keep_their_own)
{
	struct rn_values v;
	struct rn_error err;
	struct rn_values_group *g[200];
	rn_values_init(&v, 0);
	for (uint64_t i = 0; i < 200; i++) {
		g[i] = rn_values_add_group(&v);
		cr_assert(g[i] && rn_values_add(&v, g[i], i, &err) == 0 && rn_values_add(&v, g[i], 1000 + i, &err) == 0);
	}
	cr_expect_eq(v.n_groups, 200);
	for (uint64_t i = 0; i < 200; i++) {
		const uint64_t ranks[] = { 0, 1 };
		uint64_t out[2];
		cr_assert_eq(rn_values_ranks(&v, g[i], ranks, 2, out, &err), 0);
		cr_expect(out[0] == i && out[1] == 1000 + i);
	}
	rn_values_fini(&v);
}
