/* SPDX-License-Identifier: MIT */
#include "analyze/num/iforest.h"

#include "analyze/num/random.h"

#include <math.h>
#include <stdlib.h>

#define EULER 0.57721566490153286
#define NODES_MAX (2 * RN_IFOREST_SAMPLE)

struct node {
	double split;
	uint32_t feature;
	uint32_t child; /* the left one, the right one behind it; 0: a leaf */
	uint32_t size;  /* of a leaf */
};

struct rn_iforest {
	unsigned d, depth_max;
	size_t psi;
	struct node *tree[RN_IFOREST_TREES];
};

double rn_iforest_c(double n)
{
	if (n <= 1)
		return 0;
	if (n == 2)
		return 1;
	return 2 * (log(n - 1) + EULER) - 2 * (n - 1) / n;
}

struct growth {
	const struct rn_points *p;
	struct rn_random *random;
	struct node *nodes;
	uint32_t n_nodes;
	unsigned depth_max;
	size_t *member;
};

/* A feature in which the members differ, drawn at random; false: they are all equal. */
static bool choose_feature(struct growth *g, size_t from, size_t to, unsigned *feature, double *low,
	double *high)
{
	unsigned usable[64], n = 0;
	double lows[64], highs[64];
	for (unsigned j = 0; j < g->p->d && j < 64; j++) {
		const double *x = g->p->column[j];
		double least = x[g->member[from]], most = least;
		for (size_t i = from + 1; i < to; i++) {
			least = fmin(least, x[g->member[i]]);
			most = fmax(most, x[g->member[i]]);
		}
		if (least < most) {
			lows[n] = least;
			highs[n] = most;
			usable[n++] = j;
		}
	}
	if (!n)
		return false;
	unsigned k = (unsigned)rn_random_below(g->random, n);
	*feature = usable[k];
	*low = lows[k];
	*high = highs[k];
	return true;
}

static void grow(struct growth *g, uint32_t at, size_t from, size_t to, unsigned depth)
{
	unsigned feature;
	double low, high;
	struct node *node = &g->nodes[at];
	*node = (struct node){ .size = (uint32_t)(to - from) };
	if (to - from < 2 || depth == g->depth_max || !choose_feature(g, from, to, &feature, &low, &high))
		return;
	double split = low + rn_random_real(g->random) * (high - low);
	size_t middle = from;
	for (size_t i = from; i < to; i++) {
		if (!(g->p->column[feature][g->member[i]] <= split))
			continue;
		size_t swap = g->member[i];
		g->member[i] = g->member[middle];
		g->member[middle++] = swap;
	}
	if (middle == to)
		return; /* the split fell onto the greatest value */
	node->split = split;
	node->feature = feature;
	node->child = g->n_nodes;
	g->n_nodes += 2;
	uint32_t child = node->child;
	grow(g, child, from, middle, depth + 1);
	grow(g, child + 1, middle, to, depth + 1);
}

/* psi of n indices without return, by the first steps of a shuffle. */
static void draw(struct rn_random *r, size_t *index, size_t n, size_t psi)
{
	for (size_t i = 0; i < psi; i++) {
		size_t k = i + rn_random_below(r, n - i), swap = index[i];
		index[i] = index[k];
		index[k] = swap;
	}
}

int rn_iforest_new(struct rn_iforest **out, const struct rn_points *p, uint64_t seed,
	struct rn_error *err)
{
	struct rn_random random = { seed ? seed : 2008 };
	struct rn_iforest *f = calloc(1, sizeof(*f));
	size_t *index = malloc((p->n ? p->n : 1) * sizeof(*index));
	int rc = f && index ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for an isolation forest");
	for (size_t i = 0; i < p->n && !rc; i++)
		index[i] = i;
	if (f) {
		f->d = p->d;
		f->psi = p->n < RN_IFOREST_SAMPLE ? p->n : RN_IFOREST_SAMPLE;
		f->depth_max = (unsigned)ceil(log2(f->psi > 2 ? (double)f->psi : 2));
	}
	for (unsigned t = 0; t < RN_IFOREST_TREES && !rc; t++) {
		f->tree[t] = calloc(NODES_MAX, sizeof(struct node));
		if (!f->tree[t])
			rc = rn_fail(err, RN_E_NOMEM, "out of memory for an isolation forest");
		struct growth g = { p, &random, f->tree[t], 1, f->depth_max, index };
		if (!rc && f->psi) {
			draw(&random, index, p->n, f->psi);
			grow(&g, 0, 0, f->psi, 0);
		}
	}
	free(index);
	if (rc) {
		rn_iforest_free(f);
		f = NULL;
	}
	*out = f;
	return rc;
}

void rn_iforest_free(struct rn_iforest *f)
{
	for (unsigned t = 0; f && t < RN_IFOREST_TREES; t++)
		free(f->tree[t]);
	free(f);
}

double rn_iforest_score(const struct rn_iforest *f, const double *point)
{
	double depths = 0;
	for (unsigned t = 0; t < RN_IFOREST_TREES; t++) {
		const struct node *node = f->tree[t];
		double depth = 0;
		for (; node->child; depth++)
			node = &f->tree[t][node->child + !(point[node->feature] <= node->split)];
		depths += depth + rn_iforest_c(node->size);
	}
	double c = rn_iforest_c((double)f->psi);
	return c > 0 ? exp2(-depths / RN_IFOREST_TREES / c) : 0.5;
}
