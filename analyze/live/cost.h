/* SPDX-License-Identifier: MIT */
/**
 * cost - what tracing and reporting themselves took: --profile-self.
 */
#ifndef RN_ANALYZE_LIVE_COST_H
#define RN_ANALYZE_LIVE_COST_H

#include "analyze/model/model.h"

#include <stdio.h>

/** A table of facts: calls, the recorder's times (it tells them in its last event, end; without one they
 *  are left out), and this process' own so far. wall_ns: from before the recorder began until now. */
int rn_live_cost_tell(FILE *stream, const struct rn_model_end *end, uint64_t wall_ns, struct rn_error *err);

#endif
