/* SPDX-License-Identifier: MIT */
#include "analyze/hpu/hpu.h"

#include "analyze/num/parallel.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define CALIBRATION_POINTS 4096
#define CALIBRATION_FEW 64
#define CALIBRATION_ROUNDS 3
#define THREAD_START_NS 40000.0  /* of a thread, each time there is more than one block */
enum { K = 8, D = 4 }; /* of the calibration */
#define DEVICE_SEARCH_NS 2e8     /* loading OpenCL and compiling for a device: a fifth of a second */

double rn_hpu_now_ns(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

double rn_hpu_predict_ns(const struct rn_hpu_device *d, const struct rn_hpu_work *w)
{
	return d->fixed_ns + w->steps * d->step_ns + w->units * d->unit_ns + w->bytes * d->byte_ns;
}

/* The fastest of a few small steps of k-means: others were disturbed. */
static int measure(struct rn_hpu_device *d, size_t n, double *ns, struct rn_error *err)
{
	struct rn_points points, *p = &points;
	double center[K * D], sum[K * D], inertia, best = INFINITY;
	uint64_t count[K], changed;
	uint32_t *label = calloc(n, sizeof(*label));
	struct rn_step step = { K, center, label, sum, count, &inertia, &changed };
	int rc = label ? rn_points_new(p, D, n, err) : rn_fail(err, RN_E_NOMEM, "out of memory");
	for (unsigned j = 0; j < D && !rc; j++)
		for (size_t i = 0; i < p->n; i++)
			p->column[j][i] = (double)((i * 7919 + j * 104729) % 1000);
	for (unsigned c = 0; c < K * D; c++)
		center[c] = (double)(c * 31 % 1000);
	for (unsigned i = 0; i < CALIBRATION_ROUNDS && !rc; i++) {
		double start = rn_hpu_now_ns();
		rc = d->computer.assign(&d->computer, p, &step, err);
		best = fmin(best, rn_hpu_now_ns() - start);
	}
	if (label && !rc)
		rn_points_free(p);
	free(label);
	*ns = best;
	return rc;
}

int rn_hpu_calibrate(struct rn_hpu_device *d, struct rn_error *err)
{
	double few, many, units = (double)(CALIBRATION_POINTS - CALIBRATION_FEW) * K * D;
	int rc = measure(d, CALIBRATION_FEW, &few, err);
	if (!rc)
		rc = measure(d, CALIBRATION_POINTS, &many, err);
	if (rc)
		return rc;
	d->unit_ns = fmax(many - few, many / 100) / units;
	d->step_ns = fmax(few - CALIBRATION_FEW * K * D * d->unit_ns, 0);
	return 0;
}

static int start_scalar(struct rn_hpu_device *d, struct rn_error *err)
{
	d->computer = rn_computer_of(rn_kernels_find("scalar"), 1);
	snprintf(d->name, sizeof(d->name), "plain C");
	return rn_hpu_calibrate(d, err);
}

static int start_simd(struct rn_hpu_device *d, struct rn_error *err)
{
	d->computer = rn_computer_of(rn_kernels(), 1);
	snprintf(d->name, sizeof(d->name), "%s", d->computer.kernels->name);
	return rn_hpu_calibrate(d, err);
}

/* Calibrated on one thread: starting threads for so little would be measured instead. */
static int start_threads(struct rn_hpu_device *d, struct rn_error *err)
{
	unsigned n = rn_processors();
	d->computer = rn_computer_of(rn_kernels(), 1);
	int rc = rn_hpu_calibrate(d, err);
	d->computer.threads = n;
	d->unit_ns /= n;
	d->step_ns += THREAD_START_NS * (n - 1);
	snprintf(d->name, sizeof(d->name), "%u thread%s, %s", n, n == 1 ? "" : "s",
		d->computer.kernels->name);
	return rc;
}

static const struct rn_hpu_backend scalar = { "scalar", RN_HPU_SCALAR, start_scalar, NULL };
static const struct rn_hpu_backend simd = { "simd", RN_HPU_SIMD, start_simd, NULL };
static const struct rn_hpu_backend threads = { "threads", RN_HPU_THREADS, start_threads, NULL };

const struct rn_hpu_backend *const rn_hpu_backends[] = {
	&scalar,
	&simd,
	&threads,
	&rn_hpu_opencl,
	NULL,
};

static void stop(struct rn_hpu_device *d)
{
	if (d->backend && d->backend->stop)
		d->backend->stop(d);
	memset(d, 0, sizeof(*d));
}

/* Starts one backend and keeps it when it is cheaper than what there was. */
static int consider(struct rn_hpu *h, const struct rn_hpu_backend *b, const struct rn_hpu_work *work,
	struct rn_error *err)
{
	struct rn_hpu_offer *o = &h->offer[h->n_offers++];
	struct rn_hpu_device d = { .backend = b };
	struct rn_error why = { 0 };
	*o = (struct rn_hpu_offer){ .backend = b->name };
	int rc = b->start(&d, &why);
	if (rc) {
		snprintf(o->remark, sizeof(o->remark), "%.*s", (int)sizeof(o->remark) - 1,
			why.message);
		if (err)
			*err = why;
		return rc;
	}
	o->available = true;
	o->is_gpu = d.is_gpu;
	o->predicted_ns = rn_hpu_predict_ns(&d, work);
	memcpy(o->device, d.name, sizeof(o->device));
	if (h->started && rn_hpu_predict_ns(&h->device, work) <= o->predicted_ns) {
		stop(&d);
		return 0;
	}
	if (h->started)
		stop(&h->device);
	h->device = d;
	h->started = true;
	for (unsigned i = 0; i < h->n_offers; i++)
		h->offer[i].chosen = &h->offer[i] == o;
	return 0;
}

static void pass_over(struct rn_hpu *h, const struct rn_hpu_backend *b, const char *why)
{
	struct rn_hpu_offer *o = &h->offer[h->n_offers++];
	*o = (struct rn_hpu_offer){ .backend = b->name };
	snprintf(o->remark, sizeof(o->remark), "%s", why);
}

static int choose(struct rn_hpu *h, bool cpu_only, const struct rn_hpu_work *work,
	struct rn_error *err)
{
	for (const struct rn_hpu_backend *const *b = rn_hpu_backends; *b; b++) {
		bool device = (*b)->choice == RN_HPU_OPENCL;
		if (device && cpu_only)
			pass_over(h, *b, "not looked for: --hpu-cpu-only");
		else if (device && h->started &&
			rn_hpu_predict_ns(&h->device, work) < DEVICE_SEARCH_NS)
			pass_over(h, *b, "not looked for: that takes longer than the work");
		else
			consider(h, *b, work, err);
	}
	for (unsigned i = 0; i < h->n_offers; i++)
		if (h->offer[i].chosen)
			snprintf(h->offer[i].remark, sizeof(h->offer[i].remark),
				"the cheapest by the cost model");
	return h->started ? 0 : RN_E_UNSUPPORTED;
}

int rn_hpu_start(struct rn_hpu *h, enum rn_hpu_choice choice, bool cpu_only,
	const struct rn_hpu_work *work, struct rn_error *err)
{
	memset(h, 0, sizeof(*h));
	if (choice == RN_HPU_AUTO)
		return choose(h, cpu_only, work, err);
	for (const struct rn_hpu_backend *const *b = rn_hpu_backends; *b; b++) {
		if ((*b)->choice != choice)
			continue;
		int rc = consider(h, *b, work, err);
		if (!rc)
			snprintf(h->offer[0].remark, sizeof(h->offer[0].remark), "asked for");
		return rc;
	}
	return rn_fail(err, RN_E_UNSUPPORTED, "no such backend");
}

void rn_hpu_stop(struct rn_hpu *h)
{
	if (h->started)
		stop(&h->device);
	h->started = false;
}

const char *rn_hpu_kind(const struct rn_hpu *h)
{
	return h->device.is_gpu ? "GPU" : "CPU";
}
