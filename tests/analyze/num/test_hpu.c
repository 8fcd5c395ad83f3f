/* SPDX-License-Identifier: MIT */
#include "analyze/hpu/hpu.h"
#include "analyze/num/kmeans.h"
#include "analyze/num/random.h"
#include "tests/analyze/num/near.h"

#include <stdlib.h>
#include <string.h>

static struct rn_error err;
static const struct rn_hpu_work little = { 1000, 1, 1000 };

static struct rn_points points(size_t n)
{
	struct rn_random r = { 11 };
	struct rn_points p;
	cr_assert_eq(rn_points_new(&p, 4, n, &err), 0);
	for (unsigned j = 0; j < 4; j++)
		for (size_t i = 0; i < n; i++)
			p.column[j][i] = rn_random_real(&r) + 3.0 * (double)(i % 6 == j);
	return p;
}

static void compare(const struct rn_computer *c, bool exact)
{
	struct rn_points p = points(10007);
	const struct rn_kmeans_options plain = { .k = 6, .restarts = 2 };
	struct rn_kmeans_options other = plain;
	struct rn_kmeans wanted, got;
	double g[16], h[16];
	other.computer = c;
	cr_assert_eq(rn_kmeans_fit(&wanted, &p, &plain, &err), 0);
	cr_assert_eq(rn_kmeans_fit(&got, &p, &other, &err), 0, "%s", err.message);
	cr_assert_eq(memcmp(got.label, wanted.label, p.n * sizeof(*got.label)), 0);
	NEAR(got.inertia, wanted.inertia, 1e-6);
	cr_assert(!exact || got.inertia == wanted.inertia);
	for (int i = 0; i < 24; i++)
		NEAR(got.center[i], wanted.center[i], 1e-6);
	const struct rn_computer *ours = rn_computer_plain();
	cr_assert_eq(ours->products(ours, p.column, 4, p.n, g, &err), 0);
	cr_assert_eq(c->products(c, p.column, 4, p.n, h, &err), 0);
	for (int i = 0; i < 16; i++) {
		NEAR(h[i], g[i], 1e-6);
		cr_assert(!exact || h[i] == g[i]);
		cr_assert_eq(h[i], h[i % 4 * 4 + i / 4]);
	}
	rn_kmeans_free(&wanted);
	rn_kmeans_free(&got);
	other.k = 9; /* more centres of the same points */
	cr_assert_eq(rn_kmeans_fit(&got, &p, &other, &err), 0, "%s", err.message);
	rn_kmeans_free(&got);
	rn_points_free(&p);
}

Test(hpu, every_backend_of_the_processor_gives_the_same_bits)
{
	for (enum rn_hpu_choice c = RN_HPU_SCALAR; c <= RN_HPU_THREADS; c++) {
		struct rn_hpu h;
		cr_assert_eq(rn_hpu_start(&h, c, true, &little, &err), 0);
		cr_assert_str_eq(rn_hpu_kind(&h), "CPU");
		cr_assert_gt(h.device.unit_ns, 0);
		cr_assert(h.n_offers == 1 && h.offer[0].chosen && *h.offer[0].device);
		compare(&h.device.computer, true);
		rn_hpu_stop(&h);
	}
}

Test(hpu, auto_takes_the_cheapest_and_tells_of_the_others)
{
	struct rn_hpu h;
	cr_assert_eq(rn_hpu_start(&h, RN_HPU_AUTO, true, &little, &err), 0);
	unsigned chosen = 0;
	double least = INFINITY, taken = 0;
	cr_assert_eq(h.n_offers, 4);
	for (unsigned i = 0; i < h.n_offers; i++) {
		chosen += h.offer[i].chosen;
		if (h.offer[i].available)
			least = fmin(least, h.offer[i].predicted_ns);
		if (h.offer[i].chosen)
			taken = h.offer[i].predicted_ns;
		cr_assert(h.offer[i].available || *h.offer[i].remark);
	}
	cr_assert_eq(chosen, 1);
	cr_assert_eq(taken, least);
	cr_assert_str_eq(h.offer[3].remark, "not looked for: --hpu-cpu-only");
	rn_hpu_stop(&h);
}

Test(hpu, opencl_agrees_and_a_processor_is_called_one)
{
	struct rn_hpu h;
	int rc = rn_hpu_start(&h, RN_HPU_OPENCL, false, &little, &err);
	if (rc)
		cr_skip_test("no OpenCL: %s", err.message);
	cr_assert_str_eq(rn_hpu_kind(&h), h.device.is_gpu ? "GPU" : "CPU");
	cr_assert_eq(strstr(h.device.name, ", a GPU") != NULL, h.device.is_gpu);
	cr_assert(!strstr(h.device.name, "pthread") || !h.device.is_gpu);
	compare(&h.device.computer, false);
	rn_hpu_stop(&h);
}

Test(hpu, without_opencl_there_is_a_reason)
{
	struct rn_hpu h;
	int rc = rn_hpu_start(&h, RN_HPU_OPENCL, false, &little, &err);
	cr_assert(rc == 0 || (rc == RN_E_UNSUPPORTED && *err.message));
	cr_assert_eq(h.started, rc == 0);
	rn_hpu_stop(&h);
}
