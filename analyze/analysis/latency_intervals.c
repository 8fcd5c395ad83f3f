/* SPDX-License-Identifier: MIT */
/* How sure percentiles are: the order statistics between which each lies with 95 % confidence, whatever the
 * distribution, were the calls independent of each other (num/quantile.h). */
#include "analyze/analysis/latency.h"

#include "analyze/num/quantile.h"

static int emit_percentile(struct rn_values *values, const struct rn_latency_row *r, double percent,
	const char *word, struct rn_sink *sink, struct rn_error *err)
{
	uint64_t n = r->sum.recorded, ranks[2], value[2];
	rn_quantile_interval(n, percent / 100, &ranks[0], &ranks[1]);
	int rc = rn_latency_parts_ranks(&r->parts, values, true, ranks, 2, value, err);
	const struct rn_cell cells[] = { rn_cell_bytes(r->name), rn_cell_text(word), rn_cell_u64(n),
		rn_cell_u64(value[0]), rn_cell_u64(value[1]), rn_cell_u64(ranks[0] + 1), rn_cell_u64(ranks[1] + 1) };
	return rc ? rc : rn_sink_row(sink, cells, err);
}

int rn_latency_intervals_emit(struct rn_values *values, const struct rn_latency_row *rows, size_t n,
	enum rn_by by, const struct rn_percentiles *percentiles, struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_column columns[] = {
		{ .name = rn_by_column(by), .title = rn_by_title(by), .type = RN_T_TEXT, .left = true },
		{ .name = "percentile", .title = "P", .type = RN_T_TEXT, .left = true },
		{ .name = "n", .type = RN_T_U64, .unit = RN_U_COUNT },
		{ .name = "low_ns", .title = "from us", .type = RN_T_U64, .unit = RN_U_NS, .shift = 3, .decimals = 3,
			.doc = "95 % interval of the percentile" },
		{ .name = "high_ns", .title = "to us", .type = RN_T_U64, .unit = RN_U_NS, .shift = 3, .decimals = 3 },
		{ .name = "low_rank", .type = RN_T_U64, .hide = RN_HIDE_TEXT, .doc = "of the sorted values, from 1" },
		{ .name = "high_rank", .type = RN_T_U64, .hide = RN_HIDE_TEXT },
	};
	const struct rn_table table = { .name = "latency_intervals",
		.title = "95 % intervals of percentiles (microseconds)",
		.empty = "No latencies: no system call returned.", .columns = columns,
		.n_columns = sizeof(columns) / sizeof(*columns) };
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < n && !rc; i++)
		for (unsigned p = 0; p < percentiles->n && rows[i].sum.recorded && !rc; p++)
			rc = emit_percentile(values, &rows[i], percentiles->of[p].percent, percentiles->of[p].word, sink,
				err);
	if (!rc)
		rc = rn_sink_end(sink, err);
	return rc ? rc : rn_sink_note(sink, rn_bytes_str("intervals are between order statistics, by the binomial "
		"distribution, as if calls did not depend on each other; where they do, they are wider"), err);
}
