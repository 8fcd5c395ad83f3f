/* SPDX-License-Identifier: MIT */
/*
 * Ranks of a group by narrowing: a pass counts the values between two bounds in buckets of equal
 * width; the buckets that hold wanted ranks are either one value wide (the answer), small (their
 * values are gathered in one further pass and sorted) or looked into by passes of their own.
 */
#include "analyze/num/kernels.h"
#include "analyze/num/values.h"

#include <stdlib.h>
#include <string.h>

#define BUCKET_BITS 14
#define BUCKETS ((size_t)1 << BUCKET_BITS)
#define GATHER_MAX ((size_t)1 << 16) /* values of a bucket that is gathered: 512 KiB, and as much to sort */
#define SORT_SMALL 48

void rn_sort_u64(uint64_t *p, uint64_t *tmp, size_t n)
{
	if (n <= SORT_SMALL) {
		for (size_t i = 1; i < n; i++) {
			uint64_t v = p[i];
			size_t k = i;
			for (; k && p[k - 1] > v; k--)
				p[k] = p[k - 1];
			p[k] = v;
		}
		return;
	}
	uint64_t differ = 0, *from = p, *to = tmp;
	for (size_t i = 1; i < n; i++)
		differ |= p[i] ^ p[0];
	for (unsigned shift = 0; shift < 64; shift += 8) {
		size_t at[256] = { 0 }, sum = 0;
		if (!(differ >> shift & 0xff))
			continue;
		for (size_t i = 0; i < n; i++)
			at[from[i] >> shift & 0xff]++;
		for (unsigned d = 0; d < 256; d++) {
			size_t count = at[d];
			at[d] = sum;
			sum += count;
		}
		for (size_t i = 0; i < n; i++)
			to[at[from[i] >> shift & 0xff]++] = from[i];
		uint64_t *swap = from;
		from = to;
		to = swap;
	}
	if (from != p)
		memcpy(p, from, n * sizeof(*p));
}

struct search {
	struct rn_values *values;
	const struct rn_values_group *group;
	const struct rn_values_map *map; /* NULL: the values as they are */
	const struct rn_kernels *kernels;
	struct rn_error *err;
};

/* Hands the values, or what they are mapped to, to f. */
struct mapped {
	const struct rn_values_map *map;
	int (*f)(void *arg, const uint64_t *values, size_t n);
	void *arg;
};

static int map_values(void *arg, const uint64_t *v, size_t n)
{
	struct mapped *m = arg;
	uint64_t to[512];
	int rc = 0;
	for (size_t i = 0; i < n && !rc;) {
		size_t k = 0;
		for (; k < 512 && i < n; k++, i++)
			to[k] = m->map->of(m->map->arg, v[i]);
		rc = m->f(m->arg, to, k);
	}
	return rc;
}

static int each(struct search *s, int (*f)(void *arg, const uint64_t *values, size_t n), void *arg)
{
	struct mapped m = { s->map, f, arg };
	return s->map ? rn_values_each(s->values, s->group, map_values, &m, s->err) :
		rn_values_each(s->values, s->group, f, arg, s->err);
}

/* One pass: between low and low + (BUCKETS << shift). */
struct pass {
	const struct rn_kernels *kernels;
	uint64_t low;
	unsigned shift;
	uint64_t *count;     /* of each bucket */
	uint32_t *slot;      /* gathering: where a bucket's next value goes, NOWHERE for most */
	uint64_t *gathered;
};
#define NOWHERE UINT32_MAX

static int count_values(void *arg, const uint64_t *v, size_t n)
{
	struct pass *p = arg;
	p->kernels->histogram(v, n, p->low, p->shift, BUCKETS, p->count);
	return 0;
}

static int gather_values(void *arg, const uint64_t *v, size_t n)
{
	struct pass *p = arg;
	for (size_t i = 0; i < n; i++) {
		uint64_t bucket = (v[i] - p->low) >> p->shift;
		if (v[i] >= p->low && bucket < BUCKETS && p->slot[bucket] != NOWHERE)
			p->gathered[p->slot[bucket]++] = v[i];
	}
	return 0;
}

/* A run of ranks that fall into one bucket. */
struct run {
	size_t first, n;   /* among the ranks */
	uint64_t bucket;
	uint64_t before;   /* values less than the bucket's */
	uint64_t count;
};

static int no_memory(struct search *s)
{
	return rn_fail(s->err, RN_E_NOMEM, "out of memory for the ranks of a report");
}

/* Gathers the small buckets among the runs and answers their ranks. */
static int gather(struct search *s, struct pass *p, const struct run *runs, size_t n_runs,
	const uint64_t *ranks, uint64_t *out)
{
	size_t total = 0;
	for (size_t i = 0; i < n_runs; i++)
		if (runs[i].count <= GATHER_MAX)
			total += runs[i].count;
	if (!total)
		return 0;
	p->slot = malloc(BUCKETS * sizeof(*p->slot));
	p->gathered = malloc(2 * total * sizeof(*p->gathered));
	int rc = p->slot && p->gathered ? 0 : no_memory(s);
	size_t at = 0;
	if (!rc) {
		memset(p->slot, 0xff, BUCKETS * sizeof(*p->slot));
		for (size_t i = 0; i < n_runs; i++) {
			if (runs[i].count > GATHER_MAX)
				continue;
			p->slot[runs[i].bucket] = (uint32_t)at;
			at += runs[i].count;
		}
		rc = each(s, gather_values, p);
	}
	at = 0;
	for (size_t i = 0; i < n_runs && !rc; i++) {
		if (runs[i].count > GATHER_MAX)
			continue;
		rn_sort_u64(p->gathered + at, p->gathered + total, runs[i].count);
		for (size_t k = runs[i].first; k < runs[i].first + runs[i].n; k++)
			out[k] = p->gathered[at + (ranks[k] - runs[i].before)];
		at += runs[i].count;
	}
	free(p->slot);
	free(p->gathered);
	return rc;
}

/* The runs of the ranks among the buckets; `before` values are less than p->low. */
static size_t find_runs(const struct pass *p, uint64_t before, const uint64_t *ranks, size_t n,
	struct run *runs)
{
	size_t n_runs = 0, k = 0;
	for (uint64_t b = 0; b < BUCKETS && k < n; b++) {
		struct run run = { k, 0, b, before, p->count[b] };
		before += p->count[b];
		while (k < n && ranks[k] < before)
			k++;
		run.n = k - run.first;
		if (run.n)
			runs[n_runs++] = run;
	}
	return n_runs;
}

static unsigned shift_for(uint64_t wide)
{
	unsigned bits = wide ? 64 - (unsigned)__builtin_clzll(wide) : 0;
	return bits > BUCKET_BITS ? bits - BUCKET_BITS : 0;
}

/* Ranks among values from low to high, both included. */
static int narrow(struct search *s, uint64_t low, uint64_t high, uint64_t before,
	const uint64_t *ranks, size_t n, uint64_t *out)
{
	struct pass p = { .kernels = s->kernels, .low = low, .shift = shift_for(high - low) };
	struct run *runs = malloc(n * sizeof(*runs));
	size_t n_runs = 0;
	p.count = calloc(BUCKETS, sizeof(*p.count));
	int rc = runs && p.count ? each(s, count_values, &p) : no_memory(s);
	if (!rc)
		n_runs = find_runs(&p, before, ranks, n, runs);
	free(p.count);
	if (!rc && p.shift)
		rc = gather(s, &p, runs, n_runs, ranks, out);
	for (size_t i = 0; i < n_runs && !rc; i++) {
		const struct run *r = &runs[i];
		uint64_t from = low + (r->bucket << p.shift);
		uint64_t wide = ((uint64_t)1 << p.shift) - 1;
		for (size_t k = r->first; k < r->first + r->n && !p.shift; k++)
			out[k] = from;
		if (p.shift && r->count > GATHER_MAX)
			rc = narrow(s, from, high - from < wide ? high : from + wide, r->before, ranks + r->first,
				r->n, out + r->first);
	}
	free(runs);
	return rc;
}

struct copy {
	uint64_t *to;
};

static int copy_values(void *arg, const uint64_t *v, size_t n)
{
	struct copy *c = arg;
	memcpy(c->to, v, n * sizeof(*v));
	c->to += n;
	return 0;
}

/* Few values: all of them, sorted. */
static int sort_all(struct search *s, const uint64_t *ranks, size_t n, uint64_t *out)
{
	size_t count = s->group->moments.n;
	uint64_t *all = malloc(2 * count * sizeof(*all));
	struct copy copy = { all };
	int rc = all ? each(s, copy_values, &copy) : no_memory(s);
	if (!rc)
		rn_sort_u64(all, all + count, count);
	for (size_t i = 0; i < n && !rc; i++)
		out[i] = all[ranks[i]];
	free(all);
	return rc;
}

static int find(struct search *s, uint64_t min, uint64_t max, const uint64_t *ranks, size_t n_ranks,
	uint64_t *out)
{
	if (!n_ranks)
		return 0;
	if (s->group->moments.n <= GATHER_MAX / 4)
		return sort_all(s, ranks, n_ranks, out);
	return narrow(s, min, max, 0, ranks, n_ranks, out);
}

int rn_values_ranks(struct rn_values *v, const struct rn_values_group *g, const uint64_t *ranks,
	size_t n_ranks, uint64_t *out, struct rn_error *err)
{
	struct search s = { v, g, NULL, rn_kernels(), err };
	return find(&s, g->moments.min, g->moments.max, ranks, n_ranks, out);
}

int rn_values_ranks_of(struct rn_values *v, const struct rn_values_group *g,
	const struct rn_values_map *map, const uint64_t *ranks, size_t n_ranks, uint64_t *out,
	struct rn_error *err)
{
	struct search s = { v, g, map, rn_kernels(), err };
	return find(&s, map->min, map->max, ranks, n_ranks, out);
}
