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
