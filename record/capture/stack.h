/* SPDX-License-Identifier: MIT */
/**
 * stack - how much of a stack there is to read above a stack pointer.
 *
 * A snapshot ends where the mapping of the stack ends. Mappings are learnt from
 * /proc when a stack pointer lies in none of those known, and remembered; not
 * more often than every 10 ms for a process, so that a program with ever new
 * stacks costs little: then the snapshot is not clamped and may come out short.
 */
#ifndef RN_RECORD_CAPTURE_STACK_H
#define RN_RECORD_CAPTURE_STACK_H

#include "record/recording.h"
#include "record/tracee/procfs.h"
#include "record/tracee/tracee.h"

/** The process' main stack, met while its mappings were read for another reason. */
void rn_stack_learn(struct rn_process *p, const struct rn_proc_map *m);
/** Bytes from sp to read, at most `wanted`. */
uint32_t rn_stack_clamp(const struct rn_recording *rec, struct rn_process *p, uint64_t sp,
	uint32_t wanted);

/** Whether both lie in the same stack, as far as is known. */
bool rn_stack_is_same(const struct rn_process *p, uint64_t a, uint64_t b);

#endif
