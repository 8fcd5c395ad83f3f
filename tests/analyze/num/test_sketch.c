/* SPDX-License-Identifier: MIT */
#include "analyze/num/random.h"
#include "analyze/num/sketch.h"
#include "tests/analyze/num/near.h"

#include <stdlib.h>

static struct rn_error err;

static void fill(struct rn_sketch *s, const uint64_t *v, size_t n)
{
	rn_sketch_init(s, .01);
	for (size_t i = 0; i < n; i++)
		cr_assert_eq(rn_sketch_add(s, v[i], &err), 0);
}

Test(sketch, buckets_are_the_published_ones)
{
	static const struct {
		uint64_t value;
		int index;
		double estimate;
	} known[] = { { 1000, 346, 1002.428 }, { 12345, 472, 12459.820 }, { 1000000000, 1037, 1007402465.8 } };
	for (int i = 0; i < 3; i++) {
		cr_assert_eq(rn_sketch_index(.01, known[i].value), known[i].index);
		NEAR(rn_sketch_value(.01, known[i].index), known[i].estimate, 1e-6);
	}
}

static int by_value(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

Test(sketch, quantiles_are_off_by_one_percent_at_most_and_rise)
{
	for (size_t s = 0; s < N_SEEDS; s++) {
		struct rn_random random = { seeds[s] };
		struct rn_sketch sketch;
		uint64_t v[2000];
		for (int i = 0; i < 2000; i++)
			v[i] = rn_random_u64(&random) >> (1 + rn_random_below(&random, 63));
		v[0] = 0;
		v[1] = INT64_MAX;
		fill(&sketch, v, 2000);
		qsort(v, 2000, sizeof(*v), by_value);
		double before = -1;
		for (int i = 0; i < 2000; i += 7) {
			double q = i / 1999.0, got = rn_sketch_quantile(&sketch, q);
			NEAR(got, (double)v[(size_t)(q * 1999)], .01 + 1e-9);
			cr_assert(got >= before);
			before = got;
		}
		rn_sketch_fini(&sketch);
	}
}

Test(sketch, parts_make_the_whole_in_any_order)
{
	for (size_t s = 0; s < N_SEEDS; s++) {
		struct rn_random random = { seeds[s] };
		struct rn_sketch whole, part[3];
		uint64_t v[900];
		for (int i = 0; i < 900; i++)
			v[i] = rn_random_u64(&random) >> rn_random_below(&random, 64);
		fill(&whole, v, 900);
		fill(&part[0], v + 500, 400);
		fill(&part[1], v, 1);
		fill(&part[2], v + 1, 499);
		cr_assert_eq(rn_sketch_merge(&part[1], &part[0], &err), 0);
		cr_assert_eq(rn_sketch_merge(&part[2], &part[1], &err), 0);
		cr_assert_eq(part[2].n, 900);
		cr_assert_eq(part[2].n_buckets, whole.n_buckets);
		for (uint32_t i = 0; i < whole.n_buckets; i++)
			cr_assert(part[2].bucket[i].index == whole.bucket[i].index &&
				part[2].bucket[i].count == whole.bucket[i].count);
		for (int i = 0; i < 3; i++)
			rn_sketch_fini(&part[i]);
		rn_sketch_fini(&whole);
	}
}

/* scipy.stats.ks_2samp(A, B).statistic: .4, .5; values lie in buckets of their own. */
Test(sketch, the_distance_is_that_of_kolmogorov_and_smirnov)
{
	static const uint64_t a[] = { 10, 20, 30, 40, 50 }, b[] = { 30, 40, 50, 60, 70 };
	static const uint64_t c[] = { 20, 20, 40, 90 };
	struct rn_sketch x, y, z, none;
	fill(&x, a, 5);
	fill(&y, b, 5);
	fill(&z, c, 4);
	fill(&none, a, 0);
	NEAR(rn_sketch_distance(&x, &y), .4, 1e-12);
	NEAR(rn_sketch_distance(&x, &z), .25, 1e-12);
	NEAR(rn_sketch_distance(&y, &z), .5, 1e-12);
	cr_assert_eq(rn_sketch_distance(&x, &x), 0);
	cr_assert(isnan(rn_sketch_distance(&x, &none)) && isnan(rn_sketch_quantile(&none, .5)));
	cr_assert_eq(rn_sketch_merge(&none, &x, &err), 0);
	cr_assert_eq(rn_sketch_distance(&x, &none), 0);
	rn_sketch_fini(&x);
	rn_sketch_fini(&y);
	rn_sketch_fini(&z);
	rn_sketch_fini(&none);
}
