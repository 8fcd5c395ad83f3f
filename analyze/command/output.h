/* SPDX-License-Identifier: MIT */
/**
 * output - where a report goes: standard output or the file of -o.
 */
#ifndef RN_ANALYZE_COMMAND_OUTPUT_H
#define RN_ANALYZE_COMMAND_OUTPUT_H

#include "shared/error.h"

#include <stdbool.h>
#include <stdio.h>

struct rn_output {
	FILE *file;       /* write here */
	const char *path; /* borrowed; NULL: a standard stream */
	bool pipe;        /* to a command */
};

/** path NULL or "-": standard output. An existing file is overwritten or, with append, continued, unless it is `input` (a path;
 *  NULL: none), which would destroy what is being read. RN_E_USAGE, RN_E_PERM, RN_E_IO, .. */
int rn_output_open(struct rn_output *o, const char *path, const char *input, bool append,
	struct rn_error *err);
/** As strace: path NULL is standard error, "|COMMAND" and "!COMMAND" are run to read the report, any other
 *  is a file, even "-". */
int rn_output_open_as_strace(struct rn_output *o, const char *path, bool append, struct rn_error *err);
/** Flushes and closes. The first of rc and what goes wrong here: RN_E_PIPE, RN_E_NO_SPACE, RN_E_IO. */
int rn_output_close(struct rn_output *o, int rc, struct rn_error *err);

#endif
