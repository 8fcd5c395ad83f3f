/* SPDX-License-Identifier: MIT */
#include "analyze/num/baseline.h"
#include "analyze/num/random.h"
#include "tests/analyze/num/near.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdlib.h>

static struct rn_error err;

static void judge(struct rn_baseline *b, enum rn_method method, double threshold, const uint64_t *x,
	size_t n)
{
	struct rn_values v;
	rn_values_init(&v, 0);
	struct rn_values_group *g = rn_values_add_group(&v);
	for (size_t i = 0; i < n; i++)
		cr_assert_eq(rn_values_add(&v, g, x[i], &err), 0);
	cr_assert_eq(rn_baseline_of(b, method, threshold, &v, g, &err), 0);
	rn_values_fini(&v);
}

Test(baseline, z_scores_of_ten_values_cannot_reach_three_and_that_is_said)
{
	struct rn_baseline b;
	judge(&b, RN_METHOD_ZSCORE, 3, data_a, N_A);
	cr_assert_eq(b.verdict, RN_VERDICT_TOO_FEW);
	judge(&b, RN_METHOD_ZSCORE, 2, data_a, N_A);
	cr_assert_eq(b.verdict, RN_VERDICT_JUDGED);
	NEAR(rn_baseline_score(&b, 900), 2.7456, 1e-4);
	NEAR(rn_baseline_score(&b, 250), 0.4396, 1e-4);
	NEAR(b.limit_ns, 126.1 + 2 * 281.872095, 1e-8);
}

Test(baseline, modified_z_scores_are_the_published_ones)
{
	struct rn_baseline b;
	judge(&b, RN_METHOD_MODIFIED, 3.5, data_a, N_A);
	cr_assert_eq(b.center, 14.5);
	NEAR(b.scale, 2.5 * 1.482602, 1e-6);
	NEAR(rn_baseline_score(&b, 250), 63.54, 1e-3);
	NEAR(rn_baseline_score(&b, 900), 238.91, 1e-3);
}

Test(baseline, scores_of_logarithms_are_the_published_ones)
{
	struct rn_baseline b;
	judge(&b, RN_METHOD_LOG_MODIFIED, 3.5, data_a, N_A);
	NEAR(b.center, 2.673554, 1e-6);
	NEAR(b.scale / 1.482602, 0.188647, 1e-6);
	NEAR(rn_baseline_score(&b, 250), 10.18, 1e-3);
	NEAR(rn_baseline_score(&b, 900), 14.76, 1e-3);
	cr_assert_eq(b.center_ns, 14.5);
}

/* Share of clean lognormal latencies that a method flags. */
static double flagged(enum rn_method method, double threshold, double sigma, uint64_t seed)
{
	const size_t n = 40000;
	uint64_t *x = malloc(n * sizeof(*x));
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	struct rn_baseline b;
	size_t count = 0;
	gsl_rng_set(rng, seed);
	for (size_t i = 0; i < n; i++)
		x[i] = (uint64_t)(10000 * gsl_ran_lognormal(rng, 0, sigma));
	judge(&b, method, threshold, x, n);
	for (size_t i = 0; i < n; i++)
		count += rn_baseline_score(&b, x[i]) > threshold;
	gsl_rng_free(rng);
	free(x);
	return (double)count / (double)n;
}

Test(baseline, only_logarithms_leave_clean_latencies_alone)
{
	for (uint64_t seed = 1; seed <= 3; seed++) {
		for (double sigma = 0.5; sigma <= 1.5; sigma += 0.5)
			cr_assert_leq(flagged(RN_METHOD_LOG_MODIFIED, 3.5, sigma, seed), 0.0005);
		cr_assert_geq(flagged(RN_METHOD_MODIFIED, 3.5, 1, seed), 0.05);
		cr_assert_geq(flagged(RN_METHOD_ZSCORE, 3, 1, seed), 0.01);
	}
}

/* A tight body with an exponential tail of logarithms: interrupts and scheduling on a busy machine. */
Test(baseline, a_heavy_tail_of_its_own_is_usual_for_a_call)
{
	struct rn_random r = { 7 };
	const size_t n = 10000;
	uint64_t x[10000];
	struct rn_baseline b;
	size_t count = 0;
	for (size_t i = 0; i < n; i++) {
		double tail = rn_random_below(&r, 10) ? 0 : -0.7 * log(1 - rn_random_real(&r));
		x[i] = (uint64_t)(20000 * exp(tail + 0.02 * rn_random_real(&r)));
	}
	judge(&b, RN_METHOD_LOG_MODIFIED, 3.5, x, n);
	for (size_t i = 0; i < n; i++)
		count += rn_baseline_score(&b, x[i]) > 3.5;
	cr_assert_leq(count, n / 1000);
	cr_assert_gt(rn_baseline_score(&b, 50000000), 3.5);
}

/* A call with two ways through the kernel, few of each: the slower one is no anomaly, what stands apart is. */
Test(baseline, of_few_calls_only_what_stands_apart_is_unusual)
{
	static const size_t many[] = { 10, 25, 58, 59, 200, 999 };
	struct rn_random r = { 11 };
	uint64_t x[1000];
	struct rn_baseline b;
	for (size_t k = 0; k < sizeof(many) / sizeof(*many); k++) {
		size_t n = many[k];
		for (size_t i = 0; i < n; i++)
			x[i] = (i % 5 ? 7000 : 21000) + rn_random_below(&r, 500);
		judge(&b, RN_METHOD_LOG_MODIFIED, 3.5, x, n);
		for (size_t i = 0; i < n; i++)
			cr_assert(rn_baseline_score(&b, x[i]) <= 3.5, "%zu of %zu", i, n);
		x[1] = x[n > 20 ? 6 : 1] = 50000000;
		judge(&b, RN_METHOD_LOG_MODIFIED, 3.5, x, n);
		cr_assert_gt(rn_baseline_score(&b, x[1]), 3.5, "of %zu", n);
	}
}

Test(baseline, one_slow_call_among_equal_ones_stands_out)
{
	uint64_t x[500];
	struct rn_baseline b;
	for (int i = 0; i < 500; i++)
		x[i] = 1000;
	judge(&b, RN_METHOD_LOG_MODIFIED, 3.5, x, 500);
	cr_assert_eq(b.verdict, RN_VERDICT_NO_SPREAD);
	x[17] = 50000000;
	for (enum rn_method m = RN_METHOD_LOG_MODIFIED; m <= RN_METHOD_ZSCORE; m++) {
		judge(&b, m, 3.5, x, 500);
		cr_assert_eq(b.verdict, RN_VERDICT_JUDGED);
		cr_assert_gt(rn_baseline_score(&b, x[17]), 5);
		cr_assert_lt(rn_baseline_score(&b, 1000), 1);
	}
}

Test(baseline, everything_stays_finite)
{
	static const uint64_t sets[][12] = {
		{ 0 }, { 0, 0 }, { UINT64_MAX, UINT64_MAX - 1 },
		{ 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, UINT64_MAX },
		{ INT64_MAX, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, INT64_MAX },
		{ 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5 } };
	static const size_t n[] = { 0, 2, 2, 12, 12, 12 };
	struct rn_baseline b;
	for (int i = 0; i < 6; i++) {
		for (enum rn_method m = RN_METHOD_LOG_MODIFIED; m <= RN_METHOD_ZSCORE; m++) {
			judge(&b, m, 3, sets[i], n[i]);
			cr_assert(b.verdict != RN_VERDICT_JUDGED || (isfinite(b.center) &&
				isfinite(b.scale) && b.scale > 0 && !isnan(b.limit_ns)));
			if (n[i] < 10)
				cr_assert_eq(b.verdict, RN_VERDICT_TOO_FEW);
		}
	}
}

Test(baseline, scaling_all_latencies_scales_the_limit_and_no_score)
{
	struct rn_random r = { 3 };
	uint64_t x[400], y[400];
	struct rn_baseline a, b;
	for (int i = 0; i < 400; i++) {
		x[i] = 1000 + rn_random_below(&r, 1000);
		y[i] = 7 * x[i];
	}
	for (enum rn_method m = RN_METHOD_LOG_MODIFIED; m <= RN_METHOD_ZSCORE; m++) {
		judge(&a, m, 3, x, 400);
		judge(&b, m, 3, y, 400);
		NEAR(b.limit_ns, 7 * a.limit_ns, 1e-12);
		NEAR(rn_baseline_score(&b, 70000), rn_baseline_score(&a, 10000), 1e-9);
	}
}

Test(baseline, the_deviation_of_an_even_number_is_between_the_two_in_the_middle)
{
	static const uint64_t x[] = { 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 1000 };
	struct rn_baseline b;
	judge(&b, RN_METHOD_MODIFIED, 3.5, x, 12);
	cr_assert_eq(b.center, 65);
	NEAR(b.scale, 30 * 1.4826022185056018, 1e-12);
	NEAR(b.limit_ns, 65 + 3.5 * 30 * 1.4826022185056018, 1e-12);
}

/* What is just below the limit is not flagged, what is just above is: at any threshold. */
Test(baseline, the_limit_is_where_the_score_reaches_the_threshold)
{
	static const enum rn_method methods[] = { RN_METHOD_ZSCORE, RN_METHOD_MODIFIED, RN_METHOD_LOG_MODIFIED };
	uint64_t x[100];
	for (uint64_t i = 0; i < 100; i++)
		x[i] = 1000000 + i * i * 997 % 700001;
	for (int m = 0; m < 3; m++)
		for (double threshold = 2; threshold < 6; threshold += 1.5) {
			struct rn_baseline b;
			judge(&b, methods[m], threshold, x, 100);
			cr_assert_eq(b.verdict, RN_VERDICT_JUDGED);
			NEAR(rn_baseline_score(&b, (uint64_t)b.limit_ns), threshold, 1e-4);
			cr_expect_lt(rn_baseline_score(&b, (uint64_t)b.limit_ns), threshold + 1e-9);
			cr_expect_gt(rn_baseline_score(&b, (uint64_t)b.limit_ns + 1), threshold);
		}
}

Test(baseline, twice_the_median_is_the_least_limit_of_logarithms)
{
	uint64_t x[60];
	struct rn_baseline b;
	for (int i = 0; i < 60; i++)
		x[i] = 10000 + (uint64_t)(i % 3);
	judge(&b, RN_METHOD_LOG_MODIFIED, 3.5, x, 60);
	cr_assert_eq(b.verdict, RN_VERDICT_JUDGED);
	NEAR(b.limit_ns, 2 * 10001, 1e-6);
	for (int i = 0; i < 60; i++)
		x[i] = 10001;
	judge(&b, RN_METHOD_LOG_MODIFIED, 3.5, x, 60);
	cr_expect_eq(b.verdict, RN_VERDICT_NO_SPREAD, "equal values have no scale");
}

/* More than half of the values are equal: the mean deviation is the scale then, and the first value counts, too. */
Test(baseline, where_most_are_equal_the_mean_deviation_is_the_scale)
{
	uint64_t x[12] = { 400, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 220 };
	struct rn_baseline b;
	judge(&b, RN_METHOD_MODIFIED, 3.5, x, 12);
	cr_assert(b.verdict == RN_VERDICT_JUDGED && b.center == 100);
	NEAR(b.scale, (300 + 120) / 12.0 * 1.253314137315500, 1e-12);
}

/* Latencies of nothing are as those of a nanosecond: a logarithm of them there is. */
Test(baseline, zero_has_the_logarithm_of_one)
{
	uint64_t x[20];
	struct rn_baseline b;
	for (int i = 0; i < 20; i++)
		x[i] = (uint64_t)(i % 2 ? 0 : i);
	judge(&b, RN_METHOD_LOG_MODIFIED, 3.5, x, 20);
	cr_expect_eq(rn_baseline_score(&b, 0), rn_baseline_score(&b, 1));
	cr_expect_lt(rn_baseline_score(&b, 1), rn_baseline_score(&b, 2));
	cr_expect_eq(b.center, 0);
}

/* The tail is looked at in order, in whatever order its values came; a jump by more than five times ends it. */
Test(baseline, a_tail_ends_before_its_jump_in_any_order)
{
	uint64_t x[200];
	double limit = 0;
	for (uint64_t turn = 0; turn < 3; turn++) {
		struct rn_baseline b;
		for (uint64_t i = 0; i < 200; i++) {
			uint64_t k = turn == 0 ? i : turn == 1 ? 199 - i : i * 77 % 200;
			x[k] = i < 190 ? 1000 + i : i < 197 ? 3000 + i : 900000 + i;
		}
		judge(&b, RN_METHOD_LOG_MODIFIED, 3.5, x, 200);
		cr_assert_eq(b.verdict, RN_VERDICT_JUDGED);
		cr_expect(turn == 0 || b.limit_ns == limit, "turn %d", (int)turn);
		limit = b.limit_ns;
		cr_expect(limit > 3196 && limit < 900000, "%g", limit);
	}
}

/* No value of n can be farther from the mean than (n - 1) / sqrt(n) deviations (Samuelson 1968). */
Test(baseline, what_no_score_can_reach_is_not_judged)
{
	static const struct { size_t n; double threshold; enum rn_verdict verdict; } cases[] = {
		{ 10, 2.8, RN_VERDICT_JUDGED }, { 10, 2.85, RN_VERDICT_TOO_FEW },
		{ 16, 3.7, RN_VERDICT_JUDGED }, { 16, 3.75, RN_VERDICT_TOO_FEW },
	};
	uint64_t x[16];
	for (uint64_t i = 0; i < 16; i++)
		x[i] = 100 + i * i;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rn_baseline b;
		judge(&b, RN_METHOD_ZSCORE, cases[i].threshold, x, cases[i].n);
		cr_expect_eq(b.verdict, cases[i].verdict, "case %zu", i);
	}
}

Test(baseline, of_many_values_a_hundredth_is_the_tail)
{
	static uint64_t x[2000];
	struct rn_baseline b;
	for (uint64_t i = 0; i < 2000; i++)
		x[i] = i < 1985 ? 1000 + i % 190 : i < 1995 ? 3000 : 900000;
	judge(&b, RN_METHOD_LOG_MODIFIED, 3.5, x, 2000);
	cr_assert_eq(b.verdict, RN_VERDICT_JUDGED);
	cr_expect(b.limit_ns > 3000 && b.limit_ns < 900000, "%g", b.limit_ns);
}
