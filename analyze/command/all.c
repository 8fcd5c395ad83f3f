/* SPDX-License-Identifier: MIT */
#include "analyze/command/command.h"

#include <string.h>

extern const struct rn_command rn_command_check, rn_command_compare, rn_command_embed, rn_command_errors, rn_command_export,
	rn_command_files, rn_command_flame, rn_command_index, rn_command_info, rn_command_processes,
	rn_command_redact, rn_command_report, rn_command_slice, rn_command_slowest, rn_command_sql,
	rn_command_verify;

const struct rn_command *const rn_commands[] = {
	&rn_command_check,
	&rn_command_compare,
	&rn_command_embed,
	&rn_command_errors,
	&rn_command_export,
	&rn_command_files,
	&rn_command_flame,
	&rn_command_index,
	&rn_command_info,
	&rn_command_processes,
	&rn_command_redact,
	&rn_command_report,
	&rn_command_slice,
	&rn_command_slowest,
	&rn_command_sql,
	&rn_command_verify,
	NULL,
};

const struct rn_command *rn_command_find(const char *name)
{
	for (const struct rn_command *const *c = rn_commands; *c; c++)
		if (strcmp((*c)->name, name) == 0)
			return *c;
	return NULL;
}

int rn_command_trace(const char **path, const struct rn_invocation *in, struct rn_error *err)
{
	if (in->argc > 1)
		return rn_fail(err, RN_E_USAGE, "one trace at a time: '%s' is one too many",
			in->argv[1]);
	*path = in->argc ? in->argv[0] : RN_DEFAULT_TRACE;
	return 0;
}
