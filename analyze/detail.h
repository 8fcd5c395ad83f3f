/* SPDX-License-Identifier: MIT */
/**
 * detail - in words, what a recorder that could not keep up, or may not use more, keeps of a call.
 */
#ifndef RN_ANALYZE_DETAIL_H
#define RN_ANALYZE_DETAIL_H

#include "format/event.h"
#include "shared/buffer.h"

#define RN_DETAIL_WORDS 160

/** "the output is slow, the CPU limit" */
void rn_put_detail_causes(struct rn_buffer *out, uint64_t causes);
/** A DETAIL event becomes a NOTE that says the same; the text is in words. Others stay as they are. */
void rn_detail_as_note(struct rn_event *ev, char words[RN_DETAIL_WORDS]);

#endif
