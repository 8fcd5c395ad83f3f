/* SPDX-License-Identifier: MIT */
#include "analyze/num/kernels.h"
#include "analyze/num/random.h"
#include "tests/analyze/num/near.h"

#include <stdlib.h>
#include <string.h>

static const size_t sizes[] = { 1, 7, 8, 9, 63, 64, 65, 1000, 4099 };
#define N_SIZES (sizeof(sizes) / sizeof(*sizes))
#define EACH_SET(k) \
	for (const struct rn_kernels *const *k = rn_kernels_all() + 1; *k; k++)

static const struct rn_kernels *scalar(void)
{
	const struct rn_kernels *k = rn_kernels_all()[0];
	cr_assert_str_eq(k->name, "scalar");
	return k;
}

static uint64_t *numbers(size_t n, uint64_t seed)
{
	struct rn_random r = { seed };
	uint64_t *v = malloc(n * sizeof(*v));
	for (size_t i = 0; i < n; i++)
		v[i] = rn_random_u64(&r) >> rn_random_below(&r, 64);
	return v;
}

Test(kernels, there_is_more_than_one_set_and_they_have_names)
{
	cr_assert_eq(rn_kernels_find("scalar"), scalar());
	cr_assert_not_null(rn_kernels_find("baseline"));
	cr_assert_null(rn_kernels_find("abacus"));
	cr_assert_eq(rn_kernels_find(rn_kernels()->name), rn_kernels());
}

Test(kernels, sums_and_extremes_are_equal_on_every_set)
{
	for (size_t i = 0; i < N_SIZES; i++) {
		uint64_t *v = numbers(sizes[i], i);
		struct rn_kernel_sums wanted, got;
		__extension__ unsigned __int128 sum = 0;
		for (size_t k = 0; k < sizes[i]; k++)
			sum += v[k];
		scalar()->sums(v, sizes[i], &wanted);
		cr_assert(wanted.low == (uint64_t)sum && wanted.high == (uint64_t)(sum >> 64));
		EACH_SET(set) {
			(*set)->sums(v, sizes[i], &got);
			cr_assert_eq(memcmp(&got, &wanted, sizeof(got)), 0, "%s", (*set)->name);
		}
		free(v);
	}
}

Test(kernels, histograms_are_equal_on_every_set)
{
	static const struct {
		uint64_t low;
		unsigned shift;
	} ways[] = { { 0, 0 }, { 0, 54 }, { 1000, 3 }, { UINT64_MAX, 0 }, { 0, 20 } };
	for (size_t i = 0; i < N_SIZES * 5; i++) {
		size_t n = sizes[i / 5];
		uint64_t *v = numbers(n, i), wanted[1024] = { 0 }, counted = 0, expected = 0;
		scalar()->histogram(v, n, ways[i % 5].low, ways[i % 5].shift, 1024, wanted);
		for (size_t k = 0; k < 1024; k++)
			counted += wanted[k];
		for (size_t k = 0; k < n; k++)
			expected += v[k] >= ways[i % 5].low &&
				(v[k] - ways[i % 5].low) >> ways[i % 5].shift < 1024;
		cr_assert_eq(counted, expected);
		EACH_SET(set) {
			uint64_t got[1024] = { 0 };
			(*set)->histogram(v, n, ways[i % 5].low, ways[i % 5].shift, 1024, got);
			cr_assert_eq(memcmp(got, wanted, sizeof(got)), 0, "%s", (*set)->name);
		}
		free(v);
	}
}

static double **points(unsigned d, size_t n, uint64_t seed)
{
	struct rn_random r = { seed };
	double **column = rn_columns_new(d, n);
	for (unsigned j = 0; j < d; j++)
		for (size_t i = 0; i < n; i++)
			column[j][i] = rn_random_real(&r) * 100 - 50;
	return column;
}

#define K_MAX 9
#define D_MAX 6

struct step {
	struct rn_assign a;
	double sum[K_MAX * D_MAX], lanes[K_MAX * (D_MAX + 1) * RN_LANES];
	uint64_t count[K_MAX];
	uint32_t label[8192];
};

static void assign(const struct rn_kernels *set, struct step *s, double **column, unsigned d,
	unsigned k, const double *center, size_t n)
{
	memset(s, 0, sizeof(*s));
	s->a = (struct rn_assign){ .column = (const double *const *)column, .d = d, .k = k,
		.center = center, .label = s->label, .sum = s->sum, .count = s->count,
		.lanes = s->lanes };
	set->assign(&s->a, 0, n);
}

Test(kernels, nearest_centers_are_equal_to_the_last_bit_on_every_set)
{
	static struct step wanted, got;
	for (size_t i = 0; i < N_SIZES; i++) {
		for (unsigned d = 1; d <= D_MAX; d++) {
			unsigned k = 1 + (unsigned)(i + d) % K_MAX;
			double **column = points(d, sizes[i], i * 10 + d);
			double center[K_MAX * D_MAX];
			for (unsigned c = 0; c < k; c++)
				for (unsigned j = 0; j < d; j++)
					center[c * d + j] = column[j][(c * 31) % sizes[i]];
			assign(scalar(), &wanted, column, d, k, center, sizes[i]);
			uint64_t members = 0;
			for (unsigned c = 0; c < k; c++)
				members += wanted.count[c];
			cr_assert_eq(members, sizes[i]);
			EACH_SET(set) {
				assign(*set, &got, column, d, k, center, sizes[i]);
				cr_assert_eq(memcmp(got.label, wanted.label, sizes[i] * 4), 0,
					"labels of %s", (*set)->name);
				cr_assert_eq(memcmp(got.sum, wanted.sum, k * d * 8), 0,
					"sums of %s", (*set)->name);
				cr_assert_eq(memcmp(got.count, wanted.count, k * 8), 0);
				cr_assert(got.a.inertia == wanted.a.inertia, "inertia of %s",
					(*set)->name);
				cr_assert_eq(got.a.changed, wanted.a.changed);
			}
			free(column);
		}
	}
}

Test(kernels, products_and_distances_are_equal_to_the_last_bit_on_every_set)
{
	for (size_t i = 0; i < N_SIZES; i++) {
		double **column = points(3, sizes[i], i);
		const double *const *c = (const double *const *)column;
		const double here[] = { 1, -2, 3 };
		size_t from = sizes[i] / 3;
		double dot = scalar()->dot(c[0], c[1], sizes[i]), naive = 0;
		double away = scalar()->distances(c, 3, from, sizes[i], here);
		for (size_t k = 0; k < sizes[i]; k++)
			naive += c[0][k] * c[1][k];
		NEAR(dot, naive, 1e-12);
		EACH_SET(set) {
			cr_assert((*set)->dot(c[0], c[1], sizes[i]) == dot, "%s", (*set)->name);
			cr_assert((*set)->distances(c, 3, from, sizes[i], here) == away, "%s",
				(*set)->name);
		}
		free(column);
	}
}
