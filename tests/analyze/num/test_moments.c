/* SPDX-License-Identifier: MIT */
#include "analyze/num/moments.h"
#include "analyze/num/random.h"
#include "tests/analyze/num/near.h"

#include <gsl/gsl_statistics_double.h>

static struct rn_moments of(const uint64_t *v, size_t n)
{
	struct rn_moments m = RN_MOMENTS_INIT;
	for (size_t i = 0; i < n; i++)
		rn_moments_add(&m, v[i]);
	return m;
}

Test(moments, mean_and_deviation_are_the_published_ones)
{
	struct rn_moments m = of(data_a, N_A);
	NEAR(rn_moments_mean(&m), 126.1, 1e-15);
	NEAR(rn_moments_variance(&m), 79451.877777777778, 1e-14);
	NEAR(rn_moments_sd(&m), 281.872095, 1e-8);
	cr_assert_eq(m.min, 11);
	cr_assert_eq(m.max, 900);
}

Test(moments, nothing_and_one_value_have_no_deviation)
{
	struct rn_moments m = RN_MOMENTS_INIT;
	cr_assert(isnan(rn_moments_mean(&m)));
	cr_assert(isnan(rn_moments_sd(&m)));
	rn_moments_add(&m, 7);
	cr_assert_eq(rn_moments_mean(&m), 7);
	cr_assert(isnan(rn_moments_sd(&m)));
	rn_moments_add(&m, 7);
	cr_assert_eq(rn_moments_sd(&m), 0);
}

/* A sum of squares in double gives a negative variance here. */
Test(moments, large_offsets_do_not_cancel)
{
	static const uint64_t v[] = { 1000000004, 1000000007, 1000000013, 1000000016 };
	struct rn_moments m = of(v, 4);
	cr_assert_eq(rn_moments_mean(&m), 1000000010.0);
	cr_assert_eq(rn_moments_variance(&m), 30);
}

Test(moments, a_sliding_window_is_exact_and_forgets_a_spike)
{
	static const uint64_t v[] = { 4, 7, 13, 16, 10, 1, 400 };
	static const double mean[] = { 10, 11.5, 10, 106.75 }, variance[] = { 30, 15, 42, 38258.25 };
	struct rn_moments m = RN_MOMENTS_INIT;
	for (size_t i = 0; i < 7; i++) {
		rn_moments_add(&m, 1000000000 + v[i]);
		if (i >= 4)
			rn_moments_remove(&m, 1000000000 + v[i - 4]);
		if (i >= 3) {
			cr_assert_eq(rn_moments_mean(&m) - 1e9, mean[i - 3]);
			NEAR(rn_moments_variance(&m), variance[i - 3], 1e-15);
		}
	}
	struct rn_moments before = m;
	rn_moments_add(&m, UINT64_MAX);
	rn_moments_remove(&m, UINT64_MAX);
	cr_assert(m.square_low == before.square_low);
	cr_assert_eq(m.square_high, before.square_high);
	cr_assert_eq(rn_moments_variance(&m), rn_moments_variance(&before));
}

Test(moments, the_greatest_values_do_not_overflow)
{
	struct rn_moments m = RN_MOMENTS_INIT;
	for (int i = 0; i < 1000; i++) {
		rn_moments_add(&m, UINT64_MAX);
		rn_moments_add(&m, 0);
	}
	NEAR(rn_moments_mean(&m), 0x1p63, 1e-15);
	NEAR(rn_moments_sd(&m), 0x1p63 * sqrt(2000.0 / 1999), 1e-14);
}

Test(moments, parts_make_the_whole_in_any_order)
{
	for (size_t s = 0; s < N_SEEDS; s++) {
		struct rn_random r = { seeds[s] };
		struct rn_moments whole = RN_MOMENTS_INIT, part[3] = { RN_MOMENTS_INIT,
			RN_MOMENTS_INIT, RN_MOMENTS_INIT };
		for (int i = 0; i < 1000; i++) {
			uint64_t v = rn_random_u64(&r) >> rn_random_below(&r, 64);
			rn_moments_add(&whole, v);
			rn_moments_add(&part[rn_random_below(&r, 3)], v);
		}
		rn_moments_merge(&part[2], &part[0]);
		rn_moments_merge(&part[2], &part[1]);
		const struct rn_moments *m = &part[2];
		cr_assert(m->n == whole.n && m->min == whole.min && m->max == whole.max);
		cr_assert(m->sum == whole.sum && m->square_low == whole.square_low &&
			m->square_high == whole.square_high);
	}
}

Test(moments, agree_with_gsl)
{
	for (size_t s = 0; s < N_SEEDS; s++) {
		struct rn_random r = { seeds[s] };
		struct rn_moments m = RN_MOMENTS_INIT;
		double x[500];
		for (int i = 0; i < 500; i++) {
			uint64_t v = rn_random_below(&r, 1u << 30);
			x[i] = (double)v;
			rn_moments_add(&m, v);
		}
		NEAR(rn_moments_mean(&m), gsl_stats_mean(x, 1, 500), 1e-12);
		NEAR(rn_moments_sd(&m), gsl_stats_sd(x, 1, 500), 1e-12);
	}
}

/* Against the compiler's own conversion, with all the ties and their neighbours. */
Test(moments, wide_numbers_are_rounded_as_they_should_be)
{
	struct rn_random r = { 11 };
	for (unsigned shift = 0; shift < 75; shift++)
		for (int tail = -1; tail <= 1; tail++) {
			rn_wide tie = ((rn_wide)1 << 53 | 1) << shift, v = tie * 2 + (rn_wide)(tail + 2) - 2;
			cr_expect_eq(rn_wide_double(v), (double)v, "2 * tie %+d, shift %u", tail, shift);
			v = ((rn_wide)1 << 53 | 3) << shift;
			v = v - 1 + (rn_wide)(tail + 1);
			cr_expect_eq(rn_wide_double(v), (double)v, "%+d, shift %u", tail, shift);
		}
	for (int i = 0; i < 2000; i++) {
		rn_wide v = (rn_wide)rn_random_u64(&r) << 64 | rn_random_u64(&r);
		v >>= rn_random_below(&r, 128);
		cr_expect_eq(rn_wide_double(v), (double)v);
	}
	cr_expect_eq(rn_wide_double(0), 0);
	cr_expect_eq(rn_wide_double(~(rn_wide)0), 0x1p128);
}

/* Variances of values near 2^64 take 192 bits and more; Welford's way in long double is the witness. */
Test(moments, variances_of_great_values_use_all_their_bits)
{
	for (size_t s = 0; s < N_SEEDS; s++) {
		struct rn_random r = { seeds[s] };
		struct rn_moments m = RN_MOMENTS_INIT;
		long double mean = 0, squares = 0;
		for (int i = 1; i <= 5000; i++) {
			uint64_t v = UINT64_MAX - rn_random_below(&r, (uint64_t)1 << 40);
			long double d = (long double)v - mean;
			rn_moments_add(&m, v);
			mean += d / i;
			squares += d * ((long double)v - mean);
		}
		NEAR(rn_moments_variance(&m), (double)(squares / 4999), 1e-5);
		NEAR(rn_moments_mean(&m), (double)mean, 1e-12);
	}
}

Test(moments, repeated_they_are_as_if_each_value_came_that_often)
{
	struct rn_random r = { 5 };
	struct rn_moments once = RN_MOMENTS_INIT, often = RN_MOMENTS_INIT;
	for (int i = 0; i < 300; i++) {
		uint64_t v = rn_random_u64(&r) >> rn_random_below(&r, 64);
		rn_moments_add(&once, v);
		for (int k = 0; k < 7; k++)
			rn_moments_add(&often, v);
	}
	rn_moments_repeat(&once, 7);
	cr_expect(once.n == often.n && once.sum == often.sum && once.min == often.min && once.max == often.max);
	cr_expect(once.square_low == often.square_low && once.square_high == often.square_high);
}
