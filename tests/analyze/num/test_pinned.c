/* SPDX-License-Identifier: MIT */
/* What is drawn by lot is drawn with a fixed seed: the same points give the same clusters, trees and scores, in this
 * version and the next. The numbers were computed by this code and hold it still; that they are right is said by the
 * tests of each method. */
#include "analyze/num/iforest.h"
#include "analyze/num/kmeans.h"
#include "analyze/num/random.h"
#include "tests/analyze/num/near.h"

#include <criterion/criterion.h>

static struct rn_error err;

/* Five clouds of different size and width, and a few points far out. */
static struct rn_points clouds(size_t n)
{
	struct rn_random r = { 42 };
	struct rn_points p;
	cr_assert_eq(rn_points_new(&p, 3, n, &err), 0);
	for (size_t i = 0; i < n; i++) {
		unsigned cloud = (unsigned)rn_random_below(&r, 5);
		double width = 1 + cloud, far = i % 97 == 0 ? 30 : 0;
		for (unsigned j = 0; j < 3; j++)
			p.column[j][i] = 12.0 * ((cloud >> j & 1) + (cloud == 4)) + far +
				width * (rn_random_real(&r) + rn_random_real(&r) - 1);
	}
	return p;
}

struct pin {
	size_t n;
	unsigned k, rounds;
	double inertia, silhouette;
	uint64_t first, last; /* counts of two clusters */
};

Test(pinned, clusters)
{
	static const struct pin pins[] = {
#include "tests/analyze/num/pinned_clusters.def"
	};
	for (size_t i = 0; i < sizeof(pins) / sizeof(pins[0]); i++) {
		const struct pin *want = &pins[i];
		struct rn_points p = clouds(want->n);
		struct rn_kmeans m;
		struct rn_silhouette s;
		cr_assert_eq(rn_kmeans_fit(&m, &p, &(struct rn_kmeans_options){ .k = want->k }, &err), 0);
		cr_assert_eq(rn_silhouette_of(&s, &p, m.label, want->k, NULL, &err), 0);
		cr_expect_eq(m.rounds, want->rounds);
		NEAR(m.inertia / want->inertia, 1, 1e-9);
		NEAR(s.mean, want->silhouette, 1e-9);
		cr_expect(m.count[0] == want->first && m.count[want->k - 1] == want->last);
		rn_kmeans_free(&m);
		rn_points_free(&p);
	}
}

Test(pinned, trees)
{
	static const double wanted[] = {
#include "tests/analyze/num/pinned_trees.def"
	};
	struct rn_points p = clouds(2000);
	struct rn_iforest *f;
	cr_assert_eq(rn_iforest_new(&f, &p, 0, &err), 0);
	for (unsigned i = 0; i < 12; i++) {
		const double point[] = { i * 4.0 - 5, i * 3.0, 20 - i * 2.5 };
		double score = rn_iforest_score(f, point);
		NEAR(score, wanted[i], 1e-9);
	}
	rn_iforest_free(f);
	rn_points_free(&p);
}
