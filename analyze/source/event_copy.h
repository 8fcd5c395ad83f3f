/* SPDX-License-Identifier: MIT */
/**
 * event_copy - an event that outlives its block.
 */
#ifndef RN_ANALYZE_SOURCE_EVENT_COPY_H
#define RN_ANALYZE_SOURCE_EVENT_COPY_H

#include "format/event.h"
#include "shared/arena.h"
#include "shared/error.h"

/** Copies the event and all it borrows into the arena. to may be from. RN_E_NOMEM. */
int rn_event_copy(struct rn_event *to, const struct rn_event *from, struct rn_arena *a,
	struct rn_error *err);
/** Bytes such a copy takes in the arena, roughly. */
size_t rn_event_copy_bytes(const struct rn_event *ev);

#endif
