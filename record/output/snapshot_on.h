/* SPDX-License-Identifier: MIT */
/**
 * snapshot_on - which calls are worth a snapshot: SET[:errno=ERRNO|errno=any][:latency>TIME].
 *
 * SET is what -e trace= takes. Conditions of one rule must all hold; without one every call of
 * the set is meant. Asked on the pipeline's thread.
 */
#ifndef RN_RECORD_OUTPUT_SNAPSHOT_ON_H
#define RN_RECORD_OUTPUT_SNAPSHOT_ON_H

#include "format/event.h"
#include "shared/option.h"

struct rn_snapshot_on;

/** NULL with *err untouched when there is no rule. RN_E_USAGE, RN_E_NOMEM. */
int rn_snapshot_on_parse(struct rn_snapshot_on **out, const struct rn_strings *rules,
	struct rn_error *err);
void rn_snapshot_on_free(struct rn_snapshot_on *s);
/** The rule that a call meets, as it was written; NULL: none. */
const char *rn_snapshot_on_match(const struct rn_snapshot_on *s, const struct rn_call *call);

#endif
