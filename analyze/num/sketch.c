/* SPDX-License-Identifier: MIT */
#include "analyze/num/sketch.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void rn_sketch_init(struct rn_sketch *s, double alpha)
{
	*s = (struct rn_sketch){ .alpha = alpha };
}

void rn_sketch_fini(struct rn_sketch *s)
{
	free(s->bucket);
	s->bucket = NULL;
	s->n_buckets = s->cap = 0;
}

static double gamma_of(double alpha)
{
	return (1 + alpha) / (1 - alpha);
}

int32_t rn_sketch_index(double alpha, uint64_t value)
{
	return value ? (int32_t)ceil(log((double)value) / log(gamma_of(alpha))) : RN_SKETCH_ZERO;
}

double rn_sketch_value(double alpha, int32_t index)
{
	double gamma = gamma_of(alpha);
	return index == RN_SKETCH_ZERO ? 0 : 2 * pow(gamma, index) / (gamma + 1);
}

static int reserve(struct rn_sketch *s, uint32_t n, struct rn_error *err)
{
	if (n <= s->cap)
		return 0;
	uint32_t cap = n + n / 2 + 8;
	struct rn_sketch_bucket *grown = realloc(s->bucket, cap * sizeof(*grown));
	if (!grown)
		return rn_fail(err, RN_E_NOMEM, "out of memory for a sketch");
	s->bucket = grown;
	s->cap = cap;
	return 0;
}

int rn_sketch_add(struct rn_sketch *s, uint64_t value, struct rn_error *err)
{
	int32_t index = rn_sketch_index(s->alpha, value);
	uint32_t low = 0, high = s->n_buckets;
	while (low < high) {
		uint32_t mid = low + (high - low) / 2;
		if (s->bucket[mid].index < index)
			low = mid + 1;
		else
			high = mid;
	}
	if (low == s->n_buckets || s->bucket[low].index != index) {
		int rc = reserve(s, s->n_buckets + 1, err);
		if (rc)
			return rc;
		memmove(s->bucket + low + 1, s->bucket + low, (s->n_buckets - low) * sizeof(*s->bucket));
		s->bucket[low] = (struct rn_sketch_bucket){ index, 0 };
		s->n_buckets++;
	}
	s->bucket[low].count++;
	s->n++;
	return 0;
}

/* From the greatest down, so that nothing is overwritten before it was read. */
int rn_sketch_merge(struct rn_sketch *into, const struct rn_sketch *from, struct rn_error *err)
{
	uint32_t a = into->n_buckets, b = from->n_buckets, both = 0;
	for (uint32_t i = 0, k = 0; i < a && k < b;) {
		int32_t x = into->bucket[i].index, y = from->bucket[k].index;
		both += x == y;
		i += x <= y;
		k += y <= x;
	}
	uint32_t n = a + b - both;
	int rc = reserve(into, n, err);
	if (rc)
		return rc;
	into->n_buckets = n;
	while (b) {
		struct rn_sketch_bucket *to = &into->bucket[--n];
		if (a && into->bucket[a - 1].index >= from->bucket[b - 1].index) {
			*to = into->bucket[--a];
			if (to->index == from->bucket[b - 1].index)
				to->count += from->bucket[--b].count;
		} else {
			*to = from->bucket[--b];
		}
	}
	into->n += from->n;
	return 0;
}

double rn_sketch_quantile(const struct rn_sketch *s, double q)
{
	uint64_t rank = s->n ? (uint64_t)(q * (double)(s->n - 1)) : 0, seen = 0;
	for (uint32_t i = 0; i < s->n_buckets; i++) {
		seen += s->bucket[i].count;
		if (seen > rank)
			return rn_sketch_value(s->alpha, s->bucket[i].index);
	}
	return NAN;
}

double rn_sketch_distance(const struct rn_sketch *a, const struct rn_sketch *b)
{
	double greatest = 0;
	uint64_t below_a = 0, below_b = 0;
	if (!a->n || !b->n)
		return NAN;
	for (uint32_t i = 0, k = 0; i < a->n_buckets || k < b->n_buckets;) {
		bool take_a = i < a->n_buckets && (k == b->n_buckets ||
			a->bucket[i].index <= b->bucket[k].index);
		bool take_b = k < b->n_buckets && (i == a->n_buckets ||
			b->bucket[k].index <= a->bucket[i].index);
		below_a += take_a ? a->bucket[i++].count : 0;
		below_b += take_b ? b->bucket[k++].count : 0;
		greatest = fmax(greatest, fabs((double)below_a / (double)a->n -
			(double)below_b / (double)b->n));
	}
	return greatest;
}
