/* SPDX-License-Identifier: MIT */
/*
 * As ranks.c, by narrowing alone: a pass counts the values between two bounds in buckets of equal width, each
 * part's times its weight, and looks into the buckets with wanted ranks until they are one value wide.
 */
#include "analyze/num/kernels.h"
#include "analyze/num/weighed_ranks.h"

#include <stdlib.h>
#include <string.h>

#define BUCKET_BITS 14
#define BUCKETS ((size_t)1 << BUCKET_BITS)

struct search {
	struct rn_values *values;
	const struct rn_values_part *part;
	size_t n_parts;
	const uint64_t *ranks;
	uint64_t *out;
	struct rn_error *err;
};

struct pass {
	const struct rn_kernels *kernels;
	uint64_t low;
	unsigned shift;
	uint64_t *count;
};

static int count_values(void *arg, const uint64_t *v, size_t n)
{
	struct pass *p = arg;
	p->kernels->histogram(v, n, p->low, p->shift, BUCKETS, p->count);
	return 0;
}

/* The weight of each bucket. */
static int weigh_buckets(struct search *s, struct pass *p, rn_wide *weight)
{
	int rc = 0;
	for (size_t i = 0; i < s->n_parts && !rc; i++) {
		memset(p->count, 0, BUCKETS * sizeof(*p->count));
		rc = rn_values_each(s->values, s->part[i].group, count_values, p, s->err);
		for (size_t b = 0; b < BUCKETS; b++)
			weight[b] += (rn_wide)p->count[b] * s->part[i].weight;
	}
	return rc;
}

static int narrow(struct search *s, uint64_t low, uint64_t high, rn_wide before, size_t first, size_t n);

/* Ranks `first` to `end` lie in the bucket from `from` on. */
static int look_into(struct search *s, uint64_t from, uint64_t high, unsigned shift, rn_wide before, size_t first,
	size_t end)
{
	uint64_t wide = ((uint64_t)1 << shift) - 1;
	if (shift)
		return narrow(s, from, high - from < wide ? high : from + wide, before, first, end - first);
	for (size_t k = first; k < end; k++)
		s->out[k] = from;
	return 0;
}

/* n ranks, from number `first` on, among the values from low to high; what is less weighs `before`. */
static int narrow(struct search *s, uint64_t low, uint64_t high, rn_wide before, size_t first, size_t n)
{
	unsigned bits = high > low ? 64 - (unsigned)__builtin_clzll(high - low) : 0;
	struct pass p = { rn_kernels(), low, bits > BUCKET_BITS ? bits - BUCKET_BITS : 0,
		malloc(BUCKETS * sizeof(*p.count)) };
	rn_wide *weight = calloc(BUCKETS, sizeof(*weight));
	int rc = p.count && weight ? weigh_buckets(s, &p, weight) :
		rn_fail(s->err, RN_E_NOMEM, "out of memory for the ranks of a report");
	size_t k = first, end = first + n;
	for (size_t b = 0; b < BUCKETS && k < end && !rc; b++) {
		size_t begin = k;
		while (k < end && (rn_wide)s->ranks[k] << 32 < before + weight[b])
			k++;
		if (k > begin)
			rc = look_into(s, low + ((uint64_t)b << p.shift), high, p.shift, before, begin, k);
		before += weight[b];
	}
	for (; k < end && !rc; k++)
		s->out[k] = high;
	free(p.count);
	free(weight);
	return rc;
}

int rn_values_ranks_weighed(struct rn_values *v, const struct rn_values_part *part, size_t n_parts,
	const uint64_t *ranks, size_t n_ranks, uint64_t *out, struct rn_error *err)
{
	struct search s = { v, part, n_parts, ranks, out, err };
	uint64_t low = UINT64_MAX, high = 0;
	for (size_t i = 0; i < n_parts; i++) {
		const struct rn_moments *m = &part[i].group->moments;
		low = m->min < low ? m->min : low;
		high = m->max > high ? m->max : high;
	}
	if (n_parts != 1)
		return n_ranks ? narrow(&s, low, high, 0, 0, n_ranks) : 0;
	/* One weight: rank r of the repeated values is a rank of the values themselves. */
	uint64_t *plain = malloc((n_ranks + 1) * sizeof(*plain));
	if (!plain)
		return rn_fail(err, RN_E_NOMEM, "out of memory for the ranks of a report");
	for (size_t i = 0; i < n_ranks; i++) {
		rn_wide at = ((rn_wide)ranks[i] << 32) / part->weight, last = part->group->moments.n - 1;
		plain[i] = (uint64_t)(at < last ? at : last);
	}
	int rc = rn_values_ranks(v, part->group, plain, n_ranks, out, err);
	free(plain);
	return rc;
}
