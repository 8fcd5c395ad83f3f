/* SPDX-License-Identifier: MIT */
#include "analyze/num/iforest.h"
#include "analyze/num/kmeans.h"
#include "analyze/num/parallel.h"
#include "analyze/num/random.h"
#include "tests/analyze/num/near.h"

#include <gsl/gsl_randist.h>
#include <gsl/gsl_rng.h>
#include <stdlib.h>
#include <string.h>

static struct rn_error err;

static struct rn_points points_of(unsigned d, size_t n, const double *rows)
{
	struct rn_points p;
	cr_assert_eq(rn_points_new(&p, d, n, &err), 0);
	for (size_t i = 0; i < n; i++)
		for (unsigned j = 0; j < d; j++)
			p.column[j][i] = rows[i * d + j];
	return p;
}

static const double plane[] = { 1, 1, 1.5, 2, 1, 1.5, 8, 8, 8.5, 8, 8, 9, 1, 8, 1.5, 8.5 };

static void check_plane(unsigned k, double inertia, double silhouette)
{
	struct rn_points p = points_of(2, 8, plane);
	struct rn_kmeans m;
	struct rn_silhouette s;
	cr_assert_eq(rn_kmeans_fit(&m, &p, &(struct rn_kmeans_options){ .k = k }, &err), 0);
	NEAR(m.inertia, inertia, 1e-6);
	cr_assert_eq(rn_silhouette_of(&s, &p, m.label, k, NULL, &err), 0);
	NEAR(s.mean, silhouette, 1e-6);
	cr_assert(s.n == 8 && !s.sampled);
	rn_kmeans_free(&m);
	rn_points_free(&p);
}

Test(kmeans, inertia_and_silhouette_are_the_published_ones)
{
	check_plane(2, 56.433333, .628455);
	check_plane(3, 1.75, .882598);
	check_plane(4, 1.041667, .686141);
}

Test(kmeans, clusters_are_numbered_by_their_centres)
{
	struct rn_points p = points_of(2, 8, plane);
	struct rn_kmeans m;
	static const double wanted[] = { 1.1666667, 1.5, 1.25, 8.25, 8.1666667, 8.3333333 };
	static const uint32_t labels[] = { 0, 0, 0, 2, 2, 2, 1, 1 };
	for (size_t s = 0; s < N_SEEDS; s++) {
		cr_assert_eq(rn_kmeans_fit(&m, &p, &(struct rn_kmeans_options){ .k = 3,
			.seed = seeds[s] }, &err), 0);
		for (int i = 0; i < 6; i++)
			NEAR(m.center[i], wanted[i], 1e-7);
		cr_assert_eq(memcmp(m.label, labels, sizeof(labels)), 0);
		cr_assert(m.count[0] == 3 && m.count[1] == 2 && m.count[2] == 3);
		rn_kmeans_free(&m);
	}
	rn_points_free(&p);
}

Test(kmeans, latencies_cluster_on_a_logarithmic_scale)
{
	static const double us[] = { 10, 12, 11, 13, 10, 110, 95, 105, 9000, 11000 };
	static const double inertia[] = { 1.767475, .015881, .007661 };
	static const double silhouette[] = { .810893, .945940, .771479 };
	double logs[10];
	for (int i = 0; i < 10; i++)
		logs[i] = log10(us[i]);
	struct rn_points p = points_of(1, 10, logs);
	for (unsigned k = 2; k <= 4; k++) {
		struct rn_kmeans m;
		struct rn_silhouette s;
		cr_assert_eq(rn_kmeans_fit(&m, &p, &(struct rn_kmeans_options){ .k = k }, &err), 0);
		cr_assert(fabs(m.inertia - inertia[k - 2]) < 1e-6, "%.9f", m.inertia);
		cr_assert_eq(rn_silhouette_of(&s, &p, m.label, k, NULL, &err), 0);
		cr_assert(fabs(s.mean - silhouette[k - 2]) < 1e-6, "%.9f", s.mean);
		if (k == 3) {
			NEAR(m.center[0], 1.046903, 1e-6);
			NEAR(m.center[1], 2.013435, 1e-6);
			NEAR(m.center[2], 3.997818, 1e-6);
		}
		rn_kmeans_free(&m);
	}
	rn_points_free(&p);
}

Test(kmeans, a_point_alone_has_silhouette_zero)
{
	static const double x[] = { 0, 1, 10 };
	static const uint32_t label[] = { 0, 0, 1 };
	struct rn_points p = points_of(1, 3, x);
	struct rn_silhouette s;
	double each[3];
	cr_assert_eq(rn_silhouette_of(&s, &p, label, 2, each, &err), 0);
	NEAR(each[0], .9, 1e-12);
	NEAR(each[1], 8 / 9.0, 1e-12);
	cr_assert_eq(each[2], 0);
	static const uint32_t one[] = { 0, 0, 0 };
	cr_assert_eq(rn_silhouette_of(&s, &p, one, 1, NULL, &err), 0);
	cr_assert(isnan(s.mean));
	rn_points_free(&p);
}

/* All ways to cut 8 sorted values into k runs: the optimum in one dimension. */
static double best_cut(const double *x, int from, int n, unsigned k)
{
	double best = INFINITY;
	for (int to = from + 1; to <= n - (int)k + 1; to++) {
		double mean = 0, sum = 0;
		for (int i = from; i < to; i++)
			mean += x[i] / (to - from);
		for (int i = from; i < to; i++)
			sum += (x[i] - mean) * (x[i] - mean);
		if (k > 1)
			sum += best_cut(x, to, n, k - 1);
		else if (to < n)
			continue;
		best = fmin(best, sum);
	}
	return best;
}

static int by_real(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;
	return (x > y) - (x < y);
}

Test(kmeans, finds_the_optimum_of_few_points)
{
	for (size_t s = 0; s < N_SEEDS; s++) {
		struct rn_random r = { seeds[s] };
		double x[8];
		for (int i = 0; i < 8; i++)
			x[i] = rn_random_real(&r) * 10;
		qsort(x, 8, sizeof(*x), by_real);
		struct rn_points p = points_of(1, 8, x);
		for (unsigned k = 1; k <= 4; k++) {
			struct rn_kmeans m;
			cr_assert_eq(rn_kmeans_fit(&m, &p, &(struct rn_kmeans_options){ .k = k,
				.restarts = 50 }, &err), 0);
			NEAR(m.inertia, best_cut(x, 0, 8, k), 1e-9);
			rn_kmeans_free(&m);
		}
		rn_points_free(&p);
	}
}

Test(kmeans, neither_threads_nor_kernels_change_a_bit)
{
	const size_t n = 3 * RN_BLOCK_POINTS + 17;
	struct rn_random r = { 5 };
	struct rn_points p;
	struct rn_kmeans first = { 0 };
	cr_assert_eq(rn_points_new(&p, 3, n, &err), 0);
	for (unsigned j = 0; j < 3; j++)
		for (size_t i = 0; i < n; i++)
			p.column[j][i] = rn_random_real(&r) + (double)(i % 5);
	for (const struct rn_kernels *const *k = rn_kernels_all(); *k; k++) {
		for (unsigned threads = 1; threads <= 5; threads += 2) {
			struct rn_computer c = rn_computer_of(*k, threads);
			struct rn_kmeans m;
			cr_assert_eq(rn_kmeans_fit(&m, &p, &(struct rn_kmeans_options){ .k = 5,
				.restarts = 2, .computer = &c }, &err), 0);
			if (!first.label) {
				first = m;
				continue;
			}
			cr_assert(m.inertia == first.inertia);
			cr_assert_eq(memcmp(m.label, first.label, n * sizeof(*m.label)), 0);
			cr_assert_eq(memcmp(m.center, first.center, 15 * sizeof(*m.center)), 0);
			rn_kmeans_free(&m);
		}
	}
	rn_kmeans_free(&first);
	rn_points_free(&p);
}

Test(kmeans, more_clusters_than_distinct_points_are_refused)
{
	static const double x[] = { 1, 1, 2, 2, 2, (double)INT64_MAX };
	struct rn_points p = points_of(1, 6, x);
	struct rn_kmeans m;
	unsigned distinct;
	cr_assert_eq(rn_points_distinct(&p, 10, &distinct, &err), 0);
	cr_assert_eq(distinct, 3);
	cr_assert_eq(rn_kmeans_fit(&m, &p, &(struct rn_kmeans_options){ .k = 4 }, &err), RN_E_USAGE);
	rn_kmeans_free(&m);
	cr_assert_eq(rn_kmeans_fit(&m, &p, &(struct rn_kmeans_options){ .k = 3 }, &err), 0);
	cr_assert_eq(m.inertia, 0);
	cr_assert(m.count[0] == 2 && m.count[1] == 3 && m.count[2] == 1);
	rn_kmeans_free(&m);
	rn_points_free(&p);
}

/* Both starting points are so placed that a cluster has nobody. */
Test(kmeans, a_cluster_without_members_gets_the_farthest_point)
{
	static const double x[] = { 0, 0.1, 0.2, 10 }, start[] = { 0.1, -50, -60 };
	struct rn_points p = points_of(1, 4, x);
	struct rn_kmeans m;
	cr_assert_eq(rn_kmeans_fit(&m, &p, &(struct rn_kmeans_options){ .k = 3, .start = start,
		.tolerance = -1 }, &err), 0);
	cr_assert(m.count[0] && m.count[1] && m.count[2]);
	cr_assert_lt(m.inertia, 0.03);
	rn_kmeans_free(&m);
	rn_points_free(&p);
}

Test(kmeans, the_silhouette_of_many_points_is_of_a_sample_and_says_so)
{
	const size_t n = 3 * RN_SILHOUETTE_EXACT;
	struct rn_random r = { 4 };
	struct rn_points p;
	struct rn_silhouette s;
	uint32_t *label = malloc(n * sizeof(*label));
	cr_assert_eq(rn_points_new(&p, 1, n, &err), 0);
	for (size_t i = 0; i < n; i++) {
		label[i] = i % 100 == 0;
		p.column[0][i] = 100.0 * label[i] + rn_random_real(&r);
	}
	cr_assert_eq(rn_silhouette_of(&s, &p, label, 2, NULL, &err), 0);
	cr_assert(s.sampled && s.n >= RN_SILHOUETTE_EXACT - 2 && s.n <= RN_SILHOUETTE_EXACT + 2);
	NEAR(s.mean, 0.9967, 1e-3);
	free(label);
	rn_points_free(&p);
}

Test(iforest, c_has_the_published_values)
{
	cr_assert_eq(rn_iforest_c(1), 0);
	cr_assert_eq(rn_iforest_c(2), 1);
	NEAR(rn_iforest_c(8), 3.296252, 1e-6);
	NEAR(rn_iforest_c(256), 10.244770, 1e-7);
}

Test(iforest, a_planted_point_has_the_highest_score)
{
	double x[501], highest = 0;
	gsl_rng *rng = gsl_rng_alloc(gsl_rng_mt19937);
	for (int i = 0; i < 500; i++)
		x[i] = 6 + gsl_ran_gaussian(rng, 0.5);
	x[500] = 12;
	gsl_rng_free(rng);
	struct rn_points p = points_of(1, 501, x);
	for (size_t s = 0; s < N_SEEDS; s++) {
		struct rn_iforest *f;
		cr_assert_eq(rn_iforest_new(&f, &p, seeds[s], &err), 0);
		double planted = rn_iforest_score(f, &x[500]), middle = rn_iforest_score(f, &(double){ 6 });
		highest = 0;
		for (int i = 0; i < 500; i++)
			highest = fmax(highest, rn_iforest_score(f, &x[i]));
		cr_assert_gt(planted, highest);
		cr_assert(planted > 0.7 && planted < 1);
		cr_assert_lt(middle, 0.5);
		rn_iforest_free(f);
	}
	rn_points_free(&p);
}

Test(iforest, equal_points_and_single_ones_have_a_finite_score)
{
	static const double x[] = { 3, 3, 3, 3 };
	for (size_t n = 1; n <= 4; n++) {
		struct rn_points p = points_of(1, n, x);
		struct rn_iforest *f;
		cr_assert_eq(rn_iforest_new(&f, &p, 0, &err), 0);
		double score = rn_iforest_score(f, x);
		cr_assert(score >= 0 && score <= 1);
		rn_iforest_free(f);
		rn_points_free(&p);
	}
}

struct tally {
	unsigned char done[1000];
	unsigned wrong;
};

static void mark(void *arg, size_t piece, unsigned thread)
{
	struct tally *t = arg;
	t->done[piece]++;
	if (thread >= 4)
		__atomic_fetch_add(&t->wrong, 1, __ATOMIC_RELAXED);
}

Test(parallel, every_piece_is_done_once)
{
	static struct tally t;
	rn_parallel(mark, &t, 1000, 4);
	rn_parallel(mark, &t, 0, 4);
	for (int i = 0; i < 1000; i++)
		cr_assert_eq(t.done[i], 1);
	cr_assert_eq(t.wrong, 0);
	cr_assert(rn_processors() >= 1 && rn_processors() <= RN_THREADS_MAX);
}

Test(kmeans, an_empty_cluster_takes_the_point_farthest_from_its_own_that_is_not_alone)
{
	static const double x[] = { 0, 1, 100, 104, 400 };
	static const double start[] = { 0.5, 102, 400, 9000 };
	static const uint32_t label[] = { 0, 0, 1, 2, 3 };
	struct rn_points p = points_of(1, 5, x);
	struct rn_kmeans m;
	cr_assert_eq(rn_kmeans_fit(&m, &p, &(struct rn_kmeans_options){ .k = 4, .start = start }, &err), 0);
	NEAR(m.inertia, 0.5, 1e-12);
	cr_expect_eq(memcmp(m.label, label, sizeof(label)), 0);
	cr_expect(m.count[0] == 2 && m.count[1] == 1 && m.count[2] == 1 && m.count[3] == 1);
	rn_kmeans_free(&m);
	rn_points_free(&p);
}

Test(kmeans, points_of_one_place_have_silhouette_zero_and_empty_clusters_do_not_count)
{
	static const double x[] = { 7, 7, 7, 7 };
	static const uint32_t two[] = { 0, 1, 0, 1 }, one[] = { 1, 1, 1, 1 };
	struct rn_points p = points_of(1, 4, x);
	struct rn_silhouette s;
	double each[4] = { 9, 9, 9, 9 };
	cr_assert_eq(rn_silhouette_of(&s, &p, two, 2, each, &err), 0);
	for (int i = 0; i < 4; i++)
		cr_expect_eq(each[i], 0);
	cr_expect_eq(s.mean, 0);
	cr_assert_eq(rn_silhouette_of(&s, &p, one, 3, NULL, &err), 0);
	cr_expect(isnan(s.mean), "one cluster of three has points");
	rn_points_free(&p);
}

/* Two clusters whose silhouette is known whichever points stand for the rest. */
Test(kmeans, a_sampled_silhouette_is_that_of_the_whole)
{
	static const size_t sizes[] = { RN_SILHOUETTE_EXACT, RN_SILHOUETTE_EXACT + 1, 2 * RN_SILHOUETTE_EXACT };
	for (int t = 0; t < 3; t++) {
		struct rn_points p;
		uint32_t *label = calloc(sizes[t], sizeof(*label));
		struct rn_silhouette s;
		cr_assert(label && rn_points_new(&p, 1, sizes[t], &err) == 0);
		for (size_t i = 0; i < sizes[t]; i++) {
			label[i] = i % 10 == 0;
			p.column[0][i] = label[i] ? 5000 + (double)(i / 20 % 2) : 4000 + (double)(i / 20 % 2);
		}
		cr_assert_eq(rn_silhouette_of(&s, &p, label, 2, NULL, &err), 0);
		cr_expect_eq(s.sampled, t > 0);
		cr_expect(s.n >= RN_SILHOUETTE_EXACT - 2 && s.n <= RN_SILHOUETTE_EXACT + 2, "%zu points", s.n);
		NEAR(s.mean, 0.9995, 1e-5); /* half a step to one's own, 1000 to the others */
		rn_points_free(&p);
		free(label);
	}
}

Test(iforest, a_feature_that_is_always_the_same_changes_nothing)
{
	double one[64], two[128];
	for (int i = 0; i < 64; i++) {
		one[i] = two[2 * i] = (double)(i * i % 61);
		two[2 * i + 1] = 5;
	}
	struct rn_points p = points_of(1, 64, one), q = points_of(2, 64, two);
	struct rn_iforest *f, *g;
	cr_assert(rn_iforest_new(&f, &p, 3, &err) == 0 && rn_iforest_new(&g, &q, 3, &err) == 0);
	for (int i = 0; i < 64; i++)
		cr_expect_eq(rn_iforest_score(f, &one[i]), rn_iforest_score(g, &two[2 * i]));
	rn_iforest_free(f);
	rn_iforest_free(g);
	rn_points_free(&p);
	rn_points_free(&q);
}

Test(kmeans, ends_after_the_rounds_it_was_given)
{
	double x[40];
	for (int i = 0; i < 40; i++)
		x[i] = (double)(i * i);
	static const double start[] = { 0, 1, 2 };
	struct rn_points p = points_of(1, 40, x);
	struct rn_kmeans one, two, all;
	cr_assert_eq(rn_kmeans_fit(&one, &p, &(struct rn_kmeans_options){ .k = 3, .start = start, .rounds = 1 }, &err), 0);
	cr_assert_eq(rn_kmeans_fit(&two, &p, &(struct rn_kmeans_options){ .k = 3, .start = start, .rounds = 2 }, &err), 0);
	cr_assert_eq(rn_kmeans_fit(&all, &p, &(struct rn_kmeans_options){ .k = 3, .start = start, .tolerance = -1 }, &err), 0);
	cr_expect(one.rounds == 1 && two.rounds == 2 && all.rounds > 2);
	cr_expect(one.center[0] == 0 && one.center[2] == 2, "a first round only assigns");
	cr_expect(one.inertia > two.inertia && two.inertia > all.inertia);
	rn_kmeans_free(&one);
	rn_kmeans_free(&two);
	rn_kmeans_free(&all);
	rn_points_free(&p);
}

Test(kmeans, silhouettes_have_64_features_at_most)
{
	static const uint32_t label[] = { 0, 0, 1, 1 };
	for (unsigned d = 64; d <= 65; d++) {
		struct rn_points p;
		struct rn_silhouette s;
		cr_assert_eq(rn_points_new(&p, d, 4, &err), 0);
		for (unsigned j = 0; j < d; j++)
			for (int i = 0; i < 4; i++)
				p.column[j][i] = i < 2 ? i : 10 + i;
		cr_expect_eq(rn_silhouette_of(&s, &p, label, 2, NULL, &err), d > 64 ? RN_E_LIMIT : 0);
		rn_points_free(&p);
	}
}

Test(kmeans, centres_that_agree_in_one_feature_are_numbered_by_the_next)
{
	static const double x[] = { 5, 9, 5, 9, 5, 1, 5, 2, 5, 30, 5, 32 };
	static const uint32_t label[] = { 1, 1, 0, 0, 2, 2 };
	static const double away[] = { 0, 0, .5, .5, 1, 1 };
	struct rn_points p = points_of(2, 6, x);
	struct rn_kmeans m;
	cr_assert_eq(rn_kmeans_fit(&m, &p, &(struct rn_kmeans_options){ .k = 3 }, &err), 0);
	cr_expect_eq(memcmp(m.label, label, sizeof(label)), 0);
	for (size_t i = 0; i < 6; i++)
		NEAR(rn_kmeans_distance(&m, &p, i), away[i], 1e-12);
	rn_kmeans_free(&m);
	rn_points_free(&p);
}
