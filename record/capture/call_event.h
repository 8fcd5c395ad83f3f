/* SPDX-License-Identifier: MIT */
/**
 * call_event - the call a tracee is in as an event.
 */
#ifndef RN_RECORD_CAPTURE_CALL_EVENT_H
#define RN_RECORD_CAPTURE_CALL_EVENT_H

#include "record/tracee/tracee.h"

/** Everything but result and duration; borrows the tracee's buffers. flags: besides the tracee's. */
void rn_call_event(const struct rn_tracee *t, struct rn_event *ev, unsigned flags);
/** Whether the call goes on with what the tracee's last one began: restart_syscall, or the same again
 *  after a result that says so. */
bool rn_call_restarts(const struct rn_tracee *t);

#endif
