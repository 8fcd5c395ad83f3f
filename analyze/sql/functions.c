/* SPDX-License-Identifier: MIT */
/*
 * percentile(x, p): the p-th percentile (0..100) of the values that are numbers, R-7: with the n values
 * sorted, the one at (n - 1) * p / 100, between two in proportion (Hyndman and Fan 1996).
 * percentile(x, p, weight): x of weight w counts as w values; n is the sum of weights, rounded, and value number
 * k the least x such that all values up to it weigh more than k.
 * median(x): percentile(x, 50). stddev(x): of a sample, by n - 1 (Welford 1962).
 * histogram(x): JSON, how many values fall into each [2^k, 2^(k+1)); what is below 1 into one from 0.
 * x REGEXP 're': whether the regular expression is found in x, as in the filters.
 */
#include "analyze/num/quantile.h"
#include "analyze/sql/db.h"
#include "shared/buffer.h"
#include "shared/regex.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VALUES_MAX ((size_t)1 << 28)
#define BUCKETS 65

struct value {
	double x, weight;
};

struct values {
	struct value *item;
	size_t n, cap;
	double p;
};

static bool is_number(sqlite3_value *v)
{
	int type = sqlite3_value_numeric_type(v);
	return type == SQLITE_INTEGER || type == SQLITE_FLOAT;
}

static void values_step(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct values *v = sqlite3_aggregate_context(ctx, sizeof(*v));
	if (!v) {
		sqlite3_result_error_nomem(ctx);
		return;
	}
	v->p = argc > 1 ? sqlite3_value_double(argv[1]) : 50;
	if (argc > 1 && (!is_number(argv[1]) || !(v->p >= 0 && v->p <= 100))) {
		sqlite3_result_error(ctx, "percentile: the second argument is a number from 0 to 100", -1);
		return;
	}
	double weight = argc > 2 ? sqlite3_value_double(argv[2]) : 1;
	if (!is_number(argv[0]) || !(weight > 0))
		return;
	if (v->n == v->cap) {
		size_t cap = v->cap ? v->cap * 2 : 64;
		struct value *item = cap <= VALUES_MAX ? realloc(v->item, cap * sizeof(*item)) : NULL;
		if (!item) {
			sqlite3_result_error_nomem(ctx);
			return;
		}
		v->item = item;
		v->cap = cap;
	}
	v->item[v->n++] = (struct value){ sqlite3_value_double(argv[0]), weight };
}

static int by_value(const void *a, const void *b)
{
	double x = ((const struct value *)a)->x, y = ((const struct value *)b)->x;
	return (x > y) - (x < y);
}

/* Of sorted values whose weights are sums up to each. */
static double value_number(const struct values *v, uint64_t k)
{
	size_t low = 0, high = v->n - 1;
	while (low < high) {
		size_t mid = low + (high - low) / 2;
		if (v->item[mid].weight > (double)k)
			high = mid;
		else
			low = mid + 1;
	}
	return v->item[low].x;
}

static void values_final(sqlite3_context *ctx)
{
	struct values *v = sqlite3_aggregate_context(ctx, 0);
	if (v && v->n) {
		qsort(v->item, v->n, sizeof(*v->item), by_value);
		for (size_t i = 1; i < v->n; i++)
			v->item[i].weight += v->item[i - 1].weight;
		double all = round(v->item[v->n - 1].weight);
		struct rn_quantile_place at = rn_percentile_place(all < 1 ? 1 : all < 0x1p63 ? (uint64_t)all : UINT64_MAX / 2,
			v->p);
		sqlite3_result_double(ctx, rn_quantile_between_reals(value_number(v, at.low),
			value_number(v, at.low + (at.fraction > 0)), at.fraction));
	}
	if (v)
		free(v->item);
}

struct spread {
	uint64_t n;
	double mean, m2;
};

static void spread_step(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct spread *s = sqlite3_aggregate_context(ctx, sizeof(*s));
	(void)argc;
	if (!s || !is_number(argv[0]))
		return;
	double x = sqlite3_value_double(argv[0]), d = x - s->mean;
	s->mean += d / (double)++s->n;
	s->m2 += d * (x - s->mean);
}

static void spread_final(sqlite3_context *ctx)
{
	struct spread *s = sqlite3_aggregate_context(ctx, 0);
	if (s && s->n > 1)
		sqlite3_result_double(ctx, sqrt(s->m2 / (double)(s->n - 1)));
}

struct histogram {
	uint64_t n[BUCKETS];
};

static void histogram_step(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct histogram *h = sqlite3_aggregate_context(ctx, sizeof(*h));
	(void)argc;
	if (!h || !is_number(argv[0]))
		return;
	double x = sqlite3_value_double(argv[0]);
	int k = x >= 1 ? ilogb(x) + 1 : 0;
	h->n[k < BUCKETS ? k : BUCKETS - 1]++;
}

static void histogram_final(sqlite3_context *ctx)
{
	const struct histogram *h = sqlite3_aggregate_context(ctx, 0);
	struct rn_buffer text = RN_BUFFER_INIT;
	rn_put_u8(&text, '[');
	for (unsigned k = 0; h && k < BUCKETS; k++)
		if (h->n[k])
			rn_put_format(&text, "%s{\"from\":%.0f,\"to\":%.0f,\"n\":%llu}",
				text.len > 1 ? "," : "", k ? ldexp(1, (int)k - 1) : 0.0,
				ldexp(1, (int)k), (unsigned long long)h->n[k]);
	rn_put_u8(&text, ']');
	if (rn_buffer_ok(&text))
		sqlite3_result_text64(ctx, (const char *)text.p, text.len, SQLITE_TRANSIENT, SQLITE_UTF8);
	else
		sqlite3_result_error_nomem(ctx);
	rn_buffer_fini(&text);
}

static void free_regex(void *regex)
{
	rn_regex_free(regex);
}

/* regexp(pattern, text): compiled once a statement where the pattern is constant. */
static void regexp(sqlite3_context *ctx, int argc, sqlite3_value **argv)
{
	struct rn_error err = { 0 };
	struct rn_regex *regex = sqlite3_get_auxdata(ctx, 0), *made = NULL;
	(void)argc;
	if (sqlite3_value_type(argv[0]) == SQLITE_NULL || sqlite3_value_type(argv[1]) == SQLITE_NULL)
		return;
	if (!regex) {
		struct rn_bytes pattern = rn_bytes_of(sqlite3_value_text(argv[0]),
			(size_t)sqlite3_value_bytes(argv[0]));
		if (rn_regex_new(&made, pattern, &err)) {
			sqlite3_result_error(ctx, err.message, -1);
			return;
		}
		regex = made;
	}
	struct rn_bytes text = rn_bytes_of(sqlite3_value_text(argv[1]), (size_t)sqlite3_value_bytes(argv[1]));
	int rc = rn_regex_search(regex, text, &err);
	if (rc < 0)
		sqlite3_result_error(ctx, err.message, -1);
	else
		sqlite3_result_int(ctx, rc);
	if (made)
		sqlite3_set_auxdata(ctx, 0, made, free_regex);
}

int rn_functions_register(sqlite3 *db)
{
	static const struct {
		const char *name;
		int argc;
		void (*call)(sqlite3_context *, int, sqlite3_value **);
		void (*step)(sqlite3_context *, int, sqlite3_value **);
		void (*final)(sqlite3_context *);
	} functions[] = {
		{ "histogram", 1, NULL, histogram_step, histogram_final },
		{ "median", 1, NULL, values_step, values_final },
		{ "percentile", 2, NULL, values_step, values_final },
		{ "percentile", 3, NULL, values_step, values_final },
		{ "regexp", 2, regexp, NULL, NULL },
		{ "stddev", 1, NULL, spread_step, spread_final },
	};
	const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
	int rc = SQLITE_OK;
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]) && rc == SQLITE_OK; i++)
		rc = sqlite3_create_function_v2(db, functions[i].name, functions[i].argc, flags, NULL,
			functions[i].call, functions[i].step, functions[i].final, NULL);
	return rc;
}
