/* SPDX-License-Identifier: MIT */
#include "analyze/command/report.h"

#include "analyze/command/output.h"
#include "shared/option.h"

static const char *const synopsis[] = { "[OPTIONS] [TRACE]", NULL };

static const struct rn_option rows[] = {
	{ RN_HEADING("Output") },
	{ 'o', "output", RN_STRING(struct rn_report_options, output), .argument = "FILE",
		.help = "write the report to FILE instead of standard output" },
	{ RN_OPTIONS_END },
};

static int run(void *options, const struct rn_invocation *in, struct rn_error *err)
{
	struct rn_report_options *o = options;
	struct rn_output out;
	const char *path;
	int rc = rn_command_trace(&path, in, err);
	if (!rc)
		rc = rn_output_open(&out, o->output, path, err);
	return rc ? rc : rn_output_close(&out, 0, err);
}

const struct rn_command rn_command_report = {
	.name = "report",
	.summary = "list the system calls of a trace, or sum them up",
	.synopsis = synopsis,
	.options = { rows },
	.options_size = sizeof(struct rn_report_options),
	.run = run,
};
