/* SPDX-License-Identifier: MIT */
#include "analyze/provenance.h"

#include "analyze/circumstances.h"
#include "analyze/recorder_cost.h"
#include "analyze/words.h"

static const struct rn_column columns[] = {
	{ .name = "trace", .title = "Trace", .type = RN_T_TEXT, .doc = "uuid" },
	{ .name = "start", .title = "Started", .type = RN_T_TEXT },
	{ .name = "duration_ns", .title = "Seconds", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
		.decimals = 6, .doc = "from the start of the trace to the end of its last call" },
	{ .name = "command", .title = "Command", .type = RN_T_TEXT },
	{ .name = "host", .title = "Host", .type = RN_T_TEXT },
	{ .name = "machine", .title = "Machine", .type = RN_T_TEXT },
	{ .name = "kernel", .title = "Kernel", .type = RN_T_TEXT },
	{ .name = "backend", .title = "Backend", .type = RN_T_TEXT },
	{ .name = "recorder", .title = "Recorder", .type = RN_T_TEXT },
	{ .name = "recorder_filter", .title = "Recorded filter", .type = RN_T_TEXT },
	{ .name = "chaos", .title = "Chaos", .type = RN_T_TEXT },
	{ .name = "analyzer", .title = "Analyzer", .type = RN_T_TEXT },
	{ .name = "filter", .title = "Filter", .type = RN_T_TEXT },
	{ .name = "complete", .title = "Complete", .type = RN_T_BOOL },
	{ .name = "damages", .title = "Damaged places", .type = RN_T_U64, .unit = RN_U_COUNT },
	{ .name = "lost_events", .title = "Lost events", .type = RN_T_U64, .unit = RN_U_COUNT },
	{ .name = "lost_by_cause", .title = "Lost because", .type = RN_T_TEXT },
	{ .name = "sampling", .title = "Left out", .type = RN_T_TEXT,
		.doc = "calls left out on request: sums over calls are estimates, each recorded call counts by its weight" },
	{ .name = "trace_bytes", .title = "Size", .type = RN_T_U64, .unit = RN_U_BYTES },
	{ .name = "recorder_cpu_ns", .title = "Recorder's CPU time, s", .type = RN_T_U64, .unit = RN_U_NS,
		.shift = 9, .decimals = 3 },
	{ .name = "recorder_max_rss_bytes", .title = "Recorder's memory", .type = RN_T_U64, .unit = RN_U_BYTES },
	{ .name = "added_ns", .title = "Added time, s", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
		.decimals = 3, .doc = "to the program by its recording, in all threads; added_is tells what it is" },
	{ .name = "added_is", .title = "Added time is", .type = RN_T_TEXT },
	{ .name = "held_ns", .title = "Held for the output, s", .type = RN_T_U64, .unit = RN_U_NS, .shift = 9,
		.decimals = 3, .doc = "how long threads had to wait for the trace to be written; in added_ns" },
	{ .name = "less_detail", .title = "Less recorded because", .type = RN_T_TEXT,
		.doc = "than was asked for: why, how often, how long" },
};
#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

static const struct rn_table table = {
	.name = "provenance", .flags = RN_TABLE_RECORD | RN_TABLE_ABOUT, .columns = columns,
	.n_columns = N_COLUMNS,
};

static struct rn_cell known(struct rn_bytes s)
{
	return s.len ? rn_cell_bytes(s) : rn_cell_null();
}

/* "ring 3, rate 4" */
static void put_lost(struct rn_buffer *out, const struct rn_model_end *end)
{
	static const char *const causes[] = { [0] = "other", [RN_LOST_RING] = "ring", [RN_LOST_TOO_BIG] = "too big", [RN_LOST_RATE] = "rate", [RN_LOST_DAMAGE] = "damage", [RN_LOST_RECORDER] = "recorder", [RN_LOST_OUTPUT] = "output", [RN_LOST_MEMORY] = "memory", [RN_LOST_DISK] = "disk full", [RN_LOST_CPU] = "CPU limit" };
	for (size_t i = 0; i < sizeof(causes) / sizeof(*causes); i++)
		if (end->lost_by[i])
			rn_put_format(out, "%s%s %llu", out->len ? ", " : "", causes[i],
				(unsigned long long)end->lost_by[i]);
}

int rn_provenance_emit(const struct rn_provenance *p, struct rn_sink *sink, struct rn_error *err)
{
	const struct rn_header *h = rn_reader_header(p->reader);
	const struct rn_machine_desc *m = rn_machine_desc((enum rn_machine)h->machine);
	struct rn_buffer uuid = RN_BUFFER_INIT, start = RN_BUFFER_INIT, command = RN_BUFFER_INIT,
		filter = RN_BUFFER_INIT, lost = RN_BUFFER_INIT, less = RN_BUFFER_INIT;
	struct rn_model_end end;
	rn_model_end(p->model, &end);
	const struct rn_recorder_cost cost = rn_recorder_cost_of(h, &end);
	put_lost(&lost, &end);
	rn_recorder_cost_less(&less, &end);
	rn_put_uuid(&uuid, h->uuid);
	rn_put_utc(&start, h->start_realtime_ns);
	rn_put_argv(&command, h->command_argv);
	for (size_t i = 0; i < p->n_filters; i++)
		rn_put_format(&filter, "%s%s", i ? " " : "", p->filters[i]);
	for (size_t i = 0; i < p->selection->n; i++)
		rn_put_format(&filter, "%s%s", filter.len ? " " : "", p->selection->item[i]);
	const struct rn_cell cells[N_COLUMNS] = {
		known(rn_buffer_bytes(&uuid)), known(rn_buffer_bytes(&start)),
		rn_cell_u64(rn_reader_end_ns(p->reader)), known(rn_buffer_bytes(&command)), known(h->hostname),
		m ? rn_cell_text(m->name) : rn_cell_null(), known(h->release), known(h->backend),
		known(h->recorder_version), known(h->filter), known(h->chaos),
		rn_cell_text("renacer " RN_VERSION), known(rn_buffer_bytes(&filter)),
		rn_cell_bool(rn_reader_complete(p->reader)),
		rn_cell_u64(rn_reader_n_damage(p->reader)), rn_cell_u64(end.lost_events),
		known(rn_buffer_bytes(&lost)), known(h->sampling), rn_cell_u64(rn_reader_bytes(p->reader)),
		rn_recorder_cost_cell(&cost, cost.cpu_ns), rn_recorder_cost_cell(&cost, cost.memory_bytes),
		rn_recorder_cost_added(&cost), rn_recorder_cost_how(&cost),
		rn_recorder_cost_cell(&cost, cost.held_ns), known(rn_buffer_bytes(&less)),
	};
	int rc = rn_circumstances_note(h, sink, err);
	if (!rc)
		rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	if (!rc)
		rc = rn_sink_end(sink, err);
	rn_buffer_fini(&uuid);
	rn_buffer_fini(&start);
	rn_buffer_fini(&command);
	rn_buffer_fini(&filter);
	rn_buffer_fini(&lost);
	rn_buffer_fini(&less);
	return rc;
}
