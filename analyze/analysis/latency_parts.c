/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/latency_parts.h"

#include "analyze/num/weighed_ranks.h"

#include <math.h>
#include <stdlib.h>

static struct rn_latency_part *part_of(struct rn_latency_parts *p, struct rn_values *v, uint64_t weight)
{
	for (uint32_t i = 0; i < p->n; i++)
		if (p->part[i].weight == weight)
			return &p->part[i];
	struct rn_latency_part *part = realloc(p->part, (p->n + 1) * sizeof(*part));
	if (!part)
		return NULL;
	p->part = part;
	part[p->n] = (struct rn_latency_part){ weight, 0, rn_values_add_group(v) };
	return part[p->n].values ? &part[p->n++] : NULL;
}

int rn_latency_parts_add(struct rn_latency_parts *p, struct rn_values *v, uint64_t weight, bool failed,
	uint64_t dur_ns, struct rn_error *err)
{
	struct rn_latency_part *part = part_of(p, v, weight);
	if (!part)
		return rn_fail(err, RN_E_NOMEM, "out of memory for latencies");
	part->errors += failed;
	return rn_values_add(v, part->values, dur_ns, err);
}

void rn_latency_parts_fini(struct rn_latency_parts *p)
{
	free(p->part);
}

static double ratio(uint64_t weight)
{
	return ldexp((double)weight, -32);
}

/* Exactly, as if repeated; false: some weight is no whole number. */
static bool repeat(const struct rn_latency_parts *p, struct rn_moments *all)
{
	*all = (struct rn_moments)RN_MOMENTS_INIT;
	for (uint32_t i = 0; i < p->n; i++) {
		struct rn_moments m = p->part[i].values->moments;
		if (p->part[i].weight % RN_WEIGHT_ONE)
			return false;
		rn_moments_repeat(&m, p->part[i].weight / RN_WEIGHT_ONE);
		rn_moments_merge(all, &m);
	}
	return true;
}

/* Variance of the whole: within the parts and between them, as if repeated. */
static void spread(const struct rn_latency_parts *p, double n, double total_ns, struct rn_latency_sum *out)
{
	double squares = 0;
	out->mean_ns = n > 0 ? total_ns / n : NAN;
	for (uint32_t i = 0; i < p->n; i++) {
		const struct rn_moments *m = &p->part[i].values->moments;
		double w = ratio(p->part[i].weight), away = rn_moments_mean(m) - out->mean_ns;
		double within = m->n > 1 ? rn_moments_variance(m) * (double)(m->n - 1) : 0;
		squares += w * (within + (double)m->n * away * away);
	}
	out->sd_ns = n > 1 ? sqrt(squares / (n - 1)) : NAN;
}

void rn_latency_parts_sum(const struct rn_latency_parts *p, struct rn_latency_sum *out)
{
	rn_weighed n = 0, errors = 0, total = 0;
	struct rn_moments all;
	*out = (struct rn_latency_sum){ .min_ns = UINT64_MAX };
	for (uint32_t i = 0; i < p->n; i++) {
		const struct rn_latency_part *part = &p->part[i];
		const struct rn_moments *m = &part->values->moments;
		out->recorded += m->n;
		out->min_ns = m->min < out->min_ns ? m->min : out->min_ns;
		out->max_ns = m->max > out->max_ns ? m->max : out->max_ns;
		n += rn_weighed_of(m->n, part->weight);
		errors += rn_weighed_of(part->errors, part->weight);
		total += (m->sum >> 32) * part->weight + (((m->sum & UINT32_MAX) * part->weight + RN_WEIGHT_ONE / 2) >> 32);
	}
	out->n = rn_weighed_round(n);
	out->calls = out->n + p->unfinished;
	out->errors = rn_weighed_round(errors) + p->unfinished_errors;
	out->total_ns = total;
	if (!repeat(p, &all)) {
		spread(p, rn_wide_double(n) * 0x1p-32, rn_wide_double(total), out);
		return;
	}
	out->total_ns = all.sum;
	out->mean_ns = rn_moments_mean(&all);
	out->sd_ns = rn_moments_sd(&all);
}

int rn_latency_parts_ranks(const struct rn_latency_parts *p, struct rn_values *v, bool once, const uint64_t *ranks,
	size_t n, uint64_t *out, struct rn_error *err)
{
	struct rn_values_part *part = calloc(p->n + 1, sizeof(*part));
	if (!part)
		return rn_fail(err, RN_E_NOMEM, "out of memory for latencies");
	for (uint32_t i = 0; i < p->n; i++)
		part[i] = (struct rn_values_part){ p->part[i].values, once ? RN_WEIGHT_ONE : p->part[i].weight };
	int rc = rn_values_ranks_weighed(v, part, p->n, ranks, n, out, err);
	free(part);
	return rc;
}
