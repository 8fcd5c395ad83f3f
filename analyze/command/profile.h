/* SPDX-License-Identifier: MIT */
/**
 * profile - the options of a report that ask for the functions behind the calls.
 */
#ifndef RN_ANALYZE_COMMAND_PROFILE_H
#define RN_ANALYZE_COMMAND_PROFILE_H

#include "analyze/analysis/functions.h"
#include "shared/option.h"

/* What the command line says; a member of struct rn_report_options. */
struct rn_profile_options {
	bool function_time;
	const char *slow_io;  /* a duration */
	const char *cut;      /* percent */
	uint64_t hot_paths, depth;
};
extern const struct rn_option rn_profile_rows[];

/** Reads the words; frames are the caller's to set. RN_E_USAGE. */
int rn_profile_options_read(struct rn_functions_options *out, const struct rn_profile_options *o,
	struct rn_error *err);

#endif
