/* SPDX-License-Identifier: MIT */
#include "analyze/num/kmeans.h"

#include "analyze/num/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What one fit needs besides the result. */
struct fit {
	const struct rn_points *p;
	const struct rn_computer *computer;
	struct rn_kmeans_options o;
	struct rn_step step; /* sums of every block */
	double *nearest;     /* squared distance of each point to the centres chosen so far */
	double *total;       /* k * d */
	struct rn_kmeans now;
};

static int model_new(struct rn_kmeans *m, unsigned k, unsigned d, size_t n)
{
	*m = (struct rn_kmeans){ .k = k, .d = d, .n = n, .inertia = INFINITY };
	m->center = calloc((size_t)k * d, sizeof(*m->center));
	m->label = calloc(n, sizeof(*m->label));
	m->count = calloc(k, sizeof(*m->count));
	return m->center && m->label && m->count ? 0 : RN_E_NOMEM;
}

void rn_kmeans_free(struct rn_kmeans *m)
{
	free(m->center);
	free(m->label);
	free(m->count);
	memset(m, 0, sizeof(*m));
}

static double distance2(const struct rn_points *p, size_t i, const double *center)
{
	double sum = 0;
	for (unsigned j = 0; j < p->d; j++) {
		double x = p->column[j][i] - center[j];
		sum += x * x;
	}
	return sum;
}

double rn_kmeans_distance(const struct rn_kmeans *m, const struct rn_points *p, size_t i)
{
	return sqrt(distance2(p, i, m->center + (size_t)m->label[i] * m->d));
}

static void center_on(struct fit *f, unsigned c, size_t i)
{
	for (unsigned j = 0; j < f->p->d; j++)
		f->now.center[(size_t)c * f->p->d + j] = f->p->column[j][i];
}

/* Centre c is known: what is nearest now, and the sum over all points. */
static double narrow(struct fit *f, unsigned c)
{
	const struct rn_points *p = f->p;
	const double *center = f->now.center + (size_t)c * p->d;
	double sum = 0;
	for (size_t i = 0; i < p->n; i++) {
		double here = distance2(p, i, center);
		if (!c || here < f->nearest[i])
			f->nearest[i] = here;
		sum += f->nearest[i];
	}
	return sum;
}

/* Each further centre is a point drawn with a chance in proportion to its squared distance. */
static void seed(struct fit *f, struct rn_random *r)
{
	size_t n = f->p->n;
	center_on(f, 0, rn_random_below(r, n));
	for (unsigned c = 1; c < f->o.k; c++) {
		double left = rn_random_real(r) * narrow(f, c - 1);
		size_t at = 0, chosen = 0;
		for (; at < n; at++) {
			if (!(f->nearest[at] > 0))
				continue;
			chosen = at;
			left -= f->nearest[at];
			if (left < 0)
				break;
		}
		center_on(f, c, chosen);
	}
}

/* Blocks in order, whoever computed them. */
static uint64_t gather(struct fit *f)
{
	size_t blocks = rn_points_blocks(f->p), kd = (size_t)f->o.k * f->p->d;
	uint64_t changed = 0;
	memset(f->total, 0, kd * sizeof(*f->total));
	memset(f->now.count, 0, f->o.k * sizeof(*f->now.count));
	f->now.inertia = 0;
	for (size_t b = 0; b < blocks; b++) {
		for (size_t s = 0; s < kd; s++)
			f->total[s] += f->step.sum[b * kd + s];
		for (unsigned c = 0; c < f->o.k; c++)
			f->now.count[c] += f->step.count[b * f->o.k + c];
		f->now.inertia += f->step.inertia[b];
		changed += f->step.changed[b];
	}
	return changed;
}

/* The point farthest from its centre that is not alone starts cluster c. */
static void refill(struct fit *f, unsigned c)
{
	double most = -1;
	size_t far = 0;
	for (size_t i = 0; i < f->p->n; i++) {
		double here = distance2(f->p, i, f->now.center + (size_t)f->now.label[i] * f->p->d);
		if (here > most && f->now.count[f->now.label[i]] > 1) {
			most = here;
			far = i;
		}
	}
	f->now.count[f->now.label[far]]--;
	f->now.label[far] = c;
	f->now.count[c] = 1;
	center_on(f, c, far);
}

static bool move_centers(struct fit *f)
{
	bool refilled = false;
	for (unsigned c = 0; c < f->o.k; c++)
		for (unsigned j = 0; j < f->p->d && f->now.count[c]; j++) {
			size_t s = (size_t)c * f->p->d + j;
			f->now.center[s] = f->total[s] / (double)f->now.count[c];
		}
	for (unsigned c = 0; c < f->o.k; c++)
		if (!f->now.count[c]) {
			refill(f, c);
			refilled = true;
		}
	return refilled;
}

/* Rounds until nothing moves. Labels and centres agree at the end: the last step only assigns. The cluster that a point
 * was taken from has another centre, though no label changes any more. */
static int run(struct fit *f, struct rn_error *err)
{
	double before = INFINITY;
	bool refilled = false;
	memset(f->now.label, 0xff, f->p->n * sizeof(*f->now.label));
	f->step.center = f->now.center;
	f->step.label = f->now.label;
	for (f->now.rounds = 1;; f->now.rounds++) {
		int rc = f->computer->assign(f->computer, f->p, &f->step, err);
		if (rc)
			return rc;
		uint64_t changed = gather(f);
		bool settled = !refilled && (!changed || (f->o.tolerance > 0 && isfinite(before) &&
			before - f->now.inertia <= f->o.tolerance * before));
		before = f->now.inertia;
		bool empty = false;
		for (unsigned c = 0; c < f->o.k; c++)
			empty |= !f->now.count[c];
		if ((settled && !empty) || f->now.rounds >= f->o.rounds)
			return 0;
		refilled = move_centers(f);
		if (refilled)
			before = INFINITY;
	}
}

static void take_best(struct fit *f, struct rn_kmeans *best)
{
	if (!(f->now.inertia < best->inertia))
		return;
	struct rn_kmeans swap = *best;
	*best = f->now;
	f->now = swap;
}

static int by_center(const void *a, const void *b, void *arg)
{
	const struct rn_kmeans *m = arg;
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;
	for (unsigned j = 0; j < m->d; j++) {
		double p = m->center[(size_t)x * m->d + j], q = m->center[(size_t)y * m->d + j];
		if (p != q)
			return p < q ? -1 : 1;
	}
	return (x > y) - (x < y);
}

static int number_by_center(struct rn_kmeans *m, double *scratch, struct rn_error *err)
{
	unsigned *order = malloc(m->k * sizeof(*order)), *number = malloc(m->k * sizeof(*number));
	uint64_t *count = malloc(m->k * sizeof(*count));
	int rc = order && number && count ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for clusters");
	for (unsigned c = 0; c < m->k && !rc; c++)
		order[c] = c;
	if (!rc) {
		qsort_r(order, m->k, sizeof(*order), by_center, m);
		memcpy(scratch, m->center, (size_t)m->k * m->d * sizeof(*scratch));
		memcpy(count, m->count, m->k * sizeof(*count));
	}
	for (unsigned c = 0; c < m->k && !rc; c++) {
		number[order[c]] = c;
		m->count[c] = count[order[c]];
		memcpy(m->center + (size_t)c * m->d, scratch + (size_t)order[c] * m->d,
			m->d * sizeof(*scratch));
	}
	for (size_t i = 0; i < m->n && !rc; i++)
		m->label[i] = number[m->label[i]];
	free(order);
	free(number);
	free(count);
	return rc;
}

static int prepare(struct fit *f, struct rn_kmeans *m, struct rn_error *err)
{
	size_t blocks = rn_points_blocks(f->p), kd = (size_t)f->o.k * f->p->d;
	f->step.k = f->o.k;
	f->step.sum = malloc(blocks * kd * sizeof(double));
	f->step.count = malloc(blocks * f->o.k * sizeof(uint64_t));
	f->step.inertia = malloc(blocks * sizeof(double));
	f->step.changed = malloc(blocks * sizeof(uint64_t));
	f->nearest = f->o.start ? NULL : malloc(f->p->n * sizeof(double));
	f->total = malloc(kd * sizeof(double));
	int rc = model_new(m, f->o.k, f->p->d, f->p->n);
	if (!rc)
		rc = model_new(&f->now, f->o.k, f->p->d, f->p->n);
	if (rc || !f->step.sum || !f->step.count || !f->step.inertia || !f->step.changed ||
		!f->total || (!f->nearest && !f->o.start))
		return rn_fail(err, RN_E_NOMEM, "out of memory for %u clusters of %zu points",
			f->o.k, f->p->n);
	return 0;
}

static void finish(struct fit *f)
{
	free(f->step.sum);
	free(f->step.count);
	free(f->step.inertia);
	free(f->step.changed);
	free(f->nearest);
	free(f->total);
	rn_kmeans_free(&f->now);
}

int rn_kmeans_fit(struct rn_kmeans *m, const struct rn_points *p, const struct rn_kmeans_options *o,
	struct rn_error *err)
{
	struct fit f = { .p = p, .o = *o, .computer = o->computer ? o->computer :
		rn_computer_plain() };
	struct rn_random random = { o->seed ? o->seed : RN_KMEANS_SEED };
	unsigned distinct = 0;
	memset(m, 0, sizeof(*m));
	f.o.restarts = o->start ? 1 : o->restarts ? o->restarts : rn_kmeans_restarts(p->n);
	f.o.rounds = o->rounds ? o->rounds : RN_KMEANS_ROUNDS;
	f.o.tolerance = o->tolerance != 0 ? o->tolerance : RN_KMEANS_TOLERANCE;
	int rc = rn_points_distinct(p, o->k, &distinct, err);
	if (!rc && (!o->k || distinct < o->k))
		rc = rn_fail(err, RN_E_USAGE, "%u clusters of %u distinct points", o->k, distinct);
	if (!rc)
		rc = prepare(&f, m, err);
	for (unsigned i = 0; i < f.o.restarts && !rc; i++) {
		if (o->start)
			memcpy(f.now.center, o->start, (size_t)o->k * p->d * sizeof(*o->start));
		else
			seed(&f, &random);
		rc = run(&f, err);
		if (!rc)
			take_best(&f, m);
	}
	if (!rc)
		rc = number_by_center(m, f.total, err);
	finish(&f);
	return rc;
}
