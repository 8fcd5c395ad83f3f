/* SPDX-License-Identifier: MIT */
/**
 * fdwatch - what a tracee's descriptors are: FD and FD_CLOSE events.
 *
 * No table is kept here: the analyzer follows dup, fork and close by the events.
 * After EXEC a process' table is empty until its FD events (how = TABLE) come.
 * Targets are what readlink of /proc/TID/fd/N says at that moment.
 */
#ifndef RN_RECORD_FDWATCH_H
#define RN_RECORD_FDWATCH_H

#include "record/recording.h"
#include "record/tracee.h"

/** Every open descriptor of the tracee. */
void rn_fdwatch_table(struct rn_recording *rec, struct rn_tracee *t);
/** The descriptors that t's call, just done with ret, made, closed or changed. */
void rn_fdwatch_after(struct rn_recording *rec, struct rn_tracee *t, int64_t ret);

#endif
