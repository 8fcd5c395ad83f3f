/* SPDX-License-Identifier: MIT */
/*
 * All calls so far are counted by group, their durations kept in num/values.h. The recent ones stand in a ring
 * as well; a snapshot of the window sorts them by group, then each group by duration.
 */
#include "analyze/top/tally.h"

#include "analyze/model/decode_model.h"
#include "analyze/num/quantile.h"
#include "analyze/num/values.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>

struct recent {
	uint64_t end_ns, dur_ns;
	uint32_t group;
	bool failed;
};

struct group {
	struct rn_values_group *values;
	uint64_t calls, errors;
};

/* A call under way, of one thread. */
struct pending {
	uint64_t utid, ts_ns;
	struct rn_top_slow shown;
};
#define PENDING_MAX 256

/* One that returned lately, kept because it took long. */
struct slow {
	uint64_t end_ns;
	struct rn_top_slow shown;
};

struct rn_top_tally {
	pthread_mutex_t lock;
	const struct rn_model *model;
	struct rn_grouping grouping;
	struct rn_values values;
	struct group *group;
	uint32_t n, cap;
	struct recent *ring;
	size_t first, n_recent, ring_cap; /* a power of two */
	struct pending pending[PENDING_MAX];
	unsigned n_pending;
	struct slow slow[RN_TOP_SLOW];
	unsigned n_slow;
	uint64_t forgotten_ns;            /* the newest that the ring had no room for */
	uint64_t lost;
	struct rn_buffer text;
};

void rn_top_snapshot_fini(struct rn_top_snapshot *s)
{
	free(s->row);
	s->row = NULL;
}

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for the view");
}

int rn_top_tally_new(struct rn_top_tally **out, enum rn_machine machine, const struct rn_model *model,
	struct rn_error *err)
{
	const struct rn_facts facts = { .machine = machine, .model = model };
	struct rn_top_tally *t = calloc(1, sizeof(*t));
	*out = t;
	if (!t)
		return no_memory(err);
	pthread_mutex_init(&t->lock, NULL);
	t->model = model;
	rn_values_init(&t->values, 0);
	return rn_grouping_init(&t->grouping, RN_BY_NAME, &facts, err);
}

void rn_top_tally_free(struct rn_top_tally *t)
{
	if (!t)
		return;
	rn_grouping_fini(&t->grouping);
	rn_values_fini(&t->values);
	rn_buffer_fini(&t->text);
	pthread_mutex_destroy(&t->lock);
	free(t->group);
	free(t->ring);
	free(t);
}

static int add_group(struct rn_top_tally *t, struct rn_error *err)
{
	if (t->n == t->cap) {
		uint32_t cap = t->cap ? t->cap * 2 : 64;
		struct group *group = realloc(t->group, cap * sizeof(*group));
		if (!group)
			return no_memory(err);
		t->group = group;
		t->cap = cap;
	}
	struct rn_values_group *values = rn_values_add_group(&t->values);
	if (!values)
		return no_memory(err);
	t->group[t->n++] = (struct group){ .values = values };
	return 0;
}

static struct recent *recent_at(const struct rn_top_tally *t, size_t i)
{
	return &t->ring[(t->first + i) & (t->ring_cap - 1)];
}

/* Where there is no more room the oldest goes. */
static int add_recent(struct rn_top_tally *t, struct recent r, struct rn_error *err)
{
	if (t->n_recent == t->ring_cap && t->ring_cap < RN_TOP_RECENT_MAX) {
		size_t cap = t->ring_cap ? t->ring_cap * 2 : 4096;
		struct recent *ring = malloc(cap * sizeof(*ring));
		if (!ring)
			return no_memory(err);
		for (size_t i = 0; i < t->n_recent; i++)
			ring[i] = *recent_at(t, i);
		free(t->ring);
		t->ring = ring;
		t->ring_cap = cap;
		t->first = 0;
	}
	if (t->n_recent == t->ring_cap) {
		t->forgotten_ns = recent_at(t, 0)->end_ns;
		t->first++;
		t->n_recent--;
	}
	*recent_at(t, t->n_recent++) = r;
	return 0;
}

static void forget_old(struct rn_top_tally *t, uint64_t now_ns)
{
	uint64_t from_ns = now_ns > RN_TOP_WINDOW_NS ? now_ns - RN_TOP_WINDOW_NS : 0;
	while (t->n_recent && recent_at(t, 0)->end_ns < from_ns) {
		t->first++;
		t->n_recent--;
	}
	for (unsigned i = 0; i < t->n_slow;)
		if (t->slow[i].end_ns < from_ns)
			t->slow[i] = t->slow[--t->n_slow];
		else
			i++;
}

/* ---- calls worth a line ---- */

static bool show(struct rn_top_tally *t, const struct rn_batch *b, uint32_t k, struct rn_top_slow *out)
{
	struct rn_event ev;
	struct rn_decode_env env = rn_decode_env_of(t->model, NULL);
	if (rn_block_call(b->block, k, RN_WANT(ARGS) | RN_WANT(DATA), &ev, NULL))
		return false;
	rn_buffer_clear(&t->text);
	rn_put_call(&t->text, &ev, &env);
	*out = (struct rn_top_slow){ .dur_ns = ev.call.dur_ns, .pid = rn_model_pid(t->model, ev.utid),
		.tid = rn_model_tid(t->model, ev.utid, ev.ts_ns) };
	strncpy(out->text, rn_buffer_cstr(&t->text), sizeof(out->text) - 1);
	return true;
}

static void begin_pending(struct rn_top_tally *t, const struct rn_batch *b, uint32_t k)
{
	struct pending *p = t->pending, *end = p + t->n_pending;
	while (p < end && p->utid != b->core->utid[k])
		p++;
	if (p == t->pending + PENDING_MAX || !show(t, b, k, &p->shown))
		return;
	p->utid = b->core->utid[k];
	p->ts_ns = b->core->ts_ns[k];
	p->shown.under_way = true;
	t->n_pending += p == end;
}

/* The thread has gone on. */
static void end_pending(struct rn_top_tally *t, uint32_t utid, uint64_t ts_ns)
{
	for (unsigned i = 0; i < t->n_pending; i++)
		if (t->pending[i].utid == utid && t->pending[i].ts_ns <= ts_ns) {
			t->pending[i] = t->pending[--t->n_pending];
			return;
		}
}

static void keep_slow(struct rn_top_tally *t, const struct rn_batch *b, uint32_t k, uint64_t end_ns)
{
	unsigned least = 0;
	for (unsigned i = 1; i < t->n_slow; i++)
		if (t->slow[i].shown.dur_ns < t->slow[least].shown.dur_ns)
			least = i;
	if (t->n_slow < RN_TOP_SLOW)
		least = t->n_slow;
	else if (b->core->dur_ns[k] <= t->slow[least].shown.dur_ns)
		return;
	if (!show(t, b, k, &t->slow[least].shown))
		return;
	t->slow[least].end_ns = end_ns;
	t->n_slow += least == t->n_slow;
}

/* ---- adding ---- */

static int add_call(struct rn_top_tally *t, const struct rn_batch *b, uint32_t k, struct rn_error *err)
{
	const struct rn_core *c = b->core;
	uint32_t group;
	bool failed = c->flags[k] & RN_CALL_ERROR;
	if (c->flags[k] & RN_CALL_PENDING) {
		begin_pending(t, b, k);
		return 0;
	}
	if (t->n_pending)
		end_pending(t, c->utid[k], c->ts_ns[k]);
	int rc = rn_grouping_of(&t->grouping, b, k, &group, err);
	if (!rc && group >= t->n)
		rc = add_group(t, err);
	if (rc)
		return rc;
	t->group[group].calls++;
	t->group[group].errors += failed;
	if (c->flags[k] & RN_CALL_UNFINISHED)
		return 0;
	const struct recent r = { c->ts_ns[k] + c->dur_ns[k], c->dur_ns[k], group, failed };
	rc = rn_values_add(&t->values, t->group[group].values, r.dur_ns, err);
	keep_slow(t, b, k, r.end_ns);
	return rc ? rc : add_recent(t, r, err);
}

static int add_meta(struct rn_top_tally *t, const struct rn_batch *b, struct rn_error *err)
{
	uint32_t n = b->block ? rn_block_info(b->block)->n_meta : 0;
	for (uint32_t i = 0; i < n; i++) {
		struct rn_event ev;
		int rc = rn_block_meta(b->block, i, &ev, NULL, err);
		if (rc == RN_E_CORRUPT)
			continue;
		if (rc)
			return rc;
		if (ev.kind == RN_EV_LOST)
			t->lost += ev.LOST.count;
	}
	return 0;
}

int rn_top_tally_add(struct rn_top_tally *t, const struct rn_batch *b, struct rn_error *err)
{
	pthread_mutex_lock(&t->lock);
	int rc = add_meta(t, b, err);
	for (uint32_t i = 0; i < b->n_selected && !rc; i++)
		rc = add_call(t, b, b->selected[i], err);
	pthread_mutex_unlock(&t->lock);
	return rc;
}

/* ---- snapshots ---- */

static double between(uint64_t low, uint64_t high, double fraction)
{
	return rn_quantile_between(low, high, fraction);
}

static int percentiles_of_all(struct rn_top_tally *t, const struct group *g, struct rn_top_row *row,
	struct rn_error *err)
{
	static const double percent[] = { 50, 95, 99 };
	double *const out[] = { &row->p50_ns, &row->p95_ns, &row->p99_ns };
	uint64_t ranks[6], value[6];
	struct rn_quantile_place place[3];
	size_t n = 0, at[3];
	for (size_t i = 0; i < 3; i++) {
		place[i] = rn_percentile_place(g->values->moments.n, percent[i]);
		for (uint64_t r = place[i].low; r <= place[i].low + (place[i].fraction > 0); r++)
			if (!n || ranks[n - 1] < r)
				ranks[n++] = r;
	}
	int rc = rn_values_ranks(&t->values, g->values, ranks, n, value, err);
	for (size_t i = 0; i < 3 && !rc; i++) {
		for (at[i] = 0; ranks[at[i]] != place[i].low; at[i]++)
			;
		*out[i] = between(value[at[i]], value[at[i] + (place[i].fraction > 0)], place[i].fraction);
	}
	return rc;
}

static double sorted_percentile(const uint64_t *x, size_t n, double percent)
{
	struct rn_quantile_place p = rn_percentile_place(n, percent);
	return between(x[p.low], x[p.low + (p.fraction > 0)], p.fraction);
}

/* The durations of the window, those of group i from start[i] on. */
static uint64_t *gather(const struct rn_top_tally *t, size_t *start)
{
	uint64_t *x = malloc((t->n_recent + 1) * sizeof(*x));
	memset(start, 0, ((size_t)t->n + 2) * sizeof(*start));
	for (size_t i = 0; i < t->n_recent; i++)
		start[recent_at(t, i)->group + 2]++;
	for (uint32_t g = 2; g < t->n + 2; g++)
		start[g] += start[g - 1];
	for (size_t i = 0; x && i < t->n_recent; i++)
		x[start[recent_at(t, i)->group + 1]++] = recent_at(t, i)->dur_ns;
	return x;
}

static int window_rows(struct rn_top_tally *t, struct rn_top_snapshot *s, struct rn_error *err)
{
	size_t *start = malloc(((size_t)t->n + 2) * sizeof(*start));
	uint64_t *x = start ? gather(t, start) : NULL, *tmp = malloc((t->n_recent + 1) * sizeof(*tmp));
	int rc = x && tmp ? 0 : no_memory(err);
	for (uint32_t g = 0; g < t->n && !rc; g++) {
		struct rn_top_row *row = &s->row[g];
		uint64_t *mine = x + start[g];
		size_t n = start[g + 1] - start[g];
		row->calls = n;
		for (size_t i = 0; i < n; i++)
			row->total_ns += mine[i];
		if (!n)
			continue;
		rn_sort_u64(mine, tmp, n);
		row->max_ns = mine[n - 1];
		row->p50_ns = sorted_percentile(mine, n, 50);
		row->p95_ns = sorted_percentile(mine, n, 95);
		row->p99_ns = sorted_percentile(mine, n, 99);
	}
	for (size_t i = 0; i < t->n_recent && !rc; i++)
		s->row[recent_at(t, i)->group].errors += recent_at(t, i)->failed;
	free(start);
	free(x);
	free(tmp);
	return rc;
}

static int all_rows(struct rn_top_tally *t, struct rn_top_snapshot *s, struct rn_error *err)
{
	int rc = 0;
	for (uint32_t g = 0; g < t->n && !rc; g++) {
		struct rn_top_row *row = &s->row[g];
		const struct rn_moments *m = &t->group[g].values->moments;
		row->calls = t->group[g].calls;
		row->errors = t->group[g].errors;
		row->total_ns = (uint64_t)m->sum;
		row->max_ns = m->n ? m->max : 0;
		rc = m->n ? percentiles_of_all(t, &t->group[g], row, err) : 0;
	}
	return rc;
}

static void add_rates(const struct rn_top_tally *t, struct rn_top_snapshot *s)
{
	uint64_t span_ns = s->now_ns < RN_TOP_RATE_NS ? s->now_ns : RN_TOP_RATE_NS;
	for (size_t i = t->n_recent; i && span_ns && recent_at(t, i - 1)->end_ns + RN_TOP_WINDOW_NS >= s->now_ns; i--)
		if (recent_at(t, i - 1)->end_ns + span_ns >= s->now_ns)
			s->row[recent_at(t, i - 1)->group].rate += 1e9 / (double)span_ns;
}

static int slower(const void *a, const void *b)
{
	const struct rn_top_slow *x = a, *y = b;
	return x->dur_ns != y->dur_ns ? (x->dur_ns < y->dur_ns ? 1 : -1) : 0;
}

static void take_slow(const struct rn_top_tally *t, struct rn_top_snapshot *s)
{
	struct rn_top_slow all[RN_TOP_SLOW + PENDING_MAX];
	unsigned n = 0;
	for (unsigned i = 0; i < t->n_pending; i++) {
		all[n] = t->pending[i].shown;
		all[n++].dur_ns = s->now_ns > t->pending[i].ts_ns ? s->now_ns - t->pending[i].ts_ns : 0;
	}
	for (unsigned i = 0; i < t->n_slow; i++)
		all[n++] = t->slow[i].shown;
	if (n)
		qsort(all, n, sizeof(*all), slower);
	s->n_slow = n < RN_TOP_SLOW ? n : RN_TOP_SLOW;
	memcpy(s->slow, all, s->n_slow * sizeof(*all));
}

/* Rows without calls go; what is left is summed up. */
static void sum_up(struct rn_top_snapshot *s)
{
	uint32_t kept = 0;
	s->total = (struct rn_top_row){ .name = rn_bytes_str("total"), .p50_ns = NAN, .p95_ns = NAN, .p99_ns = NAN };
	for (uint32_t i = 0; i < s->n; i++) {
		const struct rn_top_row *r = &s->row[i];
		if (!r->calls)
			continue;
		s->total.calls += r->calls;
		s->total.errors += r->errors;
		s->total.total_ns += r->total_ns;
		s->total.rate += r->rate;
		s->total.max_ns = r->max_ns > s->total.max_ns ? r->max_ns : s->total.max_ns;
		s->row[kept++] = *r;
	}
	s->n = kept;
}

static int take(struct rn_top_tally *t, bool window, struct rn_top_snapshot *s, struct rn_error *err)
{
	if (t->n > s->cap) {
		struct rn_top_row *row = realloc(s->row, t->n * sizeof(*row));
		if (!row)
			return no_memory(err);
		s->row = row;
		s->cap = t->n;
	}
	forget_old(t, s->now_ns);
	s->n = t->n;
	s->lost = t->lost;
	for (uint32_t g = 0; g < t->n; g++)
		s->row[g] = (struct rn_top_row){ .name = rn_grouping_name(&t->grouping, g), .p50_ns = NAN,
			.p95_ns = NAN, .p99_ns = NAN };
	int rc = window ? window_rows(t, s, err) : all_rows(t, s, err);
	add_rates(t, s);
	take_slow(t, s);
	sum_up(s);
	return rc;
}

int rn_top_tally_take(struct rn_top_tally *t, uint64_t now_ns, bool window, struct rn_top_snapshot *s,
	struct rn_error *err)
{
	pthread_mutex_lock(&t->lock);
	s->now_ns = now_ns;
	s->window_ns = !window ? 0 : t->forgotten_ns + RN_TOP_WINDOW_NS > now_ns && t->forgotten_ns ?
		now_ns - t->forgotten_ns : RN_TOP_WINDOW_NS;
	int rc = take(t, window, s, err);
	pthread_mutex_unlock(&t->lock);
	return rc;
}
