/* SPDX-License-Identifier: MIT */
/* What can be limited, and what a value of it looks like. */
#include "analyze/check/check.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

const struct rn_limit_kind rn_limit_kinds[] = {
	{ "allowed-calls", RN_MEASURE_NAMES, RN_ALLOWED, RN_Q_WORDS },
	{ "allowed-hosts", RN_MEASURE_HOSTS, RN_ALLOWED, RN_Q_WORDS },
	{ "allowed-paths", RN_MEASURE_PATHS, RN_ALLOWED, RN_Q_WORDS },
	{ "allowed-programs", RN_MEASURE_PROGRAMS, RN_ALLOWED, RN_Q_WORDS },
	{ "exit-status", RN_MEASURE_STATUS, RN_ALLOWED, RN_Q_STATUS },
	{ "forbidden-calls", RN_MEASURE_NAMES, RN_FORBIDDEN, RN_Q_WORDS },
	{ "forbidden-hosts", RN_MEASURE_HOSTS, RN_FORBIDDEN, RN_Q_WORDS },
	{ "forbidden-paths", RN_MEASURE_PATHS, RN_FORBIDDEN, RN_Q_WORDS },
	{ "forbidden-programs", RN_MEASURE_PROGRAMS, RN_FORBIDDEN, RN_Q_WORDS },
	{ "max-bytes", RN_MEASURE_MOVED, RN_AT_MOST, RN_Q_BYTES },
	{ "max-calls", RN_MEASURE_CALLS, RN_AT_MOST, RN_Q_COUNT },
	{ "max-duration", RN_MEASURE_LONGEST, RN_AT_MOST, RN_Q_TIME },
	{ "max-error-rate", RN_MEASURE_ERROR_RATE, RN_AT_MOST, RN_Q_RATE },
	{ "max-errors", RN_MEASURE_ERRORS, RN_AT_MOST, RN_Q_COUNT },
	{ "max-lost-events", RN_MEASURE_LOST, RN_AT_MOST, RN_Q_COUNT },
	{ "max-mean", RN_MEASURE_MEAN, RN_AT_MOST, RN_Q_TIME },
	{ "max-p", RN_MEASURE_PERCENTILE, RN_AT_MOST, RN_Q_TIME }, /* and a number */
	{ "max-read-bytes", RN_MEASURE_READ, RN_AT_MOST, RN_Q_BYTES },
	{ "max-total-time", RN_MEASURE_TOTAL, RN_AT_MOST, RN_Q_TIME },
	{ "max-written-bytes", RN_MEASURE_WRITTEN, RN_AT_MOST, RN_Q_BYTES },
	{ "min-bytes", RN_MEASURE_MOVED, RN_AT_LEAST, RN_Q_BYTES },
	{ "min-calls", RN_MEASURE_CALLS, RN_AT_LEAST, RN_Q_COUNT },
	{ "min-errors", RN_MEASURE_ERRORS, RN_AT_LEAST, RN_Q_COUNT },
	{ "min-read-bytes", RN_MEASURE_READ, RN_AT_LEAST, RN_Q_BYTES },
	{ "min-written-bytes", RN_MEASURE_WRITTEN, RN_AT_LEAST, RN_Q_BYTES },
	{ NULL, RN_MEASURES, RN_AT_MOST, RN_Q_COUNT },
};

static bool is_percentile(struct rn_bytes key, double *percent)
{
	char text[32], *end;
	if (key.len <= 5 || key.len - 5 >= sizeof(text) || memcmp(key.p, "max-p", 5) ||
		key.p[5] < '0' || key.p[5] > '9')
		return false;
	memcpy(text, key.p + 5, key.len - 5);
	text[key.len - 5] = 0;
	*percent = strtod(text, &end);
	return !*end && *percent >= 0 && *percent <= 100;
}

const struct rn_limit_kind *rn_limit_kind_of(struct rn_bytes key, double *percent)
{
	bool percentile = is_percentile(key, percent);
	for (const struct rn_limit_kind *k = rn_limit_kinds; k->key; k++)
		if (k->measure == RN_MEASURE_PERCENTILE ? percentile : rn_bytes_equal(key, rn_bytes_str(k->key)))
			return k;
	return NULL;
}

/* Three digits of the greatest unit there is one of. */
static void put_scaled(struct rn_buffer *out, double v, double step, const char *const *unit)
{
	while (v >= step && unit[1]) {
		v /= step;
		unit++;
	}
	rn_put_format(out, v == floor(v) && v < 1e6 ? "%.0f %s" : v < 10 ? "%.2f %s" : v < 100 ? "%.1f %s" :
		"%.0f %s", v, *unit);
}

void rn_check_put_value(struct rn_buffer *out, enum rn_quantity q, double value)
{
	static const char *const times[] = { "ns", "us", "ms", "s", NULL };
	static const char *const sizes[] = { "bytes", "KiB", "MiB", "GiB", "TiB", NULL };
	if (q == RN_Q_TIME)
		put_scaled(out, value, 1000, times);
	else if (q == RN_Q_BYTES)
		put_scaled(out, value, 1024, sizes);
	else if (q == RN_Q_RATE)
		rn_put_format(out, "%.3g %%", value * 100);
	else
		rn_put_format(out, "%.0f", value);
}

bool rn_limit_kept(const struct rn_limit *l)
{
	if (l->kind->bound == RN_ALLOWED || l->kind->bound == RN_FORBIDDEN)
		return !l->n_offenders;
	if (l->nothing)
		return true;
	return l->kind->bound == RN_AT_MOST ? l->seen <= l->value : l->seen >= l->value;
}
