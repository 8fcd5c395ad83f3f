/* SPDX-License-Identifier: MIT */
/**
 * kmeans - k groups of points around their means, the same ones every time.
 *
 * k-means++ seeding (Arthur & Vassilvitskii 2007) and Lloyd's rounds, the best of several restarts
 * from one seed. Ties go to the lower number; a cluster that lost all members gets the point that
 * is farthest from its centre; it ends when no label changes or the inertia falls by less than the
 * tolerance. Clusters are numbered by their centres, feature by feature.
 * Complexity: O(restarts * rounds * n * k * d). The result does not depend on threads.
 */
#ifndef RN_ANALYZE_NUM_KMEANS_H
#define RN_ANALYZE_NUM_KMEANS_H

#include "analyze/num/points.h"

#define RN_KMEANS_SEED 20200301u
#define RN_KMEANS_RESTARTS 10
#define RN_KMEANS_FEW 512
#define RN_KMEANS_RESTARTS_OF_FEW 200
#define RN_KMEANS_ROUNDS 300
#define RN_KMEANS_TOLERANCE 1e-6

/** Of n points, unless told otherwise: few cost little, and have as many ways to be stuck in. */
static inline unsigned rn_kmeans_restarts(size_t n)
{
	return n <= RN_KMEANS_FEW ? RN_KMEANS_RESTARTS_OF_FEW : RN_KMEANS_RESTARTS;
}

struct rn_kmeans_options {
	unsigned k;          /* 1 .. number of distinct points */
	unsigned restarts;   /* 0: rn_kmeans_restarts */
	unsigned rounds;     /* at most; 0: RN_KMEANS_ROUNDS */
	double tolerance;    /* relative; 0: RN_KMEANS_TOLERANCE; below 0: until no label changes */
	uint64_t seed;       /* 0: RN_KMEANS_SEED */
	const double *start; /* k * d centres to start from, once; NULL: k-means++ */
	const struct rn_computer *computer; /* NULL: plain */
};

struct rn_kmeans {
	unsigned k, d, rounds; /* rounds of the best restart */
	size_t n;
	double *center;        /* k * d */
	uint32_t *label;       /* n */
	uint64_t *count;       /* k */
	double inertia;        /* sum of squared distances to the centres */
};

/** 0, RN_E_NOMEM, RN_E_USAGE: more clusters than distinct points. Free also what failed. */
int rn_kmeans_fit(struct rn_kmeans *m, const struct rn_points *p, const struct rn_kmeans_options *o,
	struct rn_error *err);
void rn_kmeans_free(struct rn_kmeans *m);
/** Distance of point i to the centre of its cluster. */
double rn_kmeans_distance(const struct rn_kmeans *m, const struct rn_points *p, size_t i);

/* How well points lie in their clusters (Rousseeuw 1987): (b - a) / max(a, b), a the mean distance to
 * one's own others, b the least mean distance to another cluster; 0 for a point alone in its cluster. */
struct rn_silhouette {
	double mean;   /* -1 .. 1; NaN for fewer than two clusters */
	size_t n;      /* points it was computed on */
	bool sampled;  /* a sample of each cluster in proportion, not all points */
};
#define RN_SILHOUETTE_EXACT 10000 /* up to so many points it is exact */
/** RN_E_NOMEM. each (may be NULL): of every point, only where it is exact. */
int rn_silhouette_of(struct rn_silhouette *s, const struct rn_points *p, const uint32_t *label,
	unsigned k, double *each, struct rn_error *err);

#endif
