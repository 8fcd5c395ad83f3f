/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/ml_private.h"

#include "analyze/num/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RARE 0.01             /* share of a cluster that is one of anomalies */
#define SLOW_DECADES 1.0      /* ten times the median of the same system call */
#define FOREST_SCORE 0.6
#define DISTANCE_SCORE 3.5
#define DISTANCE_UNITS 1e9    /* distances are ranked as whole numbers of these parts of a decade */

double rn_kappa(uint64_t both, uint64_t only_a, uint64_t only_b, uint64_t neither)
{
	double n = (double)both + (double)only_a + (double)only_b + (double)neither;
	double a = (double)(both + only_a) / n, b = (double)(both + only_b) / n;
	double agreed = (double)(both + neither) / n, chance = a * b + (1 - a) * (1 - b);
	return chance < 1 ? (agreed - chance) / (1 - chance) : NAN;
}

bool rn_ml_takes(const struct rn_ml *s, uint32_t group)
{
	return s->options.waiting || !s->calls.group[group].waits;
}

static int begin(void *st, const void *options, struct rn_error *err)
{
	struct rn_ml *s = st;
	if (options)
		s->options = *(const struct rn_ml_options *)options;
	if (!s->options.clusters)
		s->options.clusters = RN_ML_CLUSTERS;
	if (s->options.threshold <= 0)
		s->options.threshold = rn_method_threshold(s->options.z_method);
	s->stride = 1;
	return rn_slow_calls_init(&s->calls, &s->options.facts, 0, err);
}

static void model_fini(struct rn_ml_model *m)
{
	rn_kmeans_free(&m->kmeans);
	rn_points_free(&m->points);
}

static void fini(void *st)
{
	struct rn_ml *s = st;
	model_fini(&s->syscalls);
	model_fini(&s->events);
	rn_iforest_free(s->forest);
	rn_slow_calls_fini(&s->calls);
	free(s->sample);
	free(s->group);
	free(s->spread);
	free(s->anomaly);
}

/* A full sample loses every second call, and from then on every second one is taken. */
static int sample(struct rn_ml *s, uint32_t group, uint64_t dur_ns, struct rn_error *err)
{
	s->n_calls++;
	if (s->skip) {
		s->skip--;
		return 0;
	}
	if (!s->sample)
		s->sample = malloc(RN_ML_SAMPLE * sizeof(*s->sample));
	if (!s->sample)
		return rn_fail(err, RN_E_NOMEM, "out of memory for a sample of calls");
	if (s->n_sample == RN_ML_SAMPLE) {
		for (size_t i = 0; i < RN_ML_SAMPLE / 2; i++)
			s->sample[i] = s->sample[2 * i];
		s->n_sample /= 2;
		s->stride *= 2;
	}
	s->sample[s->n_sample++] = (struct rn_ml_call){ dur_ns, group };
	s->skip = s->stride - 1;
	return 0;
}

static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	struct rn_ml *s = st;
	int rc = 0;
	s->sampled |= b->weights != NULL;
	for (uint32_t k = 0; k < b->n_selected && !rc; k++) {
		uint32_t i = b->selected[k], group;
		if (b->core->flags[i] & RN_CALL_UNFINISHED)
			continue;
		rc = rn_slow_calls_add(&s->calls, b, i, &group, err);
		if (!rc && rn_ml_takes(s, group))
			rc = sample(s, group, b->core->dur_ns[i], err);
	}
	return rc;
}

static int quantile(struct rn_ml *s, uint32_t i, double percent, double *out, struct rn_error *err)
{
	const struct rn_values_group *g = s->calls.group[i].values;
	struct rn_quantile_place p = rn_percentile_place(g->moments.n, percent);
	const uint64_t ranks[2] = { p.low, p.low + (p.fraction > 0) };
	uint64_t value[2];
	int rc = rn_values_ranks(&s->calls.values, g, ranks, 2, value, err);
	if (!rc)
		*out = rn_quantile_between(value[0], value[1], p.fraction);
	return rc;
}

static double decades(double ns)
{
	return log10(ns > 1 ? ns : 1);
}

/* As many clusters as asked for and as there are distinct points, at least two. */
static int fit(struct rn_ml *s, struct rn_ml_model *m, struct rn_error *err)
{
	int rc = rn_points_distinct(&m->points, s->options.clusters, &m->clusters, err);
	if (rc || m->clusters < 2) {
		m->clusters = 0;
		return rc;
	}
	rc = rn_kmeans_fit(&m->kmeans, &m->points, &(struct rn_kmeans_options){ .k = m->clusters },
		err);
	return rc ? rc : rn_silhouette_of(&m->silhouette, &m->points, m->kmeans.label, m->clusters,
		NULL, err);
}

static int cluster_syscalls(struct rn_ml *s, struct rn_error *err)
{
	size_t n = 0;
	int rc = 0;
	for (uint32_t i = 0; i < s->calls.n && !rc; i++) {
		rc = quantile(s, i, 50, &s->group[i].median_ns, err);
		if (!rc)
			rc = quantile(s, i, 95, &s->group[i].p95_ns, err);
		s->group[i].point = n++;
	}
	if (!rc)
		rc = rn_points_new(&s->syscalls.points, 2, n, err);
	for (uint32_t i = 0; i < s->calls.n && !rc; i++) {
		const struct rn_ml_group *g = &s->group[i];
		s->syscalls.points.column[0][g->point] = decades(g->median_ns);
		s->syscalls.points.column[1][g->point] = decades(g->p95_ns) - decades(g->median_ns);
	}
	return rc ? rc : fit(s, &s->syscalls, err);
}

static void event_point(const struct rn_ml *s, uint32_t group, uint64_t dur_ns, double point[2])
{
	point[0] = decades((double)dur_ns);
	point[1] = point[0] - decades(s->group[group].median_ns);
}

/* Distances of each cluster's members to its centre, and what is usual among them. */
static int measure_spread(struct rn_ml *s, struct rn_error *err)
{
	const struct rn_ml_model *m = &s->events;
	struct rn_values v;
	int rc = 0;
	rn_values_init(&v, 0);
	s->spread = calloc(m->clusters, sizeof(*s->spread));
	for (unsigned c = 0; c < m->clusters && !rc; c++)
		rc = rn_values_add_group(&v) ? 0 : RN_E_NOMEM;
	if (rc || !s->spread)
		rc = rn_fail(err, RN_E_NOMEM, "out of memory for clusters");
	for (size_t i = 0; i < m->points.n && !rc; i++)
		rc = rn_values_add(&v, v.group[m->kmeans.label[i]],
			(uint64_t)(rn_kmeans_distance(&m->kmeans, &m->points, i) * DISTANCE_UNITS), err);
	for (unsigned c = 0; c < m->clusters && !rc; c++)
		rc = rn_baseline_of(&s->spread[c], RN_METHOD_MODIFIED, DISTANCE_SCORE, &v,
			v.group[c], err);
	rn_values_fini(&v);
	return rc;
}

static int cluster_events(struct rn_ml *s, struct rn_error *err)
{
	struct rn_ml_model *m = &s->events;
	int rc = rn_points_new(&m->points, 2, s->n_sample, err);
	for (size_t i = 0; i < s->n_sample && !rc; i++) {
		double point[2];
		event_point(s, s->sample[i].group, s->sample[i].dur_ns, point);
		m->points.column[0][i] = point[0];
		m->points.column[1][i] = point[1];
	}
	if (!rc)
		rc = fit(s, m, err);
	if (!rc && m->clusters)
		rc = measure_spread(s, err);
	if (!rc && m->clusters && s->options.method == RN_ML_IFOREST)
		rc = rn_iforest_new(&s->forest, &m->points, 0, err);
	return rc;
}

static unsigned nearest(const struct rn_kmeans *m, const double point[2], double *distance)
{
	double least = INFINITY;
	unsigned best = 0;
	for (unsigned c = 0; c < m->k; c++) {
		double x = point[0] - m->center[2 * c], y = point[1] - m->center[2 * c + 1];
		double here = x * x + y * y;
		if (here < least) {
			least = here;
			best = c;
		}
	}
	*distance = sqrt(least);
	return best;
}

/* Why a call is an anomaly; NULL: it is none. */
static const char *judge(const struct rn_ml *s, struct rn_ml_anomaly *a)
{
	const struct rn_kmeans *m = &s->events.kmeans;
	double point[2];
	event_point(s, a->call.group, a->call.dur_ns, point);
	a->cluster = nearest(m, point, &a->distance);
	if (s->forest) {
		a->score = rn_iforest_score(s->forest, point);
		return a->score > FOREST_SCORE && point[1] >= SLOW_DECADES ? "isolated" : NULL;
	}
	a->score = a->distance;
	if (point[1] < SLOW_DECADES)
		return NULL;
	if ((double)m->count[a->cluster] < RARE * (double)s->n_sample &&
		m->center[2 * a->cluster + 1] >= SLOW_DECADES)
		return "in a rare, slow cluster";
	const struct rn_baseline *b = &s->spread[a->cluster];
	return b->verdict == RN_VERDICT_JUDGED && point[0] > m->center[2 * a->cluster] &&
		rn_baseline_score(b, (uint64_t)(a->distance * DISTANCE_UNITS)) >
		DISTANCE_SCORE ? "far from its centre" : NULL;
}

static int by_score(const void *a, const void *b)
{
	const struct rn_ml_anomaly *x = a, *y = b;
	if (x->call.dur_ns != y->call.dur_ns)
		return x->call.dur_ns > y->call.dur_ns ? -1 : 1;
	if (x->call.ts_ns != y->call.ts_ns)
		return x->call.ts_ns < y->call.ts_ns ? -1 : 1;
	return (x->call.utid > y->call.utid) - (x->call.utid < y->call.utid);
}

static int judge_all(struct rn_ml *s, struct rn_error *err)
{
	size_t cap = 0;
	for (uint32_t i = 0; i < s->calls.n; i++)
		cap += s->calls.group[i].n;
	s->anomaly = malloc((cap + 1) * sizeof(*s->anomaly));
	if (!s->anomaly)
		return rn_fail(err, RN_E_NOMEM, "out of memory for anomalies");
	for (uint32_t i = 0; i < s->calls.n && s->events.clusters; i++) {
		const struct rn_slow_group *g = &s->calls.group[i];
		struct rn_ml_group *mine = &s->group[i];
		for (uint32_t k = 0; k < g->n && rn_ml_takes(s, i); k++) {
			struct rn_ml_anomaly a = { .call = g->call[k] };
			bool z = mine->z.verdict == RN_VERDICT_JUDGED &&
				rn_baseline_score(&mine->z, a.call.dur_ns) > s->options.threshold;
			a.why = judge(s, &a);
			mine->both += z && a.why;
			mine->only_ml += !z && a.why;
			mine->only_z += z && !a.why;
			if (a.why)
				s->anomaly[s->n_anomalies++] = a;
		}
		mine->judged = rn_ml_takes(s, i) ? g->values->moments.n : 0;
	}
	if (s->n_anomalies)
		qsort(s->anomaly, s->n_anomalies, sizeof(*s->anomaly), by_score);
	return 0;
}

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	struct rn_ml *s = st;
	s->group = calloc(s->calls.n + 1, sizeof(*s->group));
	int rc = s->group ? cluster_syscalls(s, err) :
		rn_fail(err, RN_E_NOMEM, "out of memory for clusters");
	if (!rc)
		rc = cluster_events(s, err);
	for (uint32_t i = 0; i < s->calls.n && !rc; i++)
		rc = rn_baseline_of(&s->group[i].z, s->options.z_method, s->options.threshold,
			&s->calls.values, s->calls.group[i].values, err);
	if (!rc)
		rc = judge_all(s, err);
	return rc ? rc : rn_ml_emit(s, sink, err);
}

const struct rn_analysis rn_analysis_ml = {
	.name = "ml",
	.help = "clusters of system calls and of calls, and what fits into none (--ml-anomaly)",
	.state_size = sizeof(struct rn_ml),
	.begin = begin,
	.batch = batch,
	.emit = emit,
	.fini = fini,
};
