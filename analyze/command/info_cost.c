/* SPDX-License-Identifier: MIT */
/* COST events have sums since the recording began: a row is the difference to the row before it. Of a long recording
 * several seconds make a row. */
#include "analyze/command/info_cost.h"

#include "analyze/detail.h"

#define MAX_ROWS 60u

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

static int cost_row(const struct rn_contents_step *from, const struct rn_contents_step *to, struct rn_sink *sink,
	struct rn_error *err)
{
	const struct rn_ev_COST zero = { 0 };
	const struct rn_ev_COST *a = from ? &from->cost : &zero, *b = &to->cost;
	uint64_t wall_ns = less(to->ts_ns, from ? from->ts_ns : 0);
	const struct rn_cell cells[] = {
		rn_cell_u64(to->ts_ns), rn_cell_u64(less(b->cpu_ns, a->cpu_ns)),
		wall_ns ? rn_cell_real((double)less(b->cpu_ns, a->cpu_ns) / (double)wall_ns) : rn_cell_null(),
		rn_cell_u64(b->rss_bytes), rn_cell_u64(less(b->file_bytes, a->file_bytes)),
		rn_cell_u64(less(b->calls, a->calls)), rn_cell_u64(less(b->lost, a->lost)),
		rn_cell_u64(less(b->left_out, a->left_out)), rn_cell_u64(less(b->stop_ns, a->stop_ns)),
		rn_cell_u64(less(b->held_ns, a->held_ns)),
	};
	return rn_sink_row(sink, cells, err);
}

static const struct rn_column cost_columns[] = {
	{ .name = "until_ns", .title = "until, s", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9, .decimals = 3,
		.min_width = 9 },
	{ .name = "cpu_ns", .title = "cpu, ms", .type = RN_T_U64, .unit = RN_U_NS, .shift = 6, .decimals = 1,
		.min_width = 9, .doc = "CPU time of the recorder since the row before" },
	{ .name = "cpu_share", .title = "of a cpu", .type = RN_T_REAL, .unit = RN_U_RATIO, .decimals = 3,
		.min_width = 8 },
	{ .name = "memory_bytes", .title = "memory", .type = RN_T_U64, .unit = RN_U_BYTES, .min_width = 10,
		.doc = "its own, at that moment" },
	{ .name = "file_bytes", .title = "written", .type = RN_T_U64, .unit = RN_U_BYTES, .min_width = 10 },
	{ .name = "calls", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 9, .doc = "recorded" },
	{ .name = "lost", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 7 },
	{ .name = "left_out", .title = "left out", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 8 },
	{ .name = "stop_ns", .title = "stops, ms", .type = RN_T_U64, .unit = RN_U_NS, .shift = 6, .decimals = 1,
		.doc = "CPU time of the thread that watches, while threads were stopped for it" },
	{ .name = "held_ns", .title = "held, ms", .type = RN_T_U64, .unit = RN_U_NS, .shift = 6, .decimals = 1,
		.doc = "threads had to wait for the output" },
};

static int emit_costs(const struct rn_contents *c, size_t n, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_table table = {
		.name = "cost", .flags = RN_TABLE_RULED, .columns = cost_columns,
		.n_columns = sizeof(cost_columns) / sizeof(cost_columns[0]),
	};
	const struct rn_contents_step *before = NULL;
	size_t a_row = (n + MAX_ROWS - 1) / MAX_ROWS, seen = 0;
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < c->n_steps && !rc; i++) {
		if (!c->steps[i].is_cost || (++seen % a_row && seen < n))
			continue;
		rc = cost_row(before, &c->steps[i], sink, err);
		before = &c->steps[i];
	}
	return rc ? rc : rn_sink_end(sink, err);
}

static int emit_details(const struct rn_contents *c, struct rn_sink *sink, struct rn_error *err)
{
	static const struct rn_column columns[] = {
		{ .name = "from_ns", .title = "from, s", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9, .decimals = 6,
			.min_width = 12 },
		{ .name = "level", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 5 },
		{ .name = "stack_bytes", .title = "stack", .type = RN_T_U64, .unit = RN_U_BYTES, .min_width = 7 },
		{ .name = "string_bytes", .title = "buffers", .type = RN_T_U64, .unit = RN_U_BYTES, .min_width = 7 },
		{ .name = "one_of", .title = "one of", .type = RN_T_U64, .unit = RN_U_COUNT, .min_width = 6,
			.doc = "so many calls that change nothing is kept" },
		{ .name = "because", .type = RN_T_TEXT, .left = true },
	};
	static const struct rn_table table = {
		.name = "detail", .flags = RN_TABLE_RULED, .columns = columns,
		.n_columns = sizeof(columns) / sizeof(columns[0]),
	};
	int rc = rn_sink_begin(sink, &table, err);
	for (size_t i = 0; i < c->n_steps && !rc; i++) {
		const struct rn_ev_DETAIL *d = &c->steps[i].detail;
		struct rn_buffer why = RN_BUFFER_INIT;
		if (c->steps[i].is_cost)
			continue;
		if (d->level)
			rn_put_detail_causes(&why, d->cause);
		else
			rn_put_text(&why, "all is well again");
		const struct rn_cell cells[] = { rn_cell_u64(c->steps[i].ts_ns), rn_cell_u64(d->level),
			rn_cell_u64(d->stack_bytes), rn_cell_u64(d->string_bytes),
			rn_cell_u64(d->one_of ? d->one_of : 1), rn_cell_bytes(rn_buffer_bytes(&why)) };
		rc = rn_sink_row(sink, cells, err);
		rn_buffer_fini(&why);
	}
	return rc ? rc : rn_sink_end(sink, err);
}

int rn_info_cost_emit(const struct rn_contents *c, struct rn_sink *sink, struct rn_error *err)
{
	size_t n = 0;
	for (size_t i = 0; i < c->n_steps; i++)
		n += c->steps[i].is_cost;
	int rc = n ? emit_costs(c, n, sink, err) : 0;
	return rc || n == c->n_steps ? rc : emit_details(c, sink, err);
}
