/* SPDX-License-Identifier: MIT */
/**
 * hpu - who computes: one thread of plain C, vectors, several threads, or a device through OpenCL.
 *
 * Backends are const structs, listed in hpu.c. Each starts a computer (num/points.h) and predicts
 * what work costs on it by a model that is calibrated when it starts: a price for each step of the
 * computer, each unit of work and each byte moved. Auto takes the cheapest; a device is not even
 * looked for when processors need less than looking takes.
 * Results do not depend on the choice: the processors' own agree to the last bit, a device's labels
 * are the same and its sums within 1e-6. OpenCL is loaded at run time and never required; a device
 * of OpenCL that is a processor is called one.
 * Costs are measured and differ from run to run: they belong on standard error, or in a report only
 * when asked for.
 */
#ifndef RN_ANALYZE_HPU_HPU_H
#define RN_ANALYZE_HPU_HPU_H

#include "analyze/num/points.h"

enum rn_hpu_choice { RN_HPU_AUTO, RN_HPU_SCALAR, RN_HPU_SIMD, RN_HPU_THREADS, RN_HPU_OPENCL,
	RN_HPU_CHOICES };

/* Work in multiplications and additions of reals, one of each being a unit. */
struct rn_hpu_work {
	double units;
	double steps; /* calls of the computer */
	double bytes; /* that a device has to be given */
};

struct rn_hpu_device {
	const struct rn_hpu_backend *backend;
	struct rn_computer computer;
	bool is_gpu;
	char name[96];   /* "avx512", "2 threads, avx512", "NVIDIA H200" */
	double fixed_ns, step_ns, unit_ns, byte_ns;
};

struct rn_hpu_backend {
	const char *name; /* "simd" */
	enum rn_hpu_choice choice;
	/** Fills the rest of *d. RN_E_UNSUPPORTED and why: there is none here. */
	int (*start)(struct rn_hpu_device *d, struct rn_error *err);
	void (*stop)(struct rn_hpu_device *d); /* NULL: nothing to do */
};

extern const struct rn_hpu_backend *const rn_hpu_backends[]; /* NULL ends it */
extern const struct rn_hpu_backend rn_hpu_opencl;

double rn_hpu_predict_ns(const struct rn_hpu_device *d, const struct rn_hpu_work *w);

/* What was considered. */
struct rn_hpu_offer {
	const char *backend;
	char device[96];
	bool available, chosen, is_gpu;
	double predicted_ns;
	char remark[160]; /* why not, or why */
};

struct rn_hpu {
	struct rn_hpu_device device;
	struct rn_hpu_offer offer[RN_HPU_CHOICES];
	unsigned n_offers;
	bool started;
};

/** Starts the backend of the choice, or for RN_HPU_AUTO the cheapest for the work. cpu_only: no device is
 *  looked at. RN_E_UNSUPPORTED when what was asked for is not there, RN_E_NOMEM. */
int rn_hpu_start(struct rn_hpu *h, enum rn_hpu_choice choice, bool cpu_only,
	const struct rn_hpu_work *work, struct rn_error *err);
void rn_hpu_stop(struct rn_hpu *h);
/** "CPU" or "GPU". */
const char *rn_hpu_kind(const struct rn_hpu *h);

/** Measures step_ns and unit_ns of the computer. */
int rn_hpu_calibrate(struct rn_hpu_device *d, struct rn_error *err);
/** Now, for costs; ns. */
double rn_hpu_now_ns(void);

#endif
