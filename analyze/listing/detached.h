/* SPDX-License-Identifier: MIT */
/**
 * detached - the tracer's farewells, as strace has them: "Process 12 detached" for each thread that was
 * found running or came to be later, and lives on when the recording was stopped.
 */
#ifndef RN_ANALYZE_LISTING_DETACHED_H
#define RN_ANALYZE_LISTING_DETACHED_H

#include "analyze/listing/listing.h"

/** Tells of a thread now, among the lines, where messages go there; within its line, which must end. */
void rn_tell_detached(struct rn_listing *l, uint32_t utid, uint64_t at_ns);
/** At the end of the listing: tells of those that rn_tell_detached did not. */
void rn_tell_rest_detached(struct rn_listing *l);

#endif
