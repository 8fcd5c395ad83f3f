/* SPDX-License-Identifier: MIT */
/*
 * OpenCL 1.2 through dlopen: no headers, no library at build time. The few types and numbers are
 * those of the specification (Khronos OpenCL 1.2, sections 3 to 5). A device computes distances and
 * labels in double precision, without fused operations; what is summed up over points is summed here,
 * in the same eight lanes as the kernels of the processor.
 */
#include "analyze/hpu/hpu.h"
#include "analyze/sandbox/sandbox.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef int32_t cl_int;
typedef void *cl_object;
#define CL_DEVICE_TYPE_CPU 2u
#define CL_DEVICE_TYPE_GPU 4u
#define CL_DEVICE_TYPE_ALL 0xffffffffu
#define CL_DEVICE_TYPE 0x1000
#define CL_DEVICE_NAME 0x102b
#define CL_DEVICE_DOUBLE_FP_CONFIG 0x1032
#define CL_MEM_READ_WRITE 1u
#define CL_TRUE 1
#define DEVICES_MAX 16

#define FUNCTIONS(X) \
	X(cl_int, GetPlatformIDs, (uint32_t, cl_object *, uint32_t *)) \
	X(cl_int, GetDeviceIDs, (cl_object, uint64_t, uint32_t, cl_object *, uint32_t *)) \
	X(cl_int, GetDeviceInfo, (cl_object, uint32_t, size_t, void *, size_t *)) \
	X(cl_object, CreateContext, (const intptr_t *, uint32_t, const cl_object *, void *, void *, \
		cl_int *)) \
	X(cl_object, CreateCommandQueue, (cl_object, cl_object, uint64_t, cl_int *)) \
	X(cl_object, CreateProgramWithSource, (cl_object, uint32_t, const char **, const size_t *, \
		cl_int *)) \
	X(cl_int, BuildProgram, (cl_object, uint32_t, const cl_object *, const char *, void *, void *)) \
	X(cl_object, CreateKernel, (cl_object, const char *, cl_int *)) \
	X(cl_int, SetKernelArg, (cl_object, uint32_t, size_t, const void *)) \
	X(cl_object, CreateBuffer, (cl_object, uint64_t, size_t, void *, cl_int *)) \
	X(cl_int, EnqueueWriteBuffer, (cl_object, cl_object, uint32_t, size_t, size_t, const void *, \
		uint32_t, const cl_object *, cl_object *)) \
	X(cl_int, EnqueueReadBuffer, (cl_object, cl_object, uint32_t, size_t, size_t, void *, uint32_t, \
		const cl_object *, cl_object *)) \
	X(cl_int, EnqueueNDRangeKernel, (cl_object, cl_object, uint32_t, const size_t *, const size_t *, \
		const size_t *, uint32_t, const cl_object *, cl_object *)) \
	X(cl_int, Finish, (cl_object)) \
	X(cl_int, ReleaseMemObject, (cl_object)) \
	X(cl_int, ReleaseKernel, (cl_object)) \
	X(cl_int, ReleaseProgram, (cl_object)) \
	X(cl_int, ReleaseCommandQueue, (cl_object)) \
	X(cl_int, ReleaseContext, (cl_object))

static const char source[] =
	"#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n"
	"#pragma OPENCL FP_CONTRACT OFF\n"
	"__kernel void assign(__global const double *x, ulong stride, ulong n, uint d, uint k,\n"
	"	__global const double *center, __global uint *label, __global double *least)\n"
	"{\n"
	"	ulong i = get_global_id(0);\n"
	"	if (i >= n)\n"
	"		return;\n"
	"	uint best = 0;\n"
	"	double nearest = 0;\n"
	"	for (uint c = 0; c < k; c++) {\n"
	"		double sum = 0;\n"
	"		for (uint j = 0; j < d; j++) {\n"
	"			double t = x[j * stride + i] - center[c * d + j];\n"
	"			sum = sum + t * t;\n"
	"		}\n"
	"		if (c == 0 || sum < nearest) {\n"
	"			nearest = sum;\n"
	"			best = c;\n"
	"		}\n"
	"	}\n"
	"	label[i] = best;\n"
	"	least[i] = nearest;\n"
	"}\n"
	"__kernel void products(__global const double *x, ulong stride, ulong n, uint rows,\n"
	"	__global double *out)\n"
	"{\n"
	"	uint a = get_global_id(0), b = get_global_id(1);\n"
	"	if (a >= rows || b >= rows || b < a)\n"
	"		return;\n"
	"	double s[8] = {0, 0, 0, 0, 0, 0, 0, 0};\n"
	"	for (ulong i = 0; i < n; i++)\n"
	"		s[i % 8] = s[i % 8] + x[a * stride + i] * x[b * stride + i];\n"
	"	double v = ((s[0] + s[4]) + (s[2] + s[6])) + ((s[1] + s[5]) + (s[3] + s[7]));\n"
	"	out[a * rows + b] = v;\n"
	"	out[b * rows + a] = v;\n"
	"}\n";

struct opencl {
	void *library;
#define X(result, name, arguments) result (*name) arguments;
	FUNCTIONS(X)
#undef X
	cl_object device, context, queue, program, assign, products;
	/* The points on the device: uploaded when they are first seen, or more centres are asked for. */
	const struct rn_points *points;
	double *const *column;
	unsigned k;
	cl_object x, center, label, least;
	size_t stride;
};

static int fail(struct rn_error *err, const char *what, cl_int code)
{
	return rn_fail(err, RN_E_UNSUPPORTED, "OpenCL: %s fails with %d", what, (int)code);
}

static bool load(struct opencl *cl)
{
	/* Drivers write to caches and start compilers, which a sandbox does not let them. */
	cl->library = rn_sandbox_entered() ? NULL : dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
	bool ok = cl->library != NULL;
#define X(result, name, arguments) \
	if (ok) { \
		void *symbol = dlsym(cl->library, "cl" #name); \
		memcpy(&cl->name, &symbol, sizeof(symbol)); \
		ok = symbol != NULL; \
	}
	FUNCTIONS(X)
#undef X
	return ok;
}

/* A GPU before anything else; only what computes with doubles. */
static bool find_device(struct opencl *cl, bool *is_gpu)
{
	cl_object platform[DEVICES_MAX], device[DEVICES_MAX];
	uint32_t platforms = 0, devices;
	bool found = false;
	*is_gpu = false;
	if (cl->GetPlatformIDs(DEVICES_MAX, platform, &platforms))
		return false;
	for (uint32_t p = 0; p < platforms && p < DEVICES_MAX; p++) {
		devices = 0;
		if (cl->GetDeviceIDs(platform[p], CL_DEVICE_TYPE_ALL, DEVICES_MAX, device, &devices))
			continue;
		for (uint32_t i = 0; i < devices && i < DEVICES_MAX; i++) {
			uint64_t type = 0, doubles = 0;
			cl->GetDeviceInfo(device[i], CL_DEVICE_TYPE, sizeof(type), &type, NULL);
			cl->GetDeviceInfo(device[i], CL_DEVICE_DOUBLE_FP_CONFIG, sizeof(doubles),
				&doubles, NULL);
			bool gpu = type & CL_DEVICE_TYPE_GPU;
			if (!doubles || (found && (*is_gpu || !gpu)))
				continue;
			cl->device = device[i];
			*is_gpu = gpu;
			found = true;
		}
	}
	return found;
}

static int build(struct opencl *cl, struct rn_error *err)
{
	const char *text = source;
	cl_int rc = 0;
	cl->context = cl->CreateContext(NULL, 1, &cl->device, NULL, NULL, &rc);
	if (!cl->context)
		return fail(err, "making a context", rc);
	cl->queue = cl->CreateCommandQueue(cl->context, cl->device, 0, &rc);
	if (!cl->queue)
		return fail(err, "making a queue", rc);
	cl->program = cl->CreateProgramWithSource(cl->context, 1, &text, NULL, &rc);
	if (cl->program)
		rc = cl->BuildProgram(cl->program, 1, &cl->device, "", NULL, NULL);
	if (!cl->program || rc)
		return fail(err, "compiling", rc);
	cl->assign = cl->CreateKernel(cl->program, "assign", &rc);
	if (cl->assign)
		cl->products = cl->CreateKernel(cl->program, "products", &rc);
	return cl->products ? 0 : fail(err, "making a kernel", rc);
}

static void release(struct opencl *cl, cl_object *buffer)
{
	if (*buffer)
		cl->ReleaseMemObject(*buffer);
	*buffer = NULL;
}

static void forget_points(struct opencl *cl)
{
	release(cl, &cl->x);
	release(cl, &cl->center);
	release(cl, &cl->label);
	release(cl, &cl->least);
	cl->points = NULL;
}

static void stop(struct rn_hpu_device *d)
{
	struct opencl *cl = d->computer.state;
	if (!cl)
		return;
	if (cl->context) {
		forget_points(cl);
		if (cl->assign)
			cl->ReleaseKernel(cl->assign);
		if (cl->products)
			cl->ReleaseKernel(cl->products);
		if (cl->program)
			cl->ReleaseProgram(cl->program);
		if (cl->queue)
			cl->ReleaseCommandQueue(cl->queue);
		cl->ReleaseContext(cl->context);
	}
	/* The library stays: drivers leave threads and handlers behind that must find their code. */
	free(cl);
	d->computer.state = NULL;
}

static cl_object buffer(struct opencl *cl, size_t bytes, cl_int *rc)
{
	return cl->CreateBuffer(cl->context, CL_MEM_READ_WRITE, bytes ? bytes : 8, NULL, rc);
}

static int upload(struct opencl *cl, const struct rn_points *p, unsigned k, struct rn_error *err)
{
	size_t column = p->n * sizeof(double);
	cl_int rc = 0;
	forget_points(cl);
	cl->stride = p->n;
	cl->x = buffer(cl, column * p->d, &rc);
	cl->center = cl->x ? buffer(cl, (size_t)k * p->d * sizeof(double), &rc) : NULL;
	cl->label = cl->center ? buffer(cl, p->n * sizeof(uint32_t), &rc) : NULL;
	cl->least = cl->label ? buffer(cl, column, &rc) : NULL;
	for (unsigned j = 0; j < p->d && cl->least && !rc; j++)
		rc = cl->EnqueueWriteBuffer(cl->queue, cl->x, CL_TRUE, j * column, column,
			p->column[j], 0, NULL, NULL);
	if (!cl->least || rc)
		return fail(err, "giving it the points", rc);
	cl->points = p;
	cl->column = p->column;
	cl->k = k;
	return 0;
}

static cl_int set_arguments(struct opencl *cl, const struct rn_points *p, unsigned k)
{
	uint64_t stride = cl->stride, n = p->n;
	uint32_t d = p->d, clusters = k;
	cl_int rc = cl->SetKernelArg(cl->assign, 0, sizeof(cl->x), &cl->x);
	rc = rc ? rc : cl->SetKernelArg(cl->assign, 1, sizeof(stride), &stride);
	rc = rc ? rc : cl->SetKernelArg(cl->assign, 2, sizeof(n), &n);
	rc = rc ? rc : cl->SetKernelArg(cl->assign, 3, sizeof(d), &d);
	rc = rc ? rc : cl->SetKernelArg(cl->assign, 4, sizeof(clusters), &clusters);
	rc = rc ? rc : cl->SetKernelArg(cl->assign, 5, sizeof(cl->center), &cl->center);
	rc = rc ? rc : cl->SetKernelArg(cl->assign, 6, sizeof(cl->label), &cl->label);
	return rc ? rc : cl->SetKernelArg(cl->assign, 7, sizeof(cl->least), &cl->least);
}

/* Sums of one block, as the kernels of the processor make them. */
static void sum_block(const struct rn_points *p, struct rn_step *s, size_t block,
	const uint32_t *label, const double *least, double *lanes)
{
	size_t from = block * RN_BLOCK_POINTS, kd = (size_t)s->k * p->d;
	size_t to = p->n - from < RN_BLOCK_POINTS ? p->n : from + RN_BLOCK_POINTS;
	double inertia[RN_LANES] = { 0 };
	memset(lanes, 0, kd * RN_LANES * sizeof(*lanes));
	memset(s->count + block * s->k, 0, s->k * sizeof(*s->count));
	s->changed[block] = 0;
	for (size_t i = from; i < to; i++) {
		uint32_t c = label[i] < s->k ? label[i] : 0;
		s->changed[block] += s->label[i] != c;
		s->label[i] = c;
		s->count[block * s->k + c]++;
		inertia[i % RN_LANES] += least[i];
		for (unsigned j = 0; j < p->d; j++)
			lanes[(c * p->d + j) * RN_LANES + i % RN_LANES] += p->column[j][i];
	}
	for (size_t v = 0; v < kd; v++)
		s->sum[block * kd + v] = rn_lanes_sum(lanes + v * RN_LANES);
	s->inertia[block] = rn_lanes_sum(inertia);
}

static int assign(const struct rn_computer *c, const struct rn_points *p, struct rn_step *s,
	struct rn_error *err)
{
	struct opencl *cl = c->state;
	size_t global = (p->n + 63) / 64 * 64;
	uint32_t *label = malloc((p->n + 1) * sizeof(*label));
	double *least = malloc((p->n + 1) * sizeof(*least));
	double *lanes = malloc((size_t)s->k * p->d * RN_LANES * sizeof(*lanes));
	cl_int code = 0;
	int rc = label && least && lanes ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for a device");
	if (!rc && (cl->points != p || cl->column != p->column || cl->k < s->k))
		rc = upload(cl, p, s->k, err);
	if (!rc) {
		code = cl->EnqueueWriteBuffer(cl->queue, cl->center, CL_TRUE, 0,
			(size_t)s->k * p->d * sizeof(double), s->center, 0, NULL, NULL);
		code = code ? code : set_arguments(cl, p, s->k);
		code = code ? code : cl->EnqueueNDRangeKernel(cl->queue, cl->assign, 1, NULL, &global,
			NULL, 0, NULL, NULL);
		code = code ? code : cl->EnqueueReadBuffer(cl->queue, cl->label, CL_TRUE, 0,
			p->n * sizeof(*label), label, 0, NULL, NULL);
		code = code ? code : cl->EnqueueReadBuffer(cl->queue, cl->least, CL_TRUE, 0,
			p->n * sizeof(*least), least, 0, NULL, NULL);
		rc = code ? fail(err, "assigning points", code) : 0;
	}
	for (size_t b = 0; b < rn_points_blocks(p) && !rc; b++)
		sum_block(p, s, b, label, least, lanes);
	free(label);
	free(least);
	free(lanes);
	return rc;
}

static int products(const struct rn_computer *c, double *const *row, unsigned rows, size_t n,
	double *out, struct rn_error *err)
{
	struct opencl *cl = c->state;
	uint64_t stride = n, count = n;
	uint32_t all = rows;
	const size_t global[2] = { rows, rows };
	cl_int rc = 0;
	cl_object x = buffer(cl, rows * n * sizeof(double), &rc);
	cl_object result = x ? buffer(cl, (size_t)rows * rows * sizeof(double), &rc) : NULL;
	for (unsigned a = 0; a < rows && result && !rc; a++)
		rc = cl->EnqueueWriteBuffer(cl->queue, x, CL_TRUE, a * n * sizeof(double),
			n * sizeof(double), row[a], 0, NULL, NULL);
	rc = rc || !result ? rc : cl->SetKernelArg(cl->products, 0, sizeof(x), &x);
	rc = rc || !result ? rc : cl->SetKernelArg(cl->products, 1, sizeof(stride), &stride);
	rc = rc || !result ? rc : cl->SetKernelArg(cl->products, 2, sizeof(count), &count);
	rc = rc || !result ? rc : cl->SetKernelArg(cl->products, 3, sizeof(all), &all);
	rc = rc || !result ? rc : cl->SetKernelArg(cl->products, 4, sizeof(result), &result);
	rc = rc || !result ? rc : cl->EnqueueNDRangeKernel(cl->queue, cl->products, 2, NULL, global,
		NULL, 0, NULL, NULL);
	rc = rc || !result ? rc : cl->EnqueueReadBuffer(cl->queue, result, CL_TRUE, 0,
		(size_t)rows * rows * sizeof(double), out, 0, NULL, NULL);
	bool failed = rc || !result;
	release(cl, &result);
	release(cl, &x);
	return failed ? fail(err, "multiplying rows", rc) : 0;
}

/* What it costs beyond the work was paid here; moving bytes is taken to cost 0.2 ns each. */
static int start(struct rn_hpu_device *d, struct rn_error *err)
{
	struct opencl *cl = calloc(1, sizeof(*cl));
	if (!cl)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	d->computer = (struct rn_computer){ assign, products, NULL, 1, cl };
	int rc = load(cl) ? 0 : rn_fail(err, RN_E_UNSUPPORTED, rn_sandbox_entered() ?
		"not in a sandbox (--hpu-backend=opencl, --sandbox=off)" : "there is no OpenCL library");
	if (!rc && !find_device(cl, &d->is_gpu))
		rc = rn_fail(err, RN_E_UNSUPPORTED,
			"OpenCL has no device here that computes in double precision");
	if (!rc)
		rc = build(cl, err);
	if (!rc) {
		char name[64] = "";
		cl->GetDeviceInfo(cl->device, CL_DEVICE_NAME, sizeof(name) - 1, name, NULL);
		snprintf(d->name, sizeof(d->name), "%s, a %s", name, d->is_gpu ? "GPU" : "CPU");
		rc = rn_hpu_calibrate(d, err);
		forget_points(cl); /* those of the calibration */
		d->byte_ns = 0.2;
	}
	if (rc)
		stop(d);
	return rc;
}

const struct rn_hpu_backend rn_hpu_opencl = { "opencl", RN_HPU_OPENCL, start, stop };
