/* SPDX-License-Identifier: MIT */
/*
 * CSV and JSON lines: the rows of rows.def, one an event, written by the report writers of those names.
 * Every row stands for itself, so that files can be cut, joined and loaded anywhere. In JSON epoch_ns is a
 * string: readers that keep numbers as doubles would lose its last digits.
 */
#include "analyze/export/rows.h"
#include "analyze/report/json_writer.h"
#include "analyze/report/report.h"

struct tabular {
	struct rn_rows rows;
	struct rn_sink *sink;
	const struct rn_report *report;
	struct rn_buffer epoch;
	bool json;
};

static int begin(struct tabular *t, const char *report, struct rn_export_job *job, struct rn_error *err)
{
	t->report = rn_report_find(report);
	int rc = t->report->begin(&t->sink, job->stream, err);
	return rc ? rc : rn_sink_begin(t->sink, &rn_rows_table, err);
}

static int begin_csv(void *st, struct rn_export_job *job, struct rn_error *err)
{
	return begin(st, "csv", job, err);
}

static int begin_jsonl(void *st, struct rn_export_job *job, struct rn_error *err)
{
	((struct tabular *)st)->json = true;
	return begin(st, "jsonl", job, err);
}

static int put_row(struct tabular *t, struct rn_error *err)
{
	struct rn_cell *epoch = &t->rows.cell[RN_ROW_epoch_ns];
	if (t->json) {
		rn_buffer_clear(&t->epoch);
		rn_put_decimal(&t->epoch, epoch->u64);
		*epoch = rn_cell_bytes(rn_buffer_bytes(&t->epoch));
	}
	return rn_sink_row(t->sink, t->rows.cell, err);
}

static int put_call(void *st, struct rn_export_job *job, const struct rn_export_call *call,
	struct rn_error *err)
{
	struct tabular *t = st;
	int rc = rn_row_call(&t->rows, job, call, err);
	return rc ? rc : put_row(t, err);
}

static int put_event(void *st, struct rn_export_job *job, const struct rn_event *ev, struct rn_error *err)
{
	struct tabular *t = st;
	int rc = rn_row_event(&t->rows, job, ev, err);
	return rc ? rc : put_row(t, err);
}

static int end(void *st, struct rn_export_job *job, struct rn_error *err)
{
	struct tabular *t = st;
	struct rn_sink *sink = t->sink;
	(void)job;
	t->sink = NULL;
	int rc = rn_sink_end(sink, err);
	int ended = t->report->end(sink, rc ? NULL : err);
	return rc ? rc : ended;
}

static void fini(void *st)
{
	struct tabular *t = st;
	if (t->sink)
		t->report->end(t->sink, NULL);
	rn_rows_fini(&t->rows);
	rn_buffer_fini(&t->epoch);
}

#define TRAITS (RN_EXPORT_STACKS | RN_EXPORT_ARGS | RN_EXPORT_FILES | RN_EXPORT_EVENTS)

const struct rn_export rn_export_csv = {
	.name = "csv",
	.help = "a row an event, each with trace, host and process: spreadsheets, databases, pandas",
	.traits = TRAITS,
	.state_size = sizeof(struct tabular),
	.begin = begin_csv,
	.call = put_call,
	.event = put_event,
	.end = end,
	.fini = fini,
};

const struct rn_export rn_export_jsonl = {
	.name = "jsonl",
	.help = "the same rows, a JSON object a line",
	.traits = TRAITS,
	.state_size = sizeof(struct tabular),
	.begin = begin_jsonl,
	.call = put_call,
	.event = put_event,
	.end = end,
	.fini = fini,
};
