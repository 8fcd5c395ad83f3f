/* SPDX-License-Identifier: MIT */
/**
 * report - the command without a name: a listing of the trace, or with -c its summary.
 *
 * `renacer` reports with the same options on what a recorder sends it.
 */
#ifndef RN_ANALYZE_COMMAND_REPORT_H
#define RN_ANALYZE_COMMAND_REPORT_H

#include "analyze/command/command.h"
#include "format/reader.h"
#include "shared/option.h"

struct rn_model_end;

struct rn_report_options {
	bool summary, duration, relative, verbose, fd_paths, all_processes;
	unsigned clock, quiet, hex;
	uint64_t string_limit;
	int sort;
	const char *format, *output;
	struct rn_strings filters, pids;
};

/* What concerns the report alone; fills struct rn_report_options, as a struct's first member, too. */
extern const struct rn_option rn_report_rows[];

/** Wrong words among the options. RN_E_USAGE. */
int rn_report_check(const struct rn_report_options *o, struct rn_error *err);

/** Reports what the reader yields. input: its path, which -o must not overwrite; NULL: none. *end (may
 *  be NULL) tells how the recording ended. An exit code, or a negative RN_E_*. */
int rn_report_on(const struct rn_report_options *o, struct rn_reader *r, const char *input,
	struct rn_diag *diag, struct rn_model_end *end, struct rn_error *err);

void rn_report_options_fini(struct rn_report_options *o);

#endif
