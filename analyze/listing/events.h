/* SPDX-License-Identifier: MIT */
/**
 * events - what all listings say of events that are not calls.
 */
#ifndef RN_ANALYZE_LISTING_EVENTS_H
#define RN_ANALYZE_LISTING_EVENTS_H

#include "analyze/listing/listing.h"

/** "ring full": why events were lost. */
const char *rn_lost_cause_text(uint64_t cause);
/** "3 events lost (ring full)" */
void rn_put_lost(struct rn_buffer *out, const struct rn_event *lost);
/** What decoders print of a call at its entry: the arguments before the first that only the exit
 *  tells, with a comma and blank behind them when there is one. */
void rn_put_entry_args(struct rn_buffer *out, const struct rn_event *ev,
	const struct rn_decode_env *env);
/** The name of the errno of a failed call; its number where it has no name. Writes into buf when needed. */
const char *rn_call_errno(const struct rn_call *c, char buf[24]);

#endif
