/* SPDX-License-Identifier: MIT */
#include "analyze/live/cost.h"

#include "analyze/report/report.h"

#include <sys/resource.h>

#define MS .type = RN_T_U64, .unit = RN_U_NS, .shift = 6, .decimals = 3
static const struct rn_column columns[] = {
	{ "calls", "Total syscalls traced", .type = RN_T_U64, .unit = RN_U_COUNT },
	{ "wall_ns", "Total wall clock time", MS },
	{ "recorder_wall_ns", "Recorder, wall clock", MS },
	{ "recorder_cpu_ns", "Recorder, CPU time", MS },
	{ "recorder_ns_per_call", "Recorder, CPU time per call", .type = RN_T_REAL, .unit = RN_U_NS,
		.shift = 3, .decimals = 2 },
	{ "recorder_rss_bytes", "Recorder, memory", .type = RN_T_U64, .unit = RN_U_BYTES },
	{ "user_ns", "Report, user-space time", MS },
	{ "system_ns", "Report, kernel time", MS },
	{ "lost", "Events lost", .type = RN_T_U64, .unit = RN_U_COUNT },
};
#define N_COLUMNS (sizeof(columns) / sizeof(columns[0]))

static struct rn_cell nanoseconds(struct timeval t)
{
	return rn_cell_u64((uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_usec * 1000);
}

static int tell(struct rn_sink *sink, const struct rn_model_end *end, uint64_t wall_ns, struct rn_error *err)
{
	static const struct rn_table table = { .name = "self_profile",
		.title = "Renacer Self-Profiling Results", .flags = RN_TABLE_RECORD | RN_TABLE_RULED,
		.columns = columns, .n_columns = N_COLUMNS };
	const struct rn_ev_END *e = end->known ? &end->event : NULL;
	struct rusage own = { 0 };
	getrusage(RUSAGE_SELF, &own);
	const struct rn_cell cells[N_COLUMNS] = {
		e ? rn_cell_u64(e->calls) : rn_cell_null(), rn_cell_u64(wall_ns),
		e ? rn_cell_u64(e->wall_ns) : rn_cell_null(), e ? rn_cell_u64(e->cpu_ns) : rn_cell_null(),
		e && e->calls ? rn_cell_real((double)e->cpu_ns / (double)e->calls) : rn_cell_null(),
		e ? rn_cell_u64(e->max_rss_bytes) : rn_cell_null(), nanoseconds(own.ru_utime),
		nanoseconds(own.ru_stime), rn_cell_u64(end->lost_events),
	};
	int rc = rn_sink_begin(sink, &table, err);
	if (!rc)
		rc = rn_sink_row(sink, cells, err);
	return rc ? rc : rn_sink_end(sink, err);
}

int rn_live_cost_tell(FILE *stream, const struct rn_model_end *end, uint64_t wall_ns, struct rn_error *err)
{
	const struct rn_report *text = rn_report_find("text");
	struct rn_sink *sink;
	int rc = text->begin(&sink, stream, err);
	if (rc)
		return rc;
	rc = tell(sink, end, wall_ns, err);
	int ended = text->end(sink, rc ? NULL : err);
	return rc ? rc : ended;
}
