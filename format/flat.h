/* SPDX-License-Identifier: MIT */
/**
 * flat - an event with all it borrows in one run of memory, at a fixed address.
 *
 * What the queue between recorder and writer holds. The copy's pointers point into itself, so it
 * is used where it lies and never moved.
 */
#ifndef RN_FORMAT_FLAT_H
#define RN_FORMAT_FLAT_H

#include "format/event.h"

struct rn_flat_plan {
	size_t bytes;         /* of the whole copy */
	uint32_t n_spans;     /* how many spans are kept */
	uint32_t last_len;    /* bytes kept of the last of them */
	size_t field_cap;     /* bytes kept of each field of a meta event */
	bool cut, no_stack;
};

/** How ev fits into max bytes: cut where it must be, stack first, then spans from the last.
 *  max is at least 4096. */
struct rn_flat_plan rn_flat_plan(const struct rn_event *ev, size_t max);
/** Copies to `to` (16-byte aligned, plan->bytes long). */
struct rn_event *rn_flat_copy(void *to, const struct rn_event *ev, const struct rn_flat_plan *plan);

#endif
