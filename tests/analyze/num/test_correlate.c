/* SPDX-License-Identifier: MIT */
#include "analyze/num/correlate.h"
#include "analyze/num/random.h"
#include "tests/analyze/num/near.h"

#include <gsl/gsl_statistics_double.h>

static struct rn_error err;
static double rows[4][5] = { { 4, 6, 9, 3, 8 }, { 2, 3, 5, 1, 4 }, { 9, 7, 1, 8, 2 },
	{ 5, 5, 5, 5, 5 } };

Test(correlate, pearson_and_spearman_are_the_published_ones)
{
	double *row[] = { rows[0], rows[1], rows[2], rows[3] }, r[16];
	const struct rn_computer *c = rn_computer_plain();
	cr_assert_eq(rn_pearson(c, row, 4, 5, r, &err), 0);
	NEAR(r[1], .992278, 1e-6);
	NEAR(r[2], -.941078, 1e-6);
	NEAR(r[6], -.910465, 1e-6);
	cr_assert(r[0] == 1 && r[5] == 1 && r[10] == 1);
	for (int i = 0; i < 4; i++)
		cr_assert(isnan(r[12 + i]) && isnan(r[4 * i + 3]));
	cr_assert_eq(rn_spearman(c, row, 4, 5, r, &err), 0);
	NEAR(r[1], 1, 1e-12);
	NEAR(r[2], -.9, 1e-12);
	NEAR(r[6], -.9, 1e-12);
	cr_assert(isnan(r[3]));
}

Test(correlate, properties_hold)
{
	const struct rn_computer *c = rn_computer_plain();
	for (size_t s = 0; s < N_SEEDS; s++) {
		struct rn_random random = { seeds[s] };
		double x[3][64], *row[] = { x[0], x[1], x[2] }, *turned[] = { x[2], x[0], x[1] };
		double r[9], t[9], q[9];
		for (int a = 0; a < 3; a++)
			for (int i = 0; i < 64; i++)
				x[a][i] = (double)rn_random_below(&random, 9) + (a == 2 ? x[0][i] : 0);
		cr_assert_eq(rn_pearson(c, row, 3, 64, r, &err), 0);
		NEAR(r[1], gsl_stats_correlation(x[0], 1, x[1], 1, 64), 1e-9);
		NEAR(r[2], gsl_stats_correlation(x[0], 1, x[2], 1, 64), 1e-9);
		double work[128];
		cr_assert_eq(rn_spearman(c, row, 3, 64, q, &err), 0);
		NEAR(q[2], gsl_stats_spearman(x[0], 1, x[2], 1, 64, work), 1e-9);
		cr_assert_eq(rn_pearson(c, turned, 3, 64, t, &err), 0);
		cr_assert(t[1] == r[2] && t[2] == r[5] && t[5] == r[1]);
		for (int i = 0; i < 9; i++)
			cr_assert(fabs(r[i]) <= 1 && r[i] == r[i % 3 * 3 + i / 3]);
		for (int i = 0; i < 64; i++)
			x[1][i] = 3 + 7 * x[1][i];
		cr_assert_eq(rn_pearson(c, row, 3, 64, t, &err), 0);
		for (int i = 0; i < 9; i++)
			NEAR(t[i], r[i], 1e-12);
	}
}

Test(correlate, chances_are_students)
{
	NEAR(rn_correlation_p(.992278, 5), 0.000813775, 1e-4); /* scipy.stats.pearsonr */
	cr_assert_eq(rn_correlation_p(1, 5), 0);
	NEAR(rn_correlation_p(0, 5), 1, 1e-12);
	cr_assert(isnan(rn_correlation_p(.5, 2)) && isnan(rn_correlation_p(NAN, 9)));
	NEAR(rn_correlation_noise(100), .2, 1e-12);
}

Test(correlate, nothing_and_one_value_have_no_correlation)
{
	double x[] = { 1 }, *row[] = { x, x }, r[4];
	cr_assert_eq(rn_pearson(rn_computer_plain(), row, 2, 1, r, &err), 0);
	cr_assert(isnan(r[0]) && isnan(r[1]));
	cr_assert_eq(rn_spearman(rn_computer_plain(), row, 2, 0, r, &err), 0);
	cr_assert(isnan(r[0]) && isnan(r[3]));
}

Test(correlate, three_pairs_are_enough_for_a_chance)
{
	NEAR(rn_correlation_p(.5, 3), 2 / 3.0, 1e-12); /* one degree of freedom: 1 - 2/pi * atan(t) */
	NEAR(rn_correlation_p(-.5, 3), 2 / 3.0, 1e-12);
	cr_expect(isnan(rn_correlation_noise(0)));
}

Test(correlate, small_numbers_correlate_as_great_ones_and_nothing_exceeds_one)
{
	const struct rn_computer *c = rn_computer_plain();
	for (uint64_t s = 1; s <= 200; s++) {
		struct rn_random random = { s };
		double x[2][40], *row[] = { x[0], x[1] }, r[4], small[4];
		double factor = rn_random_real(&random) + 0.001;
		for (int i = 0; i < 40; i++) {
			x[0][i] = rn_random_real(&random);
			x[1][i] = factor * x[0][i];
		}
		cr_assert_eq(rn_pearson(c, row, 2, 40, r, &err), 0);
		cr_expect(r[1] <= 1 && r[1] > 1 - 1e-12, "%.17g", r[1]);
		for (int i = 0; i < 40; i++) {
			x[0][i] = (double)rn_random_below(&random, 64);
			x[1][i] = (double)rn_random_below(&random, 64);
		}
		cr_assert_eq(rn_pearson(c, row, 2, 40, r, &err), 0);
		for (int i = 0; i < 80; i++)
			x[i / 40][i % 40] /= 1 << 20;
		cr_assert_eq(rn_pearson(c, row, 2, 40, small, &err), 0);
		NEAR(small[1], r[1], 1e-12);
	}
}

Test(correlate, opposites_are_minus_one_and_no_less)
{
	const struct rn_computer *c = rn_computer_plain();
	for (uint64_t s = 1; s <= 200; s++) {
		struct rn_random random = { s };
		double x[2][40], *row[] = { x[0], x[1] }, r[4];
		double factor = rn_random_real(&random) + 0.001;
		for (int i = 0; i < 40; i++) {
			x[0][i] = rn_random_real(&random);
			x[1][i] = -factor * x[0][i];
		}
		cr_assert_eq(rn_pearson(c, row, 2, 40, r, &err), 0);
		cr_expect(r[1] >= -1 && r[1] < -1 + 1e-12, "%.17g", r[1]);
	}
}

/* 0.1 has no exact mean of itself: what is left over correlates with nothing. */
Test(correlate, a_constant_row_correlates_with_nothing_whatever_its_value)
{
	double x[2][7] = { { .1, .1, .1, .1, .1, .1, .1 }, { 1, 2, 3, 4, 5, 6, 7 } }, *row[] = { x[0], x[1] }, r[4];
	cr_assert_eq(rn_pearson(rn_computer_plain(), row, 2, 7, r, &err), 0);
	cr_expect(isnan(r[0]) && isnan(r[1]) && r[3] == 1);
}
