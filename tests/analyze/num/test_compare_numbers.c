/* SPDX-License-Identifier: MIT */
/* What two samples are compared by: ranks, shares, many tests at once, drawing with return. */
#include "analyze/num/adjust.h"
#include "analyze/num/bootstrap.h"
#include "analyze/num/proportion.h"
#include "analyze/num/quantile.h"
#include "analyze/num/random.h"
#include "analyze/num/rank_test.h"
#include "tests/analyze/num/near.h"

static struct rn_error err;
static const double run_a[] = { 102, 98, 105, 101, 99, 103, 100, 97 };
static const double run_b[] = { 110, 104, 112, 108, 109, 107, 111, 106 };

static struct rn_rank_test rank_test(const double *a, size_t n, const double *b, size_t m)
{
	struct rn_rank_test t;
	cr_assert_eq(rn_rank_test(&t, a, n, b, m, &err), 0);
	return t;
}

static double shift(const double *a, size_t n, const double *b, size_t m)
{
	double s;
	cr_assert_eq(rn_shift(&s, a, n, b, m, &err), 0);
	return s;
}

Test(rank_test, different_values_have_the_published_exact_chance)
{
	struct rn_rank_test t = rank_test(run_a, 8, run_b, 8);
	cr_assert(t.u == 1 && t.exact);
	NEAR(t.p, .00031080, 1e-8);
	cr_assert_eq(t.delta, .96875);
	cr_assert_eq(shift(run_a, 8, run_b, 8), 8);
}

Test(rank_test, ties_have_the_published_chance_of_the_normal_distribution)
{
	static const double a[] = { 1, 2, 2, 3, 4 }, b[] = { 2, 3, 3, 5, 6, 6 };
	struct rn_rank_test t = rank_test(a, 5, b, 6);
	cr_assert(t.u == 6 && !t.exact);
	NEAR(t.p, .113050, 1e-6);
}

Test(rank_test, few_runs_cannot_be_significant)
{
	static const double x[] = { 1, 2, 3, 4, 5, 11, 12, 13, 14, 15 };
	NEAR(rank_test(x, 3, x + 5, 3).p, .1, 1e-12);
	NEAR(rank_test(x, 4, x + 5, 4).p, .02857142857, 1e-9);
	NEAR(rank_test(x, 5, x + 5, 5).p, .00793650794, 1e-9);
}

/* The exact chance of all divisions, counted one by one. */
static double counted(unsigned n, unsigned m, double u)
{
	unsigned all = 0, tail = 0;
	for (unsigned set = 0; set < 1u << (n + m); set++) {
		if ((unsigned)__builtin_popcount(set) != n)
			continue;
		unsigned pairs = 0, others = 0;
		for (unsigned i = 0; i < n + m; i++)
			if (set >> i & 1)
				pairs += others;
			else
				others++;
		all++;
		tail += pairs <= u;
	}
	return fmin(1, 2.0 * tail / all);
}

Test(rank_test, exact_chances_are_those_of_counting)
{
	for (size_t s = 0; s < N_SEEDS; s++) {
		struct rn_random random = { seeds[s] };
		double a[6], b[7];
		for (int i = 0; i < 6; i++)
			a[i] = rn_random_real(&random);
		for (int i = 0; i < 7; i++)
			b[i] = rn_random_real(&random);
		struct rn_rank_test t = rank_test(a, 6, b, 7), back = rank_test(b, 7, a, 6);
		NEAR(t.p, counted(6, 7, fmin(t.u, 42 - t.u)), 1e-12);
		cr_assert(back.p == t.p && back.u == 42 - t.u && back.delta == -t.delta);
		cr_assert_eq(shift(a, 6, b, 7), -shift(b, 7, a, 6));
		for (int i = 0; i < 6; i++)
			a[i] = 3 * a[i] + 5;
		for (int i = 0; i < 7; i++)
			b[i] = 3 * b[i] + 5;
		struct rn_rank_test scaled = rank_test(a, 6, b, 7);
		cr_assert(scaled.p == t.p && scaled.u == t.u);
	}
}

Test(rank_test, nothing_one_value_and_equal_values_are_no_difference)
{
	static const double x[] = { 7, 7, 7, 7, 7, 1e300 };
	cr_assert(isnan(rank_test(x, 0, x, 5).p) && isnan(shift(x, 5, x, 0)));
	cr_assert_eq(rank_test(x, 5, x, 5).p, 1);
	cr_assert_eq(rank_test(x, 5, x, 5).delta, 0);
	cr_assert_eq(rank_test(x, 1, x, 1).p, 1);
	cr_assert_eq(rank_test(x + 5, 1, x, 1).delta, -1);
	cr_assert_eq(shift(x, 5, x, 5), 0);
}

Test(bootstrap, the_ratio_of_medians_has_the_published_interval)
{
	struct rn_interval ci;
	NEAR(rn_median(run_b, 8) / rn_median(run_a, 8), 1.0796, 1e-4);
	for (uint64_t seed = 1; seed < 6; seed++) {
		cr_assert_eq(rn_bootstrap_medians(&ci, run_a, 8, seed, run_b, 8, seed + 100, &err), 0);
		NEAR(ci.low, 1.044, .005);
		NEAR(ci.high, 1.115, .005);
	}
}

Test(bootstrap, exchanged_sides_have_the_inverse_interval)
{
	struct rn_interval ci, back;
	cr_assert_eq(rn_bootstrap_medians(&ci, run_a, 8, 1, run_b, 7, 2, &err), 0);
	cr_assert_eq(rn_bootstrap_medians(&back, run_b, 7, 2, run_a, 8, 1, &err), 0);
	NEAR(ci.low * back.high, 1, 1e-12);
	NEAR(ci.high * back.low, 1, 1e-12);
	cr_assert_eq(rn_bootstrap_medians(&back, run_a, 8, 1, run_b, 7, 2, &err), 0);
	cr_assert(ci.low == back.low && ci.high == back.high, "not reproducible");
}

Test(bootstrap, edges_are_told_or_unknown)
{
	static const double one[] = { 5 }, zero[] = { 0, 0 };
	struct rn_interval ci;
	cr_assert_eq(rn_bootstrap_medians(&ci, one, 0, 1, one, 1, 2, &err), 0);
	cr_assert(isnan(ci.low) && isnan(ci.high));
	cr_assert_eq(rn_bootstrap_medians(&ci, zero, 2, 1, one, 1, 2, &err), 0);
	cr_assert(isnan(ci.low) && !rn_interval_excludes(ci, 1));
	cr_assert_eq(rn_bootstrap_medians(&ci, one, 1, 1, one, 1, 2, &err), 0);
	cr_assert(ci.low == 1 && ci.high == 1);
	cr_assert(isnan(rn_median(one, 0)));
}

Test(proportion, fishers_chance_and_wilsons_intervals_are_the_published_ones)
{
	NEAR(rn_fisher(12, 1000, 30, 1000), .007288, 1e-6);
	NEAR(rn_odds_ratio(12, 1000, 30, 1000), .392713, 1e-6);
	struct rn_interval a = rn_wilson(12, 1000), b = rn_wilson(30, 1000);
	NEAR(a.low, .006878, 1e-6);
	NEAR(a.high, .020857, 1e-6);
	NEAR(b.low, .021094, 1e-6);
	NEAR(b.high, .042503, 1e-6);
}

static double binomial(unsigned n, unsigned k)
{
	double c = 1;
	for (unsigned i = 0; i < k; i++)
		c = c * (n - i) / (i + 1);
	return c;
}

/* All tables with the margins, one by one. */
static double tables(unsigned k, unsigned n, unsigned l, unsigned m)
{
	double sum = 0, seen = binomial(n, k) * binomial(m, l);
	for (unsigned i = 0; i <= n && i <= k + l; i++)
		if (k + l - i <= m && binomial(n, i) * binomial(m, k + l - i) <= seen * (1 + 1e-7))
			sum += binomial(n, i) * binomial(m, k + l - i);
	return sum / binomial(n + m, k + l);
}

Test(proportion, fishers_chance_is_that_of_counting_tables)
{
	for (unsigned n = 0; n < 7; n++)
		for (unsigned m = 0; m < 8; m++)
			for (unsigned k = 0; k <= n; k++)
				for (unsigned l = 0; l <= m; l++)
					NEAR(rn_fisher(k, n, l, m), tables(k, n, l, m), 1e-9);
	NEAR(rn_fisher(0, 4, 4, 4), .0285714286, 1e-9);
}

Test(proportion, edges_are_finite)
{
	cr_assert(isnan(rn_wilson(0, 0).low));
	cr_assert(rn_wilson(0, 5).low == 0 && rn_wilson(5, 5).high == 1);
	cr_assert(rn_wilson(1, UINT64_MAX).high < 1e-15);
	cr_assert_eq(rn_fisher(0, 0, 0, 0), 1);
	cr_assert(isnan(rn_fisher(1, UINT32_MAX, 1, 5)));
	cr_assert(rn_fisher(1000, 1000000, 2000, 1000000) < 1e-60);
	NEAR(rn_fisher(5000, 1000000, 5050, 1000000), .621, 5e-3);
}

Test(adjust, holm_and_benjamini_hochberg_are_the_published_ones)
{
	double holm[] = { .01, .04, NAN, .03, .005 }, bh[] = { .01, .04, NAN, .03, .005 };
	cr_assert_eq(rn_adjust_holm(holm, 5, &err), 0);
	cr_assert_eq(rn_adjust_bh(bh, 5, &err), 0);
	static const double wanted_holm[] = { .03, .06, 0, .06, .02 };
	static const double wanted_bh[] = { .02, .04, 0, .04, .02 };
	for (int i = 0; i < 5; i++) {
		if (i == 2)
			continue;
		NEAR(holm[i], wanted_holm[i], 1e-12);
		NEAR(bh[i], wanted_bh[i], 1e-12);
	}
	cr_assert(isnan(holm[2]) && isnan(bh[2]));
	cr_assert_eq(rn_adjust_holm(holm, 0, &err), 0);
	double great[] = { .9, .8 };
	cr_assert_eq(rn_adjust_holm(great, 2, &err), 0);
	cr_assert(great[0] == 1 && great[1] == 1);
}

Test(quantile_interval, ranks_are_the_binomials)
{
	uint64_t low, high;
	rn_quantile_interval(1000, .99, &low, &high);
	cr_assert(low + 1 == 983 && high + 1 == 997, "%llu..%llu", (unsigned long long)low + 1,
		(unsigned long long)high + 1);
	rn_quantile_interval(1, .5, &low, &high);
	cr_assert(low == 0 && high == 0);
	rn_quantile_interval(10, .99, &low, &high);
	cr_assert(low < 10 && high == 9);
	rn_quantile_interval(100, 0, &low, &high);
	cr_assert(low == 0 && high == 0);
	for (uint64_t n = 60000; n < UINT64_MAX / 8; n *= 3) {
		rn_quantile_interval(n, .5, &low, &high);
		NEAR((double)(high - low), 1.96 * sqrt((double)n), 5e-3);
	}
}
