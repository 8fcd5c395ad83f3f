/* SPDX-License-Identifier: MIT */
/*
 * Points are put in the order of their clusters, so that the distances of a point to a cluster are a
 * run of one kernel. Beyond RN_SILHOUETTE_EXACT points, of each cluster every so-manieth point stands
 * for the others, at least one.
 */
#include "analyze/num/kmeans.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct sorted {
	struct rn_points points;
	size_t *from;     /* k + 1: where each cluster's points are */
	size_t *original; /* index of each point */
};

/* How many of a cluster's members are taken. */
static size_t share(size_t members, size_t n)
{
	if (n <= RN_SILHOUETTE_EXACT || !members)
		return members;
	size_t k = (size_t)((double)members / (double)n * RN_SILHOUETTE_EXACT + 0.5);
	return k ? k : 1;
}

static int sort_points(struct sorted *s, const struct rn_points *p, const uint32_t *label, unsigned k,
	struct rn_error *err)
{
	size_t *members = calloc(k + 1, sizeof(*members)), *seen = calloc(k + 1, sizeof(*seen));
	s->from = calloc(k + 1, sizeof(*s->from));
	int rc = members && seen && s->from ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; i < p->n && !rc; i++)
		members[label[i]]++;
	for (unsigned c = 0; c < k && !rc; c++)
		s->from[c + 1] = s->from[c] + share(members[c], p->n);
	if (!rc)
		rc = rn_points_new(&s->points, p->d, s->from[k], err);
	s->original = calloc(rc ? 1 : s->from[k] + 1, sizeof(*s->original));
	if (!rc && !s->original)
		rc = rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; i < p->n && !rc; i++) {
		unsigned c = label[i];
		size_t taken = s->from[c + 1] - s->from[c], at = seen[c]++;
		/* Member `at` is taken when it is the first to reach the next place. */
		size_t place = at * taken / members[c];
		if (at && (at - 1) * taken / members[c] == place)
			continue;
		for (unsigned j = 0; j < p->d; j++)
			s->points.column[j][s->from[c] + place] = p->column[j][i];
		s->original[s->from[c] + place] = i;
	}
	free(members);
	free(seen);
	return rc;
}

static double value(const struct sorted *s, unsigned k, size_t i, unsigned own)
{
	const struct rn_kernels *kernels = rn_kernels();
	const double *const *column = (const double *const *)s->points.column;
	double point[64], a = 0, b = INFINITY;
	for (unsigned j = 0; j < s->points.d; j++)
		point[j] = column[j][i];
	if (s->from[own + 1] - s->from[own] < 2)
		return 0;
	for (unsigned c = 0; c < k; c++) {
		size_t n = s->from[c + 1] - s->from[c];
		if (!n)
			continue;
		double sum = kernels->distances(column, s->points.d, s->from[c], s->from[c + 1], point);
		if (c == own)
			a = sum / (double)(n - 1);
		else
			b = fmin(b, sum / (double)n);
	}
	double most = fmax(a, b);
	return most > 0 && isfinite(b) ? (b - a) / most : 0;
}

int rn_silhouette_of(struct rn_silhouette *out, const struct rn_points *p, const uint32_t *label,
	unsigned k, double *each, struct rn_error *err)
{
	struct sorted s = { 0 };
	unsigned clusters = 0;
	double sum = 0;
	*out = (struct rn_silhouette){ .mean = NAN, .sampled = p->n > RN_SILHOUETTE_EXACT };
	if (p->d > 64)
		return rn_fail(err, RN_E_LIMIT, "silhouettes of more than 64 features");
	int rc = sort_points(&s, p, label, k, err);
	for (unsigned c = 0; c < k && !rc; c++) {
		clusters += s.from[c + 1] > s.from[c];
		for (size_t i = s.from[c]; i < s.from[c + 1]; i++) {
			double v = value(&s, k, i, c);
			sum += v;
			if (each && !out->sampled)
				each[s.original[i]] = v;
		}
	}
	if (!rc) {
		out->n = s.from[k];
		out->mean = clusters > 1 ? sum / (double)out->n : NAN;
	}
	rn_points_free(&s.points);
	free(s.from);
	free(s.original);
	return rc;
}
