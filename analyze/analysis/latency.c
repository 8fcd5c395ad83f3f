/* SPDX-License-Identifier: MIT */
/*
 * Values are kept by group while batches pass; ranks are looked up at the end, group by group, all
 * percentiles of a group at once.
 */
#include "analyze/analysis/latency.h"

#include "analyze/analysis/summary.h"
#include "analyze/num/quantile.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct state {
	struct rn_latency_options options;
	struct rn_grouping groups;
	struct rn_values values;
	struct rn_latency_row *row; /* by group; n of them */
	uint32_t n, cap;
	bool weighed;               /* weights came with the calls */
};

static int read_percent(struct rn_percentiles *p, const char *word, size_t len, struct rn_error *err)
{
	char *end = NULL;
	char text[16] = "";
	if (len < sizeof(text))
		memcpy(text, word, len);
	double percent = strtod(text, &end);
	if (!len || len >= sizeof(text) || strspn(text, "0123456789.") != len || end != text + len ||
		!(percent >= 0 && percent <= 100))
		return rn_fail(err, RN_E_USAGE, "--percentiles: '%.*s' is not a number from 0 to 100",
			(int)len, word);
	for (unsigned i = 0; i < p->n; i++)
		if (p->of[i].percent == percent)
			return rn_fail(err, RN_E_USAGE, "--percentiles: %s is given twice", text);
	if (p->n == RN_PERCENTILES_MAX)
		return rn_fail(err, RN_E_USAGE, "--percentiles: at most %d at a time",
			RN_PERCENTILES_MAX);
	p->of[p->n].percent = percent;
	memcpy(p->of[p->n++].word, text, sizeof(text));
	return 0;
}

int rn_percentiles_read(struct rn_percentiles *p, const char *list, struct rn_error *err)
{
	p->n = 0;
	for (;; list++) {
		size_t len = strcspn(list, ",");
		int rc = read_percent(p, list, len, err);
		if (rc)
			return rc;
		list += len;
		if (!*list)
			return 0;
	}
}

static int begin(void *st, const void *options, struct rn_error *err)
{
	struct state *s = st;
	if (options)
		s->options = *(const struct rn_latency_options *)options;
	rn_values_init(&s->values, s->options.budget_bytes);
	int rc = rn_grouping_init(&s->groups, s->options.by, &s->options.facts, err);
	if (!rc && !s->options.percentiles.n)
		rc = rn_percentiles_read(&s->options.percentiles, RN_PERCENTILES_USUAL, err);
	return rc;
}

static int make_row(struct state *s, uint32_t group, struct rn_error *err)
{
	if (group >= s->cap) {
		uint32_t cap = s->cap ? s->cap * 2 : 64;
		struct rn_latency_row *row = realloc(s->row, cap * sizeof(*row));
		if (!row)
			return rn_fail(err, RN_E_NOMEM, "out of memory for latencies");
		s->row = row;
		s->cap = cap;
	}
	s->row[s->n++] = (struct rn_latency_row){ .nr = 0 };
	return 0;
}

static int count(struct state *s, uint32_t group, const struct rn_call *call, uint64_t weight, struct rn_error *err)
{
	int rc = group < s->n ? 0 : make_row(s, group, err);
	if (rc)
		return rc;
	struct rn_latency_row *row = &s->row[group];
	if (call->flags & RN_CALL_UNFINISHED) {
		row->parts.unfinished++;
		row->parts.unfinished_errors += (call->flags & RN_CALL_ERROR) != 0;
		return 0;
	}
	row->abi = call->abi;
	row->nr = call->nr;
	return rn_latency_parts_add(&row->parts, &s->values, weight, call->flags & RN_CALL_ERROR, call->dur_ns, err);
}

static int batch(void *st, const struct rn_batch *b, struct rn_error *err)
{
	struct state *s = st;
	uint32_t group;
	int rc = 0;
	s->weighed |= b->weights != NULL;
	for (uint32_t k = 0; k < b->n_selected && !rc; k++) {
		uint32_t i = b->selected[k];
		const struct rn_call call = { .abi = b->core->abi[i], .nr = b->core->nr[i],
			.flags = b->core->flags[i], .dur_ns = b->core->dur_ns[i] };
		rc = rn_grouping_of(&s->groups, b, i, &group, err);
		if (!rc)
			rc = count(s, group, &call, rn_weight_of(b->weights, call.abi, call.nr, call.flags), err);
	}
	for (uint32_t i = 0; i < b->n_unfinished && !rc; i++) {
		const struct rn_event *ev = &b->unfinished[i];
		rc = rn_grouping_of_event(&s->groups, ev, &group, err);
		if (!rc)
			rc = count(s, group, &ev->call, RN_WEIGHT_ONE, err);
	}
	return rc;
}

static void fini(void *st)
{
	struct state *s = st;
	rn_grouping_fini(&s->groups);
	rn_values_fini(&s->values);
	for (uint32_t i = 0; i < s->n; i++)
		rn_latency_parts_fini(&s->row[i].parts);
	free(s->row);
}

enum {
	COL_NAME, COL_CALLS, COL_ERRORS, COL_UNFINISHED, COL_N, COL_TOTAL, COL_MEAN, COL_SD, COL_MIN,
	COL_PERCENTILES
};
#define N_COLUMNS_MAX (COL_PERCENTILES + RN_PERCENTILES_MAX + 2)
#define MICROSECONDS .unit = RN_U_NS, .shift = 3, .decimals = 2

/* The columns of one table: their names are made of the percentiles. */
struct heads {
	struct rn_column column[N_COLUMNS_MAX];
	unsigned n;
	char name[RN_PERCENTILES_MAX][24], title[RN_PERCENTILES_MAX][32];
};

static void make_heads(struct heads *h, const struct state *s)
{
	static const struct rn_column fixed[] = {
		[COL_CALLS] = { .name = "calls", .title = "Calls", .type = RN_T_U64,
			.unit = RN_U_COUNT, .weighs = true, .doc = "calls made, unfinished ones among them" },
		[COL_ERRORS] = { .name = "errors", .title = "Errors", .type = RN_T_U64,
			.unit = RN_U_COUNT, .weighs = true, .blank_zero = true },
		[COL_UNFINISHED] = { .name = "unfinished", .type = RN_T_U64, .unit = RN_U_COUNT,
			.hide = RN_HIDE_TEXT, .doc = "calls that never returned: no latency" },
		[COL_N] = { .name = "n", .type = RN_T_U64, .unit = RN_U_COUNT, .weighs = true, .hide = RN_HIDE_TEXT,
			.doc = "calls that returned: what all the latencies are of" },
		[COL_TOTAL] = { .name = "total_ns", .title = "Total", .type = RN_T_U64,
			MICROSECONDS, .weighs = true, .doc = "sum of the latencies" },
		[COL_MEAN] = { .name = "mean_ns", .title = "Mean", .type = RN_T_REAL, MICROSECONDS,
			.weighs = true, .doc = "total_ns / n" },
		[COL_SD] = { .name = "sd_ns", .title = "Std Dev", .type = RN_T_REAL, MICROSECONDS,
			.weighs = true, .doc = "standard deviation of a sample: the sum of squares is divided by n - 1" },
		[COL_MIN] = { .name = "min_ns", .title = "Min", .type = RN_T_U64, MICROSECONDS },
	};
	static const struct rn_column max = { .name = "max_ns", .title = "Max", .type = RN_T_U64,
		MICROSECONDS };
	static const struct rn_column few = { .name = "too_few_for", .title = "Too few for",
		.type = RN_T_TEXT, .left = true,
		.doc = "percentiles that n values do not support: less than 95 % sure to lie within "
			"the extremes" };
	const struct rn_percentiles *p = &s->options.percentiles;
	memcpy(h->column, fixed, sizeof(fixed));
	h->column[COL_NAME] = (struct rn_column){ .name = rn_by_column(s->options.by),
		.title = rn_by_title(s->options.by), .type = RN_T_TEXT, .left = true };
	h->n = COL_PERCENTILES;
	for (unsigned i = 0; i < p->n; i++) {
		snprintf(h->name[i], sizeof(h->name[i]), "p%s_ns", p->of[i].word);
		snprintf(h->title[i], sizeof(h->title[i]), p->of[i].percent == 50 ?
			"Median (P%s)" : "P%s", p->of[i].word);
		h->column[h->n++] = (struct rn_column){ .name = h->name[i], .title = h->title[i],
			.type = RN_T_REAL, MICROSECONDS, .weighs = true, .doc = "percentile, R-7: linear between the "
				"neighbours of position (n - 1) p of the sorted latencies" };
	}
	h->column[h->n++] = max;
	h->column[h->n++] = few;
}

static int by_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
	return (x > y) - (x < y);
}

/* The percentiles of a group with at least one value. */
static int percentiles(struct state *s, const struct rn_latency_row *r, double *out, struct rn_error *err)
{
	const struct rn_percentiles *p = &s->options.percentiles;
	struct rn_quantile_place place[RN_PERCENTILES_MAX];
	uint64_t ranks[2 * RN_PERCENTILES_MAX], value[2 * RN_PERCENTILES_MAX];
	size_t n = 0;
	for (unsigned i = 0; i < p->n; i++) {
		place[i] = rn_percentile_place(r->sum.n, p->of[i].percent);
		ranks[n++] = place[i].low;
		ranks[n++] = place[i].low + (place[i].fraction > 0);
	}
	qsort(ranks, n, sizeof(*ranks), by_u64);
	int rc = rn_latency_parts_ranks(&r->parts, &s->values, false, ranks, n, value, err);
	for (unsigned i = 0; i < p->n && !rc; i++) {
		uint64_t low = place[i].low, high = low + (place[i].fraction > 0);
		const uint64_t *a = bsearch(&low, ranks, n, sizeof(*ranks), by_u64);
		const uint64_t *b = bsearch(&high, ranks, n, sizeof(*ranks), by_u64);
		out[i] = rn_quantile_between(value[a - ranks], value[b - ranks], place[i].fraction);
	}
	return rc;
}

static void put_few(const struct rn_percentiles *p, uint64_t n, char *text, size_t size)
{
	size_t len = 0;
	text[0] = 0;
	for (unsigned i = 0; i < p->n && n && len < size; i++)
		if (!rn_quantile_is_founded(n, p->of[i].percent / 100))
			len += (size_t)snprintf(text + len, size - len, "%sP%s", len ? " " : "",
				p->of[i].word);
}

static struct rn_cell real_or_null(double v)
{
	return isfinite(v) ? rn_cell_real(v) : rn_cell_null();
}

static int emit_row(struct state *s, const struct rn_latency_row *r, bool *few, struct rn_sink *sink,
	struct rn_error *err)
{
	const struct rn_latency_sum *m = &r->sum;
	const struct rn_percentiles *p = &s->options.percentiles;
	struct rn_cell cells[N_COLUMNS_MAX];
	double value[RN_PERCENTILES_MAX];
	char text[RN_PERCENTILES_MAX * 18];
	int rc = m->n ? percentiles(s, r, value, err) : 0;
	if (rc)
		return rc;
	put_few(p, m->recorded, text, sizeof(text));
	*few |= *text != 0;
	cells[COL_NAME] = rn_cell_bytes(r->name);
	cells[COL_CALLS] = rn_cell_u64(m->calls);
	cells[COL_ERRORS] = rn_cell_u64(m->errors);
	cells[COL_UNFINISHED] = rn_cell_u64(r->parts.unfinished);
	cells[COL_N] = rn_cell_u64(m->n);
	cells[COL_TOTAL] = rn_cell_u64(m->total_ns > UINT64_MAX ? UINT64_MAX : (uint64_t)m->total_ns);
	cells[COL_MEAN] = real_or_null(m->mean_ns);
	cells[COL_SD] = real_or_null(m->sd_ns);
	cells[COL_MIN] = m->n ? rn_cell_u64(m->min_ns) : rn_cell_null();
	for (unsigned i = 0; i < p->n; i++)
		cells[COL_PERCENTILES + i] = m->n ? rn_cell_real(value[i]) : rn_cell_null();
	cells[COL_PERCENTILES + p->n] = m->n ? rn_cell_u64(m->max_ns) : rn_cell_null();
	cells[COL_PERCENTILES + p->n + 1] = *text ? rn_cell_text(text) : rn_cell_null();
	return rn_sink_row(sink, cells, err);
}

static int emit_table(struct state *s, const struct rn_latency_row *rows, size_t n,
	struct rn_sink *sink, struct rn_error *err)
{
	struct heads heads;
	bool few = false;
	make_heads(&heads, s);
	const struct rn_table table = {
		.name = "latency",
		.title = "Latency Percentiles (microseconds)",
		.empty = "No latencies: no system calls were traced.",
		.flags = RN_TABLE_RULED,
		.columns = heads.column,
		.n_columns = heads.n,
	};
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < n && !rc; i++)
		rc = emit_row(s, &rows[i], &few, sink, err);
	if (!rc)
		rc = rn_sink_end(sink, err);
	if (!rc && n)
		rc = rn_sink_note(sink, rn_bytes_str(s->weighed ? "latency is wall-clock time from entry to return. Calls "
			"were left out while recording: a latency of weight w counts as w latencies, so that n is how many "
			"calls returned. Mean: total / n; Std Dev: of a sample (n - 1); percentiles: R-7 over the n" :
			"latency is wall-clock time from entry to return, "
			"over the n calls that returned. Mean: total / n; Std Dev: of a sample (n - 1); "
			"percentiles: R-7 over all n values, exact"), err);
	if (!rc && few)
		rc = rn_sink_note(sink, rn_bytes_str("too few for: so few calls that these percentiles "
			"say little (P90 takes 29, P95 59, P99 299)"), err);
	return rc;
}

/* Sorting: by the key, the greatest first, then by name. */
struct keyed {
	double key;
	struct rn_latency_row row;
};

static double key_of(const struct rn_latency_row *r, int sort)
{
	const struct rn_latency_sum *m = &r->sum;
	switch (sort) {
	case RN_SUMMARY_BY_MIN:
		return m->n ? (double)m->min_ns : 0;
	case RN_SUMMARY_BY_MAX:
		return (double)m->max_ns;
	case RN_SUMMARY_BY_MEAN:
		return m->n ? m->mean_ns : 0;
	case RN_SUMMARY_BY_CALLS:
		return (double)m->calls;
	case RN_SUMMARY_BY_ERRORS:
		return (double)m->errors;
	case RN_SUMMARY_BY_NAME:
	case RN_SUMMARY_BY_NUMBER:
		return 0;
	default:
		return rn_wide_double(m->total_ns);
	}
}

static int by_key(const void *a, const void *b)
{
	const struct keyed *x = a, *y = b;
	if (x->key != y->key)
		return x->key > y->key ? -1 : 1;
	size_t len = x->row.name.len < y->row.name.len ? x->row.name.len : y->row.name.len;
	int c = len ? memcmp(x->row.name.p, y->row.name.p, len) : 0;
	if (c || x->row.name.len != y->row.name.len)
		return c ? c : x->row.name.len < y->row.name.len ? -1 : 1;
	return x->row.sum.calls > y->row.sum.calls ? -1 : x->row.sum.calls < y->row.sum.calls;
}

/* Through a pipe weights are known when it has ended, and then a row of one system call can still have its own. */
static int weigh_late(struct state *s, struct rn_error *err)
{
	const struct rn_model *model = s->options.facts.model;
	if (s->weighed || !model || s->options.by != RN_BY_NAME || !rn_model_sampling(model)->n)
		return 0;
	struct rn_weights *w = malloc(sizeof(*w));
	if (!w)
		return rn_fail(err, RN_E_NOMEM, "out of memory for latencies");
	rn_weights_init(w, rn_model_sampling(model));
	s->weighed = true;
	for (uint32_t i = 0; i < s->n; i++)
		for (uint32_t k = 0; k < s->row[i].parts.n; k++)
			s->row[i].parts.part[k].weight = rn_weight_of(w, s->row[i].abi, s->row[i].nr, 0);
	free(w);
	return 0;
}

int rn_latency_rows_sort(struct rn_latency_row *rows, size_t n, int sort, struct rn_error *err)
{
	struct keyed *keyed = calloc(n + 1, sizeof(*keyed));
	if (!keyed)
		return rn_fail(err, RN_E_NOMEM, "out of memory for latencies");
	for (size_t i = 0; i < n; i++)
		keyed[i] = (struct keyed){ key_of(&rows[i], sort), rows[i] };
	if (n)
		qsort(keyed, n, sizeof(*keyed), by_key);
	for (size_t i = 0; i < n; i++)
		rows[i] = keyed[i].row;
	free(keyed);
	return 0;
}

static int emit(void *st, struct rn_sink *sink, struct rn_error *err)
{
	struct state *s = st;
	uint32_t n = s->n;
	struct rn_latency_row *rows = calloc(n + 1, sizeof(*rows));
	int rc = rows ? weigh_late(s, err) : rn_fail(err, RN_E_NOMEM, "out of memory for latencies");
	for (uint32_t i = 0; i < n && !rc; i++) {
		rn_latency_parts_sum(&s->row[i].parts, &s->row[i].sum);
		s->row[i].name = rn_grouping_name(&s->groups, i);
		rows[i] = s->row[i];
	}
	if (!rc)
		rc = rn_latency_rows_sort(rows, n, s->options.sort, err);
	if (!rc && !s->options.no_table)
		rc = emit_table(s, rows, n, sink, err);
	if (!rc && s->options.intervals)
		rc = rn_latency_intervals_emit(&s->values, rows, n, s->options.by, &s->options.percentiles, sink,
			err);
	if (!rc && s->options.histogram)
		rc = rn_latency_histogram_emit(&s->values, rows, n, s->options.by, sink, err);
	free(rows);
	return rc;
}

const struct rn_analysis rn_analysis_latency = {
	.name = "latency",
	.help = "mean, deviation, extremes, percentiles and histograms of latencies (--stats-extended)",
	.state_size = sizeof(struct state),
	.begin = begin,
	.batch = batch,
	.emit = emit,
	.fini = fini,
};
