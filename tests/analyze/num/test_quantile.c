/* SPDX-License-Identifier: MIT */
#include "analyze/num/quantile.h"
#include "analyze/num/random.h"
#include "tests/analyze/num/near.h"

#include <gsl/gsl_sort.h>
#include <gsl/gsl_statistics_double.h>

static const double sorted_a[] = { 11, 12, 12, 13, 14, 15, 16, 18, 250, 900 };

Test(quantile, r7_gives_the_published_values)
{
	NEAR(rn_quantile_sorted(sorted_a, N_A, 0.5), 14.5, 1e-15);
	NEAR(rn_quantile_sorted(sorted_a, N_A, 0.75), 17.5, 1e-15);
	NEAR(rn_quantile_sorted(sorted_a, N_A, 0.9), 315, 1e-14);
	NEAR(rn_quantile_sorted(sorted_a, N_A, 0.95), 607.5, 1e-14);
	NEAR(rn_quantile_sorted(sorted_a, N_A, 0.99), 841.5, 1e-14);
	cr_assert_eq(rn_quantile_sorted(sorted_a, N_A, 0), 11);
	cr_assert_eq(rn_quantile_sorted(sorted_a, N_A, 1), 900);
	cr_assert_eq(rn_quantile_sorted(sorted_a, 1, 0.3), 11);
	cr_assert(isnan(rn_quantile_sorted(sorted_a, 0, 0.3)));
}

Test(quantile, nearest_rank_is_always_a_value)
{
	static const double q[] = { 0, 0.5, 0.75, 0.9, 0.95, 0.99, 1 };
	static const double wanted[] = { 11, 14, 18, 250, 900, 900, 900 };
	for (int i = 0; i < 7; i++) {
		struct rn_quantile_place p = rn_quantile_place(RN_QUANTILE_NEAREST_RANK, N_A, q[i]);
		cr_assert_eq(p.fraction, 0);
		cr_assert_eq(sorted_a[p.low], wanted[i]);
	}
}

Test(quantile, agrees_with_gsl_and_rises_within_the_extremes)
{
	for (size_t s = 0; s < N_SEEDS; s++) {
		struct rn_random r = { seeds[s] };
		size_t n = 1 + rn_random_below(&r, 300);
		double x[300], before = -1;
		for (size_t i = 0; i < n; i++)
			x[i] = (double)rn_random_below(&r, 1000);
		gsl_sort(x, 1, n);
		for (double q = 0; q <= 1; q += 1 / 64.0) {
			double v = rn_quantile_sorted(x, n, q);
			NEAR(v, gsl_stats_quantile_from_sorted_data(x, 1, n, q), 1e-12);
			cr_assert(v >= before && v >= x[0] && v <= x[n - 1]);
			before = v;
		}
	}
}

Test(quantile, great_whole_numbers_stay_within_their_neighbours)
{
	cr_assert_eq(rn_quantile_between(UINT64_MAX, UINT64_MAX, 0.5), 0x1p64);
	cr_assert_eq(rn_quantile_between(0, UINT64_MAX, 0.5), 0x1p63);
	cr_assert_eq(rn_quantile_between(3, 3, 0.99), 3);
	cr_assert_eq(rn_quantile_between(3, 4, 0.75), 3.75);
}

Test(quantile, tails_need_values)
{
	static const struct {
		double q;
		uint64_t n;
	} least[] = { { 0.5, 5 }, { 0.75, 11 }, { 0.9, 29 }, { 0.95, 59 }, { 0.99, 299 },
		{ 0.01, 299 } };
	for (int i = 0; i < 6; i++) {
		cr_assert(rn_quantile_is_founded(least[i].n, least[i].q), "%g", least[i].q);
		cr_assert_not(rn_quantile_is_founded(least[i].n - 1, least[i].q), "%g", least[i].q);
	}
	cr_assert_not(rn_quantile_is_founded(0, 0.5));
}

Test(quantile, places_are_exact_at_both_ends)
{
	static const struct { uint64_t n; double percent; uint64_t low; double fraction; } cases[] = {
		{ 10, 0, 0, 0 }, { 10, 100, 9, 0 }, { 1, 50, 0, 0 }, { 1, 100, 0, 0 }, { 2, 50, 0, 0.5 }, { 3, 50, 1, 0 },
		{ 1001, 99.9, 999, 0 }, { 10001, 99.99, 9999, 0 }, { 5, 25, 1, 0 }, { 11, 95, 9, 0.5 },
	};
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rn_quantile_place p = rn_percentile_place(cases[i].n, cases[i].percent);
		cr_expect(p.low == cases[i].low && p.fraction == cases[i].fraction, "%zu: %u and %g", i, (unsigned)p.low,
			p.fraction);
	}
	for (uint64_t n = 1; n < 5; n++) {
		struct rn_quantile_place p = rn_quantile_place(RN_QUANTILE_R7, n, 1);
		cr_expect(p.low == n - 1 && p.fraction == 0);
	}
}

/* A quantile is founded when 95 samples of 100 reach beyond it: 59 values for the 95th percentile (1 - .95^59 = .9515). */
Test(quantile, is_founded_by_enough_values_only)
{
	cr_expect(!rn_quantile_is_founded(0, 0.95) && !rn_quantile_is_founded(58, 0.95) && rn_quantile_is_founded(59, 0.95));
	cr_expect(!rn_quantile_is_founded(298, 0.99) && rn_quantile_is_founded(299, 0.99));
	cr_expect(!rn_quantile_is_founded(4, 0.5) && rn_quantile_is_founded(5, 0.5));
}
