/* SPDX-License-Identifier: MIT */
#include "analyze/num/points.h"

#include "analyze/num/parallel.h"

#include <stdlib.h>

int rn_points_new(struct rn_points *p, unsigned d, size_t n, struct rn_error *err)
{
	*p = (struct rn_points){ rn_columns_new(d, n), d, n };
	return p->column ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for %zu points", n);
}

void rn_points_free(struct rn_points *p)
{
	free(p->column);
	p->column = NULL;
	p->n = 0;
}

int rn_points_distinct(const struct rn_points *p, unsigned most, unsigned *n, struct rn_error *err)
{
	size_t *seen = malloc((most ? most : 1) * sizeof(*seen));
	*n = 0;
	if (!seen)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	for (size_t i = 0; i < p->n && *n < most; i++) {
		unsigned k = 0;
		while (k < *n && !rn_points_equal(p, i, seen[k]))
			k++;
		if (k == *n)
			seen[(*n)++] = i;
	}
	free(seen);
	return 0;
}

static const struct rn_kernels *kernels_of(const struct rn_computer *c)
{
	return c->kernels ? c->kernels : rn_kernels();
}

struct assign_job {
	const struct rn_kernels *kernels;
	const struct rn_points *points;
	struct rn_step *step;
	double *lanes; /* of each thread */
};

static void assign_block(void *arg, size_t block, unsigned thread)
{
	const struct assign_job *job = arg;
	const struct rn_points *p = job->points;
	struct rn_step *s = job->step;
	size_t kd = (size_t)s->k * p->d, from = block * RN_BLOCK_POINTS;
	struct rn_assign a = { .column = (const double *const *)p->column, .d = p->d, .k = s->k,
		.center = s->center, .label = s->label, .sum = s->sum + block * kd,
		.count = s->count + block * s->k,
		.lanes = job->lanes + thread * (kd + s->k) * RN_LANES };
	job->kernels->assign(&a, from, p->n - from < RN_BLOCK_POINTS ? p->n : from + RN_BLOCK_POINTS);
	s->inertia[block] = a.inertia;
	s->changed[block] = a.changed;
}

static int assign(const struct rn_computer *c, const struct rn_points *p, struct rn_step *s,
	struct rn_error *err)
{
	size_t lanes = ((size_t)s->k * p->d + s->k) * RN_LANES;
	struct assign_job job = { kernels_of(c), p, s, malloc(lanes * c->threads * sizeof(double)) };
	if (!job.lanes)
		return rn_fail(err, RN_E_NOMEM, "out of memory for clusters");
	rn_parallel(assign_block, &job, rn_points_blocks(p), c->threads);
	free(job.lanes);
	return 0;
}

struct product_job {
	const struct rn_kernels *kernels;
	double *const *row;
	unsigned rows;
	size_t n;
	double *out;
};

static void product_row(void *arg, size_t a, unsigned thread)
{
	const struct product_job *job = arg;
	(void)thread;
	for (size_t b = a; b < job->rows; b++) {
		double v = job->kernels->dot(job->row[a], job->row[b], job->n);
		job->out[a * job->rows + b] = job->out[b * job->rows + a] = v;
	}
}

static int products(const struct rn_computer *c, double *const *row, unsigned rows, size_t n,
	double *out, struct rn_error *err)
{
	struct product_job job = { kernels_of(c), row, rows, n, out };
	(void)err;
	rn_parallel(product_row, &job, rows, c->threads);
	return 0;
}

struct rn_computer rn_computer_of(const struct rn_kernels *kernels, unsigned threads)
{
	return (struct rn_computer){ assign, products, kernels, threads ? threads : 1, NULL };
}

const struct rn_computer *rn_computer_plain(void)
{
	static const struct rn_computer plain = { assign, products, NULL, 1, NULL };
	return &plain;
}
