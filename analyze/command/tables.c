/* SPDX-License-Identifier: MIT */
#include "analyze/command/tables.h"
#include "analyze/command/output.h"
#include "analyze/report/report.h"

const struct rn_option rn_tables_options[] = {
	{ RN_HEADING("Output") },
	{ 0, "format", RN_STRING(struct rn_tables_options, format), .argument = "FORMAT",
		.initial = "text", .help = "text, html (a page), json (one document), jsonl (an object a line), csv or markdown" },
	{ 'o', "output", RN_STRING(struct rn_tables_options, output), .argument = "FILE", .grants = RN_OPTION_WRITES,
		.help = "write to FILE instead of standard output" },
	{ RN_OPTIONS_END },
};

static int write_tables(const struct rn_tables_options *o, struct rn_reader *r, const char *path,
	const struct rn_report *report, rn_tables_emit *emit, int *exit_code, struct rn_error *err)
{
	struct rn_output out;
	struct rn_sink *sink;
	int rc = rn_output_open(&out, o->output, path, false, err);
	if (rc)
		return rc;
	rc = report->begin(&sink, out.file, err);
	if (!rc) {
		rc = emit(o, r, path, sink, exit_code, err);
		int end = report->end(sink, rc ? NULL : err);
		rc = rc ? rc : end;
	}
	return rn_output_close(&out, rc, err);
}

int rn_tables_run(const struct rn_tables_options *o, const struct rn_invocation *in,
	rn_tables_emit *emit, struct rn_error *err)
{
	const struct rn_report *report;
	struct rn_reader *r = NULL;
	const char *path;
	int exit_code = 0;
	int rc = rn_command_trace(&path, in, err);
	if (!rc)
		rc = rn_report_choose(&report, o->format, err);
	if (!rc)
		rc = rn_reader_open(&r, path, err);
	if (!rc)
		rc = write_tables(o, r, path, report, emit, &exit_code, err);
	rn_reader_close(r);
	return rc ? rc : exit_code;
}
