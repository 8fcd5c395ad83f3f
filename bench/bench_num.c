/* SPDX-License-Identifier: MIT */
/*
 * The numerical parts by themselves.
 *   bench_num percentiles N          adds N latencies, then P50 P75 P90 P95 P99 of them
 *   bench_num kernels                each kernel on each instruction set
 *   bench_num kmeans FILE N D K ROUNDS THREADS
 *       FILE: N rows of D doubles, then K rows of centres to start from; exactly ROUNDS rounds
 * Prints lines "what value", times in seconds: of the processor, but for k-means by the clock.
 */
#include "analyze/num/kernels.h"
#include "analyze/num/kmeans.h"
#include "analyze/num/quantile.h"
#include "analyze/num/random.h"
#include "analyze/num/values.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static double clock_of(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double now(void)
{
	return clock_of(CLOCK_PROCESS_CPUTIME_ID);
}

/* As system calls take: a body around a microsecond and a long tail. */
static uint64_t latency(struct rn_random *r)
{
	double tail = -log(1 - rn_random_real(r)), body = rn_random_real(r) + rn_random_real(r);
	return (uint64_t)(400 + 600 * body + (tail > 4 ? exp(2 * tail) : 10 * tail));
}

static int percentiles(size_t n)
{
	static const double percent[] = { 50, 75, 90, 95, 99 };
	struct rn_random r = { 1 };
	struct rn_values v;
	struct rn_error err;
	uint64_t *made = malloc(n * sizeof(*made)), ranks[10], value[10];
	if (!made)
		return 1;
	for (size_t i = 0; i < n; i++)
		made[i] = latency(&r);
	rn_values_init(&v, 0);
	struct rn_values_group *g = rn_values_add_group(&v);
	double start = now();
	for (size_t i = 0; i < n; i++)
		if (rn_values_add(&v, g, made[i], &err))
			return 1;
	double added = now();
	for (int i = 0; i < 5; i++) {
		struct rn_quantile_place p = rn_percentile_place(n, percent[i]);
		ranks[2 * i] = p.low;
		ranks[2 * i + 1] = p.low + (p.fraction > 0);
	}
	if (rn_values_ranks(&v, g, ranks, 10, value, &err))
		return 1;
	double done = now();
	printf("n %zu\nadd %.6f\npercentiles %.6f\nall %.6f\np50 %llu\np99 %llu\n", n, added - start,
		done - added, done - start, (unsigned long long)value[0],
		(unsigned long long)value[8]);
	rn_values_fini(&v);
	free(made);
	return 0;
}

#define TIMED(what, repeats, ...) do { \
		double best = INFINITY; \
		for (int round_ = 0; round_ < 5; round_++) { \
			double start_ = now(); \
			for (int i_ = 0; i_ < (repeats); i_++) { \
				__VA_ARGS__; \
			} \
			best = fmin(best, (now() - start_) / (repeats)); \
		} \
		printf("%s.%s %.9f\n", what, set->name, best); \
	} while (0)

static int kernels(void)
{
	enum { N = 65536, D = 4, K = 8 };
	struct rn_random r = { 2 };
	uint64_t *v = malloc(N * sizeof(*v)), *count = calloc(16384, sizeof(*count)), members[K];
	double **x = rn_columns_new(D, N), center[K * D], sum[K * D];
	double *lanes = malloc(K * (D + 1) * RN_LANES * sizeof(double));
	uint32_t *label = calloc(N, sizeof(*label));
	volatile double sink = 0; /* results are wanted */
	(void)sink;
	for (size_t i = 0; i < N; i++)
		v[i] = latency(&r);
	for (unsigned j = 0; j < D; j++)
		for (size_t i = 0; i < N; i++)
			x[j][i] = rn_random_real(&r);
	for (int i = 0; i < K * D; i++)
		center[i] = rn_random_real(&r);
	for (const struct rn_kernels *const *k = rn_kernels_all(); *k; k++) {
		const struct rn_kernels *set = *k;
		struct rn_kernel_sums sums;
		struct rn_assign a = { .column = (const double *const *)x, .d = D, .k = K,
			.center = center, .label = label, .sum = sum, .count = members,
			.lanes = lanes };
		TIMED("sums", 50, set->sums(v, N, &sums); sink += (double)sums.low);
		TIMED("histogram", 20, set->histogram(v, N, 400, 4, 16384, count));
		TIMED("assign", 5, set->assign(&a, 0, N); sink += a.inertia);
		TIMED("dot", 50, sink += set->dot(x[0], x[1], N));
		TIMED("distances", 20, sink += set->distances((const double *const *)x, D, 0, N, center));
	}
	free(v);
	free(count);
	free(x);
	free(lanes);
	free(label);
	return 0;
}

static int kmeans(char **argv)
{
	size_t n = strtoull(argv[1], NULL, 10);
	unsigned d = (unsigned)atoi(argv[2]), k = (unsigned)atoi(argv[3]);
	struct rn_computer c = rn_computer_of(rn_kernels(), (unsigned)atoi(argv[5]));
	double *rows = malloc((n + k) * d * sizeof(*rows));
	struct rn_points p;
	struct rn_kmeans m;
	struct rn_error err;
	FILE *in = fopen(argv[0], "rb");
	if (!in || !rows || fread(rows, d * sizeof(*rows), n + k, in) != n + k ||
		rn_points_new(&p, d, n, &err))
		return 1;
	fclose(in);
	double start = clock_of(CLOCK_MONOTONIC); /* from rows to columns is part of the work */
	for (size_t i = 0; i < n; i++)
		for (unsigned j = 0; j < d; j++)
			p.column[j][i] = rows[i * d + j];
	int rc = rn_kmeans_fit(&m, &p, &(struct rn_kmeans_options){ .k = k, .start = rows + n * d,
		.rounds = (unsigned)atoi(argv[4]), .tolerance = -1, .computer = &c }, &err);
	printf("seconds %.6f\nrounds %u\ninertia %.9g\n", clock_of(CLOCK_MONOTONIC) - start, m.rounds, m.inertia);
	rn_kmeans_free(&m);
	rn_points_free(&p);
	free(rows);
	return rc != 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "percentiles") == 0)
		return percentiles(strtoull(argv[2], NULL, 10));
	if (argc == 2 && strcmp(argv[1], "kernels") == 0)
		return kernels();
	if (argc == 8 && strcmp(argv[1], "kmeans") == 0)
		return kmeans(argv + 2);
	fprintf(stderr, "usage: bench_num percentiles N | kernels | kmeans FILE N D K ROUNDS THREADS\n");
	return 2;
}
