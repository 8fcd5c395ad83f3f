/* SPDX-License-Identifier: MIT */
/*
 * First every group is counted and timed over the runs; then chances are adjusted within their family; then
 * outcomes are settled, and the verdict is what they come to. Nothing here knows which side is which but by sign.
 */
#include "analyze/compare/comparison.h"

#include "analyze/num/adjust.h"
#include "analyze/num/bootstrap.h"
#include "analyze/num/proportion.h"

#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

struct work {
	struct rn_comparison *c;
	double *v[2];        /* a number of each run */
	double *p;           /* a family of chances */
	const struct rn_run_group **group[2];
};

static int no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory to compare");
}

const char *rn_compare_word(enum rn_compare_verdict v)
{
	static const char *const words[] = {
#define X(name, word, status) [RN_COMPARE_##name] = word,
		RN_VERDICTS(X)
#undef X
	};
	return words[v];
}

static int judge(struct work *w, struct rn_judged *j, bool prove, struct rn_error *err)
{
	const struct rn_comparison *c = w->c;
	return rn_judge_numbers(j, &c->judge, prove, w->v[0], c->n_runs[0], w->v[1], c->n_runs[1], err);
}

/* Fills v with a number of each run. */
#define EACH_RUN(w, expression) \
	for (unsigned side = 0; side < 2; side++) \
		for (size_t k = 0; k < (w)->c->n_runs[side]; k++) { \
			const struct rn_run *run = (w)->c->run[side][k]; \
			(w)->v[side][k] = (double)(expression); \
		}

static int judge_totals(struct work *w, struct rn_error *err)
{
	struct rn_comparison *c = w->c;
	EACH_RUN(w, rn_run_elapsed_ns(run));
	int rc = judge(w, &c->elapsed, true, err);
	EACH_RUN(w, run->time_ns);
	rc = rc ? rc : judge(w, &c->time, true, err);
	EACH_RUN(w, run->waiting_ns);
	rc = rc ? rc : judge(w, &c->waiting, true, err);
	EACH_RUN(w, run->calls);
	rc = rc ? rc : judge(w, &c->calls, true, err);
	EACH_RUN(w, run->errors);
	return rc ? rc : judge(w, &c->errors, true, err);
}

static bool takes_time(const struct rn_compared *row)
{
	return (!row->waits || row->sleeps) && row->share >= RN_SHARE_LEAST && row->runs[0] && row->runs[1];
}

/* Numbers that are the same in all runs need no test. */
static bool vary(const struct work *w)
{
	for (unsigned side = 0; side < 2; side++)
		for (size_t k = 0; k < w->c->n_runs[side]; k++)
			if (w->v[side][k] != w->v[0][0])
				return true;
	return false;
}

/* What is made of one group: medians of the runs and sums over them. */
static int count_row(struct work *w, enum rn_aspect aspect, struct rn_compared *row, struct rn_error *err)
{
	struct rn_comparison *c = w->c;
	for (unsigned side = 0; side < 2; side++) {
		for (size_t k = 0; k < c->n_runs[side]; k++) {
			const struct rn_run_group *g = rn_run_group(c->run[side][k], aspect, row->number);
			w->group[side][k] = g;
			row->runs[side] += g->calls != 0;
			row->sum_calls[side] += g->calls;
			row->sum_errors[side] += g->errors;
			w->v[side][k] = (double)g->errors;
		}
		row->errors[side] = rn_median(w->v[side], c->n_runs[side]);
	}
	EACH_RUN(w, rn_run_group(run, aspect, row->number)->calls);
	int rc = judge(w, &row->count, aspect != RN_ASPECT_BEHAVIOUR && vary(w), err);
	row->calls[0] = row->count.a;
	row->calls[1] = row->count.b;
	for (unsigned side = 0; side < 2; side++) {
		for (size_t k = 0; k < c->n_runs[side]; k++)
			w->v[side][k] = (double)w->group[side][k]->total_ns;
		row->time[side] = rn_median(w->v[side], c->n_runs[side]);
		for (size_t k = 0; k < c->n_runs[side]; k++)
			w->v[side][k] = w->group[side][k]->timed && aspect < RN_TIMED_ASPECTS ?
				w->group[side][k]->percentile[RN_SHIFT_MEDIAN] : NAN;
	}
	rc = rc ? rc : judge(w, &row->each, aspect < RN_TIMED_ASPECTS && takes_time(row), err);
	row->presence = NAN;
	if (c->judge.tested && (row->runs[0] != c->n_runs[0] || row->runs[1] != c->n_runs[1]))
		row->presence = rn_fisher(row->runs[0], c->n_runs[0], row->runs[1], c->n_runs[1]);
	return rc;
}

static double total_of(const struct rn_comparison *c, unsigned side, enum rn_aspect aspect, uint32_t number)
{
	double sum = 0;
	for (size_t k = 0; k < c->n_runs[side]; k++)
		sum += (double)rn_run_group(c->run[side][k], aspect, number)->total_ns;
	return sum / (double)c->n_runs[side];
}

/* What a group takes of how long runs took, or of all calls that do not wait where threads made these longer. */
static double share_of(const struct rn_comparison *c, enum rn_aspect aspect, uint32_t number)
{
	double elapsed = 0, time = 0;
	for (unsigned side = 0; side < 2; side++)
		for (size_t k = 0; k < c->n_runs[side]; k++) {
			elapsed += (double)rn_run_elapsed_ns(c->run[side][k]) / (double)c->n_runs[side];
			time += (double)c->run[side][k]->time_ns / (double)c->n_runs[side];
		}
	double all = fmax(elapsed, time);
	double own = total_of(c, 0, aspect, number) + total_of(c, 1, aspect, number);
	return all > 0 ? own / all : 0;
}

static int distance_of(struct work *w, struct rn_compared *row, struct rn_error *err)
{
	struct rn_sketch all[2];
	int rc = 0;
	for (unsigned side = 0; side < 2; side++) {
		rn_sketch_init(&all[side], RN_RUN_ALPHA);
		for (size_t k = 0; k < w->c->n_runs[side] && !rc; k++)
			for (uint32_t i = 0; w->group[side][k]->block && i < w->group[side][k]->n_blocks && !rc; i++)
				rc = rn_sketch_merge(&all[side], &w->group[side][k]->block[i], err);
	}
	row->distance = rc ? NAN : rn_sketch_distance(&all[0], &all[1]);
	rn_sketch_fini(&all[0]);
	rn_sketch_fini(&all[1]);
	return rc;
}

/* Percentiles of runs, and how sure their ratios are: over runs, or within them. */
static int shift_row(struct work *w, enum rn_aspect aspect, struct rn_compared *row, struct rn_error *err)
{
	struct rn_comparison *c = w->c;
	struct rn_interval within[RN_WITHIN];
	for (unsigned side = 0; side < 2; side++)
		for (size_t k = 0; k < c->n_runs[side]; k++)
			w->group[side][k] = rn_run_group(c->run[side][k], aspect, row->number);
	int rc = 0;
	for (unsigned i = 0; i < RN_SHIFTS && !rc; i++) {
		EACH_RUN(w, rn_run_group(run, aspect, row->number)->percentile[i]);
		rc = judge(w, &row->shift[i], true, err);
	}
	if (!rc)
		rc = distance_of(w, row, err);
	if (rc || c->judge.tested)
		return rc;
	rc = rn_judge_within(within, &c->judge, w->group[0], c->n_runs[0], w->group[1], c->n_runs[1], err);
	if (!rc)
		row->each.ci = within[1 + RN_SHIFT_MEDIAN];
	for (unsigned i = 0; i < RN_SHIFTS && !rc; i++)
		row->shift[i].ci = within[1 + i];
	return rc;
}

static double change_of(const struct rn_compared *row)
{
	return fabs(row->time[1] - row->time[0]);
}

static int by_change(const void *a, const void *b)
{
	const struct rn_compared *x = a, *y = b;
	double p = change_of(x), q = change_of(y);
	if (p != q)
		return p > q ? -1 : 1;
	uint64_t m = x->sum_calls[0] + x->sum_calls[1], n = y->sum_calls[0] + y->sum_calls[1];
	if (m != n)
		return m > n ? -1 : 1;
	return x->number < y->number ? -1 : x->number > y->number;
}

static int make_rows(struct work *w, enum rn_aspect aspect, uint32_t shown, struct rn_error *err)
{
	struct rn_comparison *c = w->c;
	uint32_t most = rn_intern_count(c->subjects->of[aspect]), n = 0;
	struct rn_compared *row = c->row[aspect] = calloc(most + 1, sizeof(*row));
	int rc = row ? 0 : no_memory(err);
	for (uint32_t i = 0; i < most && !rc; i++) {
		row[n].number = i;
		row[n].waits = aspect == RN_ASPECT_CALL && c->subjects->traits[i].waits;
		row[n].sleeps = aspect == RN_ASPECT_CALL && c->subjects->traits[i].sleeps;
		row[n].by_chance = aspect == RN_ASPECT_CALL && c->subjects->traits[i].by_chance;
		row[n].share = share_of(c, aspect, i);
		rc = count_row(w, aspect, &row[n], err);
		n += row[n].sum_calls[0] + row[n].sum_calls[1] != 0;
		if (n <= i)
			row[n] = (struct rn_compared){ 0 };
	}
	c->n[aspect] = n;
	if (!rc)
		qsort(row, n, sizeof(*row), by_change);
	for (uint32_t i = 0; i < n && !rc && aspect < RN_TIMED_ASPECTS; i++)
		if (!shown || i < shown || (aspect == RN_ASPECT_CALL && row[i].share >= RN_SHARE_LEAST))
			rc = shift_row(w, aspect, &row[i], err);
	return rc;
}

/* What an error comes to among the calls it is one of. */
static void rate_errors(struct rn_comparison *c)
{
	for (uint32_t i = 0; i < c->n[RN_ASPECT_ERROR]; i++) {
		struct rn_compared *row = &c->row[RN_ASPECT_ERROR][i];
		struct rn_bytes text = rn_intern_get(c->subjects->of[RN_ASPECT_ERROR], row->number);
		const uint8_t *blank = memchr(text.p, ' ', text.len);
		uint32_t call = rn_intern_find(c->subjects->of[RN_ASPECT_CALL], rn_bytes_of(text.p,
			blank ? (size_t)(blank - text.p) : text.len));
		uint64_t all[2] = { 0, 0 };
		for (unsigned side = 0; side < 2; side++) {
			for (size_t k = 0; k < c->n_runs[side]; k++)
				all[side] += rn_run_group(c->run[side][k], RN_ASPECT_CALL, call)->calls;
			row->rate[side] = rn_wilson(row->sum_calls[side], all[side]);
		}
		double odds = rn_odds_ratio(row->sum_calls[1], all[1], row->sum_calls[0], all[0]);
		row->odds = odds > 0 ? odds : NAN; /* of which the mirror would be infinite */
		row->rate_p = rn_fisher(row->sum_calls[0], all[0], row->sum_calls[1], all[1]);
	}
}

/* The chances of rows for which `in` holds are adjusted together; at: where a row has its own. */
static int adjust(struct work *w, enum rn_aspect aspect, size_t from, size_t to,
	bool (*in)(const struct rn_compared *row), struct rn_error *err)
{
	struct rn_comparison *c = w->c;
	uint32_t n = c->n[aspect];
	free(w->p);
	w->p = malloc((n + 1) * sizeof(*w->p));
	if (!w->p)
		return no_memory(err);
	for (uint32_t i = 0; i < n; i++) {
		const char *row = (const char *)&c->row[aspect][i];
		memcpy(&w->p[i], row + from, sizeof(double));
		w->p[i] = in(&c->row[aspect][i]) ? w->p[i] : NAN;
	}
	int rc = rn_adjust_bh(w->p, n, err);
	for (uint32_t i = 0; i < n && !rc; i++)
		memcpy((char *)&c->row[aspect][i] + to, &w->p[i], sizeof(double));
	return rc;
}

static bool varies(const struct rn_compared *row)
{
	return !row->by_chance && row->count.p < 1;
}

static bool any(const struct rn_compared *row)
{
	(void)row;
	return true;
}

static int adjust_totals(struct rn_comparison *c, struct rn_error *err)
{
	double p[] = { c->elapsed.p, c->time.p }, q[] = { c->calls.p, c->errors.p };
	int rc = rn_adjust_bh(p, 2, err);
	if (!rc)
		rc = rn_adjust_holm(q, 2, err);
	c->elapsed.adjusted = p[0];
	c->time.adjusted = p[1];
	c->calls.adjusted = q[0];
	c->errors.adjusted = q[1];
	return rc;
}

static int adjust_all(struct work *w, struct rn_error *err)
{
#define AT(member) offsetof(struct rn_compared, member)
	int rc = adjust_totals(w->c, err);
	for (unsigned a = 0; a < RN_ASPECTS && !rc; a++) {
		rc = adjust(w, (enum rn_aspect)a, AT(each.p), AT(each.adjusted), takes_time, err);
		if (!rc)
			rc = adjust(w, (enum rn_aspect)a, AT(count.p), AT(count.adjusted), varies, err);
		if (!rc)
			rc = adjust(w, (enum rn_aspect)a, AT(presence), AT(presence), any, err);
	}
	return rc;
}

int rn_compared_is_new(const struct rn_comparison *c, const struct rn_compared *row)
{
	if (!row->runs[0] && 2 * row->runs[1] >= c->n_runs[1])
		return 1;
	return !row->runs[1] && 2 * row->runs[0] >= c->n_runs[0] ? -1 : 0;
}

bool rn_compared_counts(const struct rn_comparison *c, const struct rn_compared *row)
{
	return rn_compared_is_new(c, row) && (!c->judge.tested || row->presence < RN_JUDGE_CHANCE);
}

/* How often something happens differs: proved by tests, or as a fact where these are the only runs. */
static void settle_count(const struct rn_comparison *c, struct rn_compared *row)
{
	struct rn_judged *j = &row->count;
	if (row->by_chance || isnan(j->ratio))
		return;
	bool proved = c->judge.tested ? j->adjusted < RN_JUDGE_CHANCE && rn_interval_excludes(j->ci, 1) : true;
	j->outcome = j->ratio == 1 || !proved ? RN_OUTCOME_SAME : j->ratio > 1 ? RN_OUTCOME_MORE : RN_OUTCOME_LESS;
}

static void settle_rows(struct rn_comparison *c)
{
	for (unsigned a = 0; a < RN_ASPECTS; a++)
		for (uint32_t i = 0; i < c->n[a]; i++) {
			struct rn_compared *row = &c->row[a][i];
			if (takes_time(row) && a < RN_TIMED_ASPECTS)
				rn_judge_settle(&row->each, &c->judge);
			settle_count(c, row);
		}
	rn_judge_settle(&c->elapsed, &c->judge);
	rn_judge_settle(&c->time, &c->judge);
	rn_judge_settle(&c->calls, &c->judge);
	rn_judge_settle(&c->errors, &c->judge);
}

static bool is_chance(const struct rn_comparison *c, enum rn_aspect aspect, const struct rn_compared *row)
{
	if (aspect == RN_ASPECT_BEHAVIOUR)
		return c->subjects->traits[rn_behaviour_of(c->subjects, row->number).call].by_chance;
	if (aspect != RN_ASPECT_ERROR)
		return row->by_chance;
	struct rn_bytes text = rn_intern_get(c->subjects->of[aspect], row->number);
	const uint8_t *blank = memchr(text.p, ' ', text.len);
	uint32_t call = rn_intern_find(c->subjects->of[RN_ASPECT_CALL], rn_bytes_of(text.p,
		blank ? (size_t)(blank - text.p) : text.len));
	return call != RN_INTERN_NONE && c->subjects->traits[call].by_chance;
}

static void look_at_behaviour(struct rn_comparison *c)
{
	static const enum rn_aspect aspects[] = { RN_ASPECT_BEHAVIOUR, RN_ASPECT_ERROR };
	for (unsigned k = 0; k < 2; k++)
		for (uint32_t i = 0; i < c->n[aspects[k]]; i++) {
			const struct rn_compared *row = &c->row[aspects[k]][i];
			if (!rn_compared_counts(c, row) || is_chance(c, aspects[k], row))
				continue;
			bool fresh = rn_compared_is_new(c, row) > 0;
			c->n_new_errors += aspects[k] == RN_ASPECT_ERROR && fresh;
			c->n_new += fresh;
			c->n_vanished += !fresh;
		}
	for (uint32_t i = 0; i < c->n[RN_ASPECT_CALL]; i++) {
		enum rn_outcome o = c->row[RN_ASPECT_CALL][i].count.outcome;
		c->n_more_often += o == RN_OUTCOME_MORE || o == RN_OUTCOME_LESS;
	}
	for (uint32_t i = 0; i < c->n[RN_ASPECT_ERROR]; i++) {
		enum rn_outcome o = c->row[RN_ASPECT_ERROR][i].count.outcome;
		c->n_more_often += (o == RN_OUTCOME_MORE || o == RN_OUTCOME_LESS) &&
			!is_chance(c, RN_ASPECT_ERROR, &c->row[RN_ASPECT_ERROR][i]);
	}
	bool reordered = !c->judge.tested && c->sequence && c->sequence->different;
	c->behaviour = c->n_new || c->n_vanished || c->n_more_often || reordered ? RN_COMPARE_DIFFERENT : RN_COMPARE_SAME;
}

static enum rn_compare_verdict of_outcome(enum rn_outcome o)
{
	return o == RN_OUTCOME_MORE ? RN_COMPARE_SLOWER : o == RN_OUTCOME_LESS ? RN_COMPARE_FASTER :
		o == RN_OUTCOME_UNSURE ? RN_COMPARE_INCONCLUSIVE : RN_COMPARE_SAME;
}

/* A call counts that changes the time of a run by more than the noise. */
static void count_slower(struct rn_comparison *c)
{
	double all = fmin(fmax(c->elapsed.a, c->time.a), fmax(c->elapsed.b, c->time.b));
	for (uint32_t i = 0; i < c->n[RN_ASPECT_CALL]; i++) {
		const struct rn_compared *row = &c->row[RN_ASPECT_CALL][i];
		bool counts = change_of(row) > c->judge.noise * all;
		c->n_slower += counts && row->each.outcome == RN_OUTCOME_MORE;
		c->n_faster += counts && row->each.outcome == RN_OUTCOME_LESS;
	}
}

/* The first that is proved: how long it took, the time in calls, calls that all went one way. */
static void look_at_speed(struct rn_comparison *c)
{
	count_slower(c);
	uint32_t more = c->judge.tested ? c->n_slower : 0, less = c->judge.tested ? c->n_faster : 0;
	enum rn_compare_verdict elapsed = of_outcome(c->elapsed.outcome), time = of_outcome(c->time.outcome);
	if (elapsed == RN_COMPARE_SLOWER || elapsed == RN_COMPARE_FASTER)
		c->speed = elapsed;
	else if (time == RN_COMPARE_SLOWER || time == RN_COMPARE_FASTER)
		c->speed = time;
	else if (more && !less)
		c->speed = RN_COMPARE_SLOWER;
	else if (less && !more)
		c->speed = RN_COMPARE_FASTER;
	else if (more || elapsed == RN_COMPARE_INCONCLUSIVE || time == RN_COMPARE_INCONCLUSIVE)
		c->speed = RN_COMPARE_INCONCLUSIVE;
	else
		c->speed = RN_COMPARE_SAME;
}

/* With few runs a difference of behaviour is a fact and one of speed an indication; proved, speed counts more. */
static void conclude(struct rn_comparison *c)
{
	bool moved = c->speed == RN_COMPARE_SLOWER || c->speed == RN_COMPARE_FASTER;
	bool differs = c->behaviour == RN_COMPARE_DIFFERENT;
	c->verdict = moved && (c->judge.tested || !differs) ? c->speed : differs ? RN_COMPARE_DIFFERENT : c->speed;
}

/* Of few runs: how sure the time in calls is, from all calls that do not wait. */
static int time_within(struct work *w, struct rn_error *err)
{
	struct rn_comparison *c = w->c;
	const struct rn_run_group **all[2] = { NULL, NULL };
	struct rn_interval within[RN_WITHIN];
	size_t n[2] = { 0, 0 };
	double calls[2] = { 0, 0 };
	int rc = 0;
	for (unsigned side = 0; side < 2; side++) {
		all[side] = calloc(c->n_runs[side] * c->n[RN_ASPECT_CALL] + 1, sizeof(**all));
		rc = all[side] ? rc : no_memory(err);
		for (size_t k = 0; k < c->n_runs[side] && !rc; k++)
			for (uint32_t i = 0; i < c->n[RN_ASPECT_CALL]; i++) {
				const struct rn_compared *row = &c->row[RN_ASPECT_CALL][i];
				const struct rn_run_group *g = rn_run_group(c->run[side][k], RN_ASPECT_CALL, row->number);
				if (row->waits)
					continue;
				all[side][n[side]++] = g;
				calls[side] += (double)g->timed / (double)c->n_runs[side];
			}
	}
	if (!rc)
		rc = rn_judge_within(within, &c->judge, all[0], n[0], all[1], n[1], err);
	if (!rc && calls[0] > 0)
		c->time.ci = (struct rn_interval){ within[0].low * calls[1] / calls[0],
			within[0].high * calls[1] / calls[0] };
	free(all[0]);
	free(all[1]);
	return rc;
}

static int compare(struct work *w, uint32_t shown, struct rn_error *err)
{
	struct rn_comparison *c = w->c;
	int rc = judge_totals(w, err);
	for (unsigned a = 0; a < RN_ASPECTS && !rc; a++)
		rc = make_rows(w, (enum rn_aspect)a, shown, err);
	if (!rc && !c->judge.tested)
		rc = time_within(w, err);
	if (!rc)
		rc = adjust_all(w, err);
	if (rc)
		return rc;
	rate_errors(c);
	settle_rows(c);
	look_at_behaviour(c);
	look_at_speed(c);
	conclude(c);
	return 0;
}

int rn_comparison_init(struct rn_comparison *c, struct rn_subjects *s, const struct rn_judge *judge_as,
	struct rn_run **a, size_t n, struct rn_run **b, size_t m, const struct rn_sequence *sequence,
	uint32_t shown, struct rn_error *err)
{
	*c = (struct rn_comparison){ .judge = *judge_as, .subjects = s, .sequence = sequence, .run = { a, b }, .n_runs = { n, m } };
	struct work w = { .c = c };
	bool ok = true;
	for (unsigned side = 0; side < 2; side++) {
		w.v[side] = malloc((c->n_runs[side] + 1) * sizeof(*w.v[side]));
		w.group[side] = malloc((c->n_runs[side] + 1) * sizeof(*w.group[side]));
		ok &= w.v[side] && w.group[side];
	}
	int rc = ok ? compare(&w, shown, err) : no_memory(err);
	for (unsigned side = 0; side < 2; side++) {
		free(w.v[side]);
		free(w.group[side]);
	}
	free(w.p);
	return rc;
}

void rn_comparison_fini(struct rn_comparison *c)
{
	for (unsigned a = 0; a < RN_ASPECTS; a++)
		free(c->row[a]);
}
