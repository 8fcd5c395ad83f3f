/* SPDX-License-Identifier: MIT */
/**
 * command - which file a command's name means, and the environment it gets.
 */
#ifndef RN_RECORD_LAUNCH_COMMAND_H
#define RN_RECORD_LAUNCH_COMMAND_H

#include "shared/buffer.h"
#include "shared/error.h"
#include "shared/option.h"

/** Looks name up as a shell does: as it is when it has a slash, else along PATH. path gets the file,
 *  NUL-terminated. RN_E_NOT_FOUND (a shell exits with 127), RN_E_PERM (126), RN_E_NOMEM. */
int rn_command_find(struct rn_buffer *path, const char *name, const char *search,
	struct rn_error *err);

/** The environment with -E's settings (VAR=VALUE or VAR to remove it). The array is the caller's to
 *  free, its strings are borrowed. NULL: no memory. */
char **rn_command_environment(char **environment, const struct rn_strings *settings);

#endif
