/* SPDX-License-Identifier: MIT */
#include "analyze/analysis/latency.h"

#include <string.h>

#define BAR_WIDTH 40

struct counting {
	uint64_t weight;
	rn_weighed of[RN_LATENCY_BUCKETS];
};

static int count_buckets(void *arg, const uint64_t *values, size_t n)
{
	struct counting *c = arg;
	for (size_t i = 0; i < n; i++)
		c->of[63 - __builtin_clzll(values[i] | 1)] += c->weight;
	return 0;
}

static int count_parts(struct rn_values *values, const struct rn_latency_parts *p, uint64_t count[RN_LATENCY_BUCKETS],
	struct rn_error *err)
{
	struct counting c = { 0 };
	int rc = 0;
	for (uint32_t i = 0; i < p->n && !rc; i++) {
		c.weight = p->part[i].weight;
		rc = rn_values_each(values, p->part[i].values, count_buckets, &c, err);
	}
	for (unsigned i = 0; i < RN_LATENCY_BUCKETS; i++)
		count[i] = rn_weighed_round(c.of[i]);
	return rc;
}

static struct rn_cell bar(char *text, uint64_t count, uint64_t most)
{
	unsigned len = count ? 1 + (unsigned)((double)count / (double)most * (BAR_WIDTH - 1)) : 0;
	memset(text, '#', len);
	text[len] = 0;
	return rn_cell_text(text);
}

static int emit_group(const struct rn_latency_row *r, const uint64_t *count, struct rn_sink *sink, struct rn_error *err)
{
	uint64_t most = 0, so_far = 0, n = 0;
	char text[BAR_WIDTH + 1];
	int first = RN_LATENCY_BUCKETS, last = -1, rc = 0;
	for (int i = 0; i < RN_LATENCY_BUCKETS; i++) {
		if (!count[i])
			continue;
		first = last < 0 ? i : first;
		last = i;
		n += count[i];
		most = count[i] > most ? count[i] : most;
	}
	for (int i = first; i <= last && !rc; i++) {
		so_far += count[i];
		const struct rn_cell cells[] = { rn_cell_bytes(r->name),
			rn_cell_u64(i ? (uint64_t)1 << i : 0), rn_cell_u64(((uint64_t)2 << i) - 1),
			rn_cell_u64(count[i]), rn_cell_real(100.0 * (double)count[i] / (double)n),
			rn_cell_real(100.0 * (double)so_far / (double)n),
			bar(text, count[i], most) };
		rc = rn_sink_row(sink, cells, err);
	}
	return rc;
}

int rn_latency_histogram_emit_counts(rn_latency_count *count, void *arg, const struct rn_latency_row *rows, size_t n,
	enum rn_by by, struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_column columns[] = {
		{ .name = rn_by_column(by), .title = rn_by_title(by), .type = RN_T_TEXT, .left = true },
		{ .name = "from_ns", .title = "from us", .type = RN_T_U64, .unit = RN_U_NS, .shift = 3,
			.decimals = 3, .doc = "least latency of the bucket" },
		{ .name = "to_ns", .title = "to us", .type = RN_T_U64, .unit = RN_U_NS, .shift = 3,
			.decimals = 3, .doc = "greatest latency of the bucket" },
		{ .name = "calls", .title = "Calls", .type = RN_T_U64, .unit = RN_U_COUNT,
			.weighs = true, .doc = "calls that returned within the bucket" },
		{ .name = "percent", .title = "%", .type = RN_T_REAL, .unit = RN_U_PERCENT,
			.decimals = 2, .weighs = true, .doc = "of the n calls of the group" },
		{ .name = "cumulative_percent", .title = "up to %", .type = RN_T_REAL,
			.unit = RN_U_PERCENT, .decimals = 2, .weighs = true, .doc = "of this bucket and those before" },
		{ .name = "bar", .title = "", .type = RN_T_TEXT, .left = true,
			.hide = RN_HIDE_CSV | RN_HIDE_JSON },
	};
	const struct rn_table table = {
		.name = "latency_histogram",
		.title = "Latency histogram (buckets double; microseconds)",
		.empty = "No latencies: no system call returned.",
		.columns = columns,
		.n_columns = sizeof(columns) / sizeof(*columns),
	};
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < n && !rc; i++) {
		const uint64_t *of;
		if (!rows[i].sum.n)
			continue;
		rc = count(arg, i, &of, err);
		if (!rc)
			rc = emit_group(&rows[i], of, sink, err);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

/* Of values that were kept. */
struct kept {
	struct rn_values *values;
	const struct rn_latency_row *rows;
	uint64_t count[RN_LATENCY_BUCKETS];
};

static int count_kept(void *arg, size_t i, const uint64_t **count, struct rn_error *err)
{
	struct kept *k = arg;
	*count = k->count;
	return count_parts(k->values, &k->rows[i].parts, k->count, err);
}

int rn_latency_histogram_emit(struct rn_values *values, const struct rn_latency_row *rows,
	size_t n, enum rn_by by, struct rn_sink *sink, struct rn_error *err)
{
	struct kept kept = { .values = values, .rows = rows };
	return rn_latency_histogram_emit_counts(count_kept, &kept, rows, n, by, sink, err);
}
