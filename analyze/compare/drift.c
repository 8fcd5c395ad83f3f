/* SPDX-License-Identifier: MIT */
#include "analyze/compare/drift.h"

#include "analyze/num/change_points.h"
#include "analyze/num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SHUFFLES 399
#define SHORTEST_PART 12 /* a piece has at least so many of the blocks, as a part of all */

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory to compare");
}

/* The chance of so good a split of a series without order. */
static int chance_of(const double *x, size_t n, uint64_t seed, double *p, struct rn_error *err)
{
	struct rn_random random = { seed };
	struct rn_split seen, drawn;
	double *mixed = malloc(n * sizeof(*mixed));
	size_t as_good = 0;
	int rc = mixed ? rn_split(&seen, x, n, err) : no_memory(err);
	if (!rc)
		memcpy(mixed, x, n * sizeof(*mixed));
	for (unsigned round = 0; round < SHUFFLES && !rc; round++) {
		for (size_t i = n; i > 1; i--) {
			size_t k = rn_random_below(&random, i);
			double swap = mixed[i - 1];
			mixed[i - 1] = mixed[k];
			mixed[k] = swap;
		}
		rc = rn_split(&drawn, mixed, n, err);
		as_good += drawn.cost <= seen.cost;
	}
	free(mixed);
	*p = (double)(as_good + 1) / (SHUFFLES + 1);
	return rc;
}

static double level(const double *x, size_t from, size_t to)
{
	double sum = 0;
	for (size_t i = from; i < to; i++)
		sum += x[i];
	return sum / (double)(to - from);
}

static int add(struct rn_drifts *d, struct rn_drift drift, struct rn_error *err)
{
	if (d->n == d->cap) {
		size_t cap = d->cap * 2 + 8;
		struct rn_drift *grown = realloc(d->item, cap * sizeof(*grown));
		if (!grown)
			return no_memory(err);
		d->item = grown;
		d->cap = cap;
	}
	d->item[d->n++] = drift;
	return 0;
}

static int look_at(struct rn_drifts *d, const struct rn_comparison *c, uint32_t number, unsigned side,
	struct rn_error *err)
{
	const struct rn_run_group *g = rn_run_group(c->run[side][0], RN_ASPECT_CALL, number);
	double x[RN_RUN_BLOCKS], p;
	size_t at[RN_RUN_BLOCKS], n_at, n = g->block ? g->n_blocks : 0;
	if (n < RN_DRIFT_BLOCKS)
		return 0;
	for (size_t i = 0; i < n; i++)
		x[i] = log(fmax(rn_sketch_quantile(&g->block[i], .5), 1));
	size_t shortest = n / SHORTEST_PART > 2 ? n / SHORTEST_PART : 2;
	int rc = rn_change_points(at, &n_at, x, n, shortest, 0, err);
	if (!rc && n_at)
		rc = chance_of(x, n, c->judge.seed, &p, err);
	for (size_t i = 0; i < n_at && !rc; i++) {
		double before = level(x, i ? at[i - 1] : 0, at[i]);
		double after = level(x, at[i], i + 1 < n_at ? at[i + 1] : n);
		if (p < RN_JUDGE_CHANCE && fabs(after - before) > log1p(RN_JUDGE_INDICATIVE))
			rc = add(d, (struct rn_drift){ number, side, at[i] * (g->timed / n), g->timed, exp(before),
				exp(after), p }, err);
	}
	return rc;
}

int rn_drifts_init(struct rn_drifts *d, const struct rn_comparison *c, struct rn_error *err)
{
	int rc = 0;
	*d = (struct rn_drifts){ .n = 0 };
	for (uint32_t i = 0; i < c->n[RN_ASPECT_CALL]; i++) {
		const struct rn_compared *row = &c->row[RN_ASPECT_CALL][i];
		for (unsigned side = 0; side < 2 && !rc && row->share >= RN_SHARE_LEAST; side++)
			rc = look_at(d, c, row->number, side, err);
	}
	return rc;
}

void rn_drifts_fini(struct rn_drifts *d)
{
	free(d->item);
}
