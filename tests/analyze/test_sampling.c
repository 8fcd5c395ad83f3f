/* SPDX-License-Identifier: MIT */
#include "analyze/weights/sampling.h"

#include <criterion/criterion.h>

static struct rn_sampling s;

static void finish(void)
{
	rn_sampling_fini(&s);
}

TestSuite(sampling, .fini = finish);

static void add(uint64_t abi, uint64_t nr, uint64_t count, uint64_t kept)
{
	const struct rn_ev_SAMPLED e = { .count = count, .abi = abi, .nr = nr, .kept = kept };
	cr_assert_eq(rn_sampling_add(&s, &e), 0);
}

Test(sampling, numbers_are_found_whatever_their_order)
{
	for (uint64_t i = 0; i < 1000; i++)
		add(i * 7919 % 1000 % 3, i * 7919 % 1000, i, 1);
	for (uint64_t i = 0; i < 1000; i++)
		cr_assert_not_null(rn_sampling_find(&s, i % 3, i));
	cr_assert_null(rn_sampling_find(&s, 3, 3));
	cr_assert_eq(s.n, 1000);
}

Test(sampling, the_kept_ones_scale_to_the_exact_number)
{
	for (uint64_t kept = 1; kept < 60; kept++) {
		const struct rn_sampled one = { 1, 0, kept, kept * kept + 3 };
		cr_assert(rn_sampled_scale(&one, kept) == kept + kept * kept + 3);
	}
}

Test(sampling, nothing_left_out_or_nothing_kept_has_no_weight)
{
	const struct rn_sampled whole = { 1, 0, 5, 0 }, gone = { 1, 0, 0, 5 };
	cr_assert_not(rn_sampled_weighs(&whole) || rn_sampled_weighs(&gone) || rn_sampled_weighs(NULL));
}

Test(sampling, absurd_numbers_saturate)
{
	add(1, 0, UINT64_MAX, 1);
	add(1, 0, UINT64_MAX, UINT64_MAX);
	const struct rn_sampled *all = rn_sampling_find(&s, 1, 0);
	cr_assert(all->kept == UINT64_MAX && all->left_out == UINT64_MAX);
	const struct rn_sampled worst = { 1, 0, 1, UINT64_MAX };
	cr_assert(rn_sampled_scale(&worst, ~(rn_sampled_sum)0 / 2) == ~(rn_sampled_sum)0);
}
