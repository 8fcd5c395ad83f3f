/* SPDX-License-Identifier: MIT */
/**
 * privacy - what of a program's data may go into a trace: --data, --mask, --scrub-stack.
 *
 * Applied on the pipeline's thread, to the copy of each event that came through the queue, before it is
 * packed: the tracing thread is not held up, and what is not wanted is never compressed, kept or written.
 *
 * Memory: rules give calls, classes and descriptors a limit: all, paths (names of files and addresses of sockets, no
 * contents), none, or so many bytes a piece; the last rule that applies counts.
 * Masked text keeps its length: it becomes the digits of a hash under a key that is made for the recording and
 * never told, so that equal values stay equal and no value can be had back or tried. Only what was captured can be
 * found, and within one piece of memory: not a value that was cut by -s, or is read byte by byte. An expression that takes too long masks all of the text.
 * Of the six argument registers those are zeroed that are no argument of the call.
 * Words of stacks and registers that point neither into code nor into the stack are zeroed; unwinding needs no others.
 */
#ifndef RN_RECORD_CAPTURE_PRIVACY_H
#define RN_RECORD_CAPTURE_PRIVACY_H

#include "format/event.h"
#include "record/options.h"
#include "shared/buffer.h"

struct rn_privacy;

/** *out is NULL when everything may be kept. policy: what the header says of it, appended. RN_E_USAGE,
 *  RN_E_NOMEM. */
int rn_privacy_parse(struct rn_privacy **out, const struct rn_record_options *o,
	struct rn_buffer *policy, struct rn_error *err);
void rn_privacy_free(struct rn_privacy *p);

/** Changes an event in place, with what it borrows, which must be ours alone. */
void rn_privacy_edit(void *privacy, struct rn_event *ev);
/** Masks a text of the header in place. p may be NULL. */
void rn_privacy_mask(const struct rn_privacy *p, struct rn_bytes text);

#endif
