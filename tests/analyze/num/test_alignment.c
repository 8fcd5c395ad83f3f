/* SPDX-License-Identifier: MIT */
#include "analyze/num/alignment.h"
#include "analyze/num/random.h"
#include "tests/analyze/num/near.h"

#include <stdlib.h>

static struct rn_error err;

/* The longest common subsequence by the table. */
static size_t longest(const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
	size_t *row = calloc(m + 1, sizeof(*row));
	for (size_t i = 0; i < n; i++) {
		size_t corner = 0;
		for (size_t k = 0; k < m; k++) {
			size_t above = row[k + 1];
			row[k + 1] = a[i] == b[k] ? corner + 1 : above > row[k] ? above : row[k];
			corner = above;
		}
	}
	size_t best = row[m];
	free(row);
	return best;
}

/* Runs rise, hold equal elements, and sum up. */
static size_t checked(const struct rn_alignment *l, const uint32_t *a, size_t n, const uint32_t *b, size_t m)
{
	size_t at_a = 0, at_b = 0, sum = 0;
	for (size_t r = 0; r < l->n_runs; r++) {
		const struct rn_alignment_run *run = &l->run[r];
		cr_assert(run->n && run->at_a >= at_a && run->at_b >= at_b);
		for (size_t i = 0; i < run->n; i++)
			cr_assert_eq(a[run->at_a + i], b[run->at_b + i]);
		at_a = run->at_a + run->n;
		at_b = run->at_b + run->n;
		sum += run->n;
	}
	cr_assert(at_a <= n && at_b <= m && sum == l->common);
	return sum;
}

Test(alignment, is_the_longest_there_is)
{
	for (uint64_t seed = 0; seed < 3000; seed++) {
		struct rn_random random = { seed };
		uint32_t a[40], b[40];
		size_t n = rn_random_below(&random, 40), m = rn_random_below(&random, 40);
		uint32_t words = 1 + (uint32_t)rn_random_below(&random, 6);
		for (size_t i = 0; i < n; i++)
			a[i] = (uint32_t)rn_random_below(&random, words);
		for (size_t i = 0; i < m; i++)
			b[i] = i < n && rn_random_below(&random, 3) ? a[i] : (uint32_t)rn_random_below(&random, words);
		struct rn_alignment l, back;
		cr_assert_eq(rn_align(&l, a, n, b, m, 0, &err), 0);
		cr_assert(l.exact);
		cr_assert_eq(checked(&l, a, n, b, m), longest(a, n, b, m), "seed %llu", (unsigned long long)seed);
		cr_assert_eq(rn_align(&back, b, m, a, n, 0, &err), 0);
		cr_assert_eq(back.common, l.common);
		rn_alignment_fini(&l);
		rn_alignment_fini(&back);
		/* With a small cap it ends, is common, and says so. */
		cr_assert_eq(rn_align(&l, a, n, b, m, 2, &err), 0);
		cr_assert(checked(&l, a, n, b, m) <= longest(a, n, b, m));
		cr_assert(!l.exact || l.common == longest(a, n, b, m));
		rn_alignment_fini(&l);
	}
}

Test(alignment, long_sequences_with_few_or_only_differences_take_little)
{
	size_t n = 200000;
	uint32_t *a = malloc(n * sizeof(*a)), *b = malloc(n * sizeof(*b));
	struct rn_random random = { 1 };
	struct rn_alignment l;
	for (size_t i = 0; i < n; i++)
		a[i] = b[i] = (uint32_t)rn_random_below(&random, 50);
	for (size_t i = 0; i < 20; i++)
		b[rn_random_below(&random, n)] = 99;
	cr_assert_eq(rn_align(&l, a, n, b, n, 0, &err), 0);
	cr_assert(l.exact && checked(&l, a, n, b, n) >= n - 20);
	rn_alignment_fini(&l);
	for (size_t i = 0; i < n; i++)
		b[i] = 1000 + (uint32_t)i;
	cr_assert_eq(rn_align(&l, a, n, b, n, 256, &err), 0);
	cr_assert_eq(l.common, 0);
	rn_alignment_fini(&l);
	free(a);
	free(b);
}
