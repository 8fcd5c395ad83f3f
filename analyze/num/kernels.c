/* SPDX-License-Identifier: MIT */
#include "analyze/num/kernels_sets.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static const struct rn_kernels *sets[5];
static const struct rn_kernels *chosen;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void find_sets(void)
{
	unsigned n = 0;
	sets[n++] = &rn_kernels_scalar;
	sets[n++] = &rn_kernels_baseline;
#ifdef __x86_64__
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx2"))
		sets[n++] = &rn_kernels_avx2;
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
		__builtin_cpu_supports("avx512vl"))
		sets[n++] = &rn_kernels_avx512;
#endif
	const char *wish = getenv("RENACER_KERNELS");
	chosen = sets[n - 1];
	for (unsigned i = 0; wish && i < n; i++)
		if (strcmp(sets[i]->name, wish) == 0)
			chosen = sets[i];
}

const struct rn_kernels *const *rn_kernels_all(void)
{
	pthread_once(&once, find_sets);
	return sets;
}

const struct rn_kernels *rn_kernels(void)
{
	pthread_once(&once, find_sets);
	return chosen;
}

const struct rn_kernels *rn_kernels_find(const char *name)
{
	for (const struct rn_kernels *const *k = rn_kernels_all(); *k; k++)
		if (strcmp((*k)->name, name) == 0)
			return *k;
	return NULL;
}

double **rn_columns_new(unsigned d, size_t n)
{
	size_t heads = (d * sizeof(double *) + 63) / 64 * 64;
	size_t stride = (n + RN_LANES - 1) / RN_LANES * RN_LANES + RN_LANES;
	if (n > SIZE_MAX / 2 / sizeof(double) / (d ? d : 1) - 2 * RN_LANES)
		return NULL;
	char *p = aligned_alloc(64, heads + d * stride * sizeof(double));
	if (!p)
		return NULL;
	memset(p, 0, heads + d * stride * sizeof(double));
	double **column = (double **)p;
	for (unsigned j = 0; j < d; j++)
		column[j] = (double *)(p + heads) + j * stride;
	return column;
}
