/* SPDX-License-Identifier: MIT */
#include "analyze/num/change_points.h"
#include "analyze/num/random.h"
#include "tests/analyze/num/near.h"

static struct rn_error err;
static const double published[] = { 10, 11, 9, 10, 12, 30, 31, 29, 32, 30 };

Test(change_points, one_split_is_the_published_one)
{
	struct rn_split s;
	cr_assert_eq(rn_split(&s, published, 10, &err), 0);
	cr_assert_eq(s.at, 5);
	NEAR(s.cost, 10.4, 1e-12);
	NEAR(s.whole, 1010.4, 1e-12);
	cr_assert_eq(rn_split(&s, published, 1, &err), 0);
	cr_assert(s.at == 0 && s.cost == 0);
}

static double cost(const double *x, size_t from, size_t to)
{
	double mean = 0, sum = 0;
	for (size_t i = from; i < to; i++)
		mean += x[i] / (double)(to - from);
	for (size_t i = from; i < to; i++)
		sum += (x[i] - mean) * (x[i] - mean);
	return sum;
}

/* Every set of changes of a short series. */
static double least(const double *x, size_t n, size_t shortest, double penalty)
{
	double best = INFINITY;
	for (unsigned set = 0; set < 1u << (n - 1); set++) {
		size_t from = 0;
		double c = 0;
		for (size_t i = 1; i <= n && isfinite(c); i++)
			if (i == n || set >> (i - 1) & 1) {
				c = i - from < shortest ? INFINITY : c + cost(x, from, i) +
					(i < n ? penalty : 0);
				from = i;
			}
		best = fmin(best, c);
	}
	return best;
}

Test(change_points, as_many_as_pay_are_found_as_by_trying_all)
{
	for (size_t s = 0; s < 40; s++) {
		struct rn_random random = { 1000 + s };
		double x[13], level = 0, found = 0;
		size_t at[13], n, shortest = 1 + s % 3, from = 0;
		for (int i = 0; i < 13; i++) {
			level += rn_random_below(&random, 4) ? 0 : rn_random_real(&random) * 10 - 5;
			x[i] = level + rn_random_real(&random);
		}
		cr_assert_eq(rn_change_points(at, &n, x, 13, shortest, 2, &err), 0);
		for (size_t i = 0; i <= n; i++) {
			size_t to = i < n ? at[i] : 13;
			cr_assert(to - from >= shortest);
			found += cost(x, from, to) + (i < n ? 2 : 0);
			from = to;
		}
		NEAR(found, least(x, 13, shortest, 2), 1e-9);
	}
}

Test(change_points, the_penalty_of_the_bic_finds_what_is_there_and_nothing_else)
{
	unsigned false_alarms = 0;
	for (size_t s = 0; s < 50; s++) {
		struct rn_random random = { 77 + s };
		double x[200];
		size_t at[200], n;
		for (int i = 0; i < 200; i++)
			x[i] = rn_random_real(&random) + rn_random_real(&random) + rn_random_real(&random);
		cr_assert_eq(rn_change_points(at, &n, x, 200, 5, 0, &err), 0);
		false_alarms += n != 0;
		for (int i = 120; i < 200; i++)
			x[i] += 2;
		cr_assert_eq(rn_change_points(at, &n, x, 200, 5, 0, &err), 0);
		bool there = false;
		for (size_t i = 0; i < n; i++)
			there |= at[i] >= 118 && at[i] <= 122;
		cr_assert(there, "seed %zu", s);
	}
	cr_assert(false_alarms <= 10, "%u", false_alarms);
}

Test(change_points, edges_have_none)
{
	double x[20];
	size_t at[20], n;
	for (int i = 0; i < 20; i++)
		x[i] = 7;
	cr_assert_eq(rn_change_points(at, &n, x, 20, 2, 0, &err), 0);
	cr_assert_eq(n, 0);
	cr_assert_eq(rn_change_points(at, &n, x, 0, 2, 0, &err), 0);
	cr_assert_eq(n, 0);
	cr_assert_eq(rn_change_points(at, &n, published, 10, 2, 0, &err), 0);
	cr_assert(n == 1 && at[0] == 5);
	x[3] = 0x1p63;
	cr_assert_eq(rn_change_points(at, &n, x, 20, 2, 0, &err), 0);
}
