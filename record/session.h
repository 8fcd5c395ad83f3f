/* SPDX-License-Identifier: MIT */
/**
 * session - one recording from the command line to the exit status.
 *
 * Order matters: whatever can be wrong is found before the command runs (its file,
 * the output, the filter), and the output's end is the last thing done.
 */
#ifndef RN_RECORD_SESSION_H
#define RN_RECORD_SESSION_H

#include "record/backend.h"
#include "shared/diag.h"

/** Records. 0 and *out, or an error: nothing was recorded. exit_status for an error: 127 and 126 as
 *  a shell's when the command is missing or cannot be executed, else 1. */
int rn_session_run(const struct rn_record_options *o, struct rn_diag *diag, struct rn_outcome *out,
	int *exit_status, struct rn_error *err);

#endif
