/* SPDX-License-Identifier: MIT */
/**
 * call_argv - the command line that an execve was given.
 */
#ifndef RN_ANALYZE_MODEL_CALL_ARGV_H
#define RN_ANALYZE_MODEL_CALL_ARGV_H

#include "format/event.h"
#include "shared/buffer.h"

/** Whether calls of that number execute a program. */
bool rn_executes(enum rn_abi abi, uint32_t nr);
/** Appends the arguments as far as they were captured, each with its NUL; at most 64 KiB. */
void rn_call_argv(const struct rn_event *ev, struct rn_buffer *out);

#endif
