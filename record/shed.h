/* SPDX-License-Identifier: MIT */
/**
 * shed - calls that are left out on request: --sample SET=1/N, --rate-limit [SET=]N/s.
 *
 * What is left out is counted by call and told in the trace (SAMPLED events), once a second where it
 * happens, so that the calls kept have a weight: by call number, (kept + left out) / kept; both are told.
 * Sampling is by lot, one call in N. A rate is kept in windows of a tenth of a second, by call number.
 * Never left out are calls that change what a reader must know (descriptors, mappings, directories,
 * names, processes) and those that never returned. Of a call that may be left out there are no previews.
 * Asked for on the tracing thread: a look at a table, no memory, no system call.
 */
#ifndef RN_RECORD_SHED_H
#define RN_RECORD_SHED_H

#include "format/event.h"
#include "record/options.h"
#include "shared/buffer.h"

struct rn_shed;

/** *out is NULL when nothing is to be left out, now or (rn_shed_thin) later. rules: what the header says of it, appended. RN_E_USAGE, RN_E_NOMEM. */
int rn_shed_parse(struct rn_shed **out, const struct rn_record_options *o, struct rn_buffer *rules,
	struct rn_error *err);
void rn_shed_free(struct rn_shed *s);

/** From here on one in `one_of` of all calls that may be left out is kept, besides the rules; 0 and 1: all. */
void rn_shed_thin(struct rn_shed *s, uint32_t one_of);
/** How many calls were left out until now; any thread. */
uint64_t rn_shed_left_out(const struct rn_shed *s);
/** Whether a call shall be kept. */
bool rn_shed_keeps(struct rn_shed *s, const struct rn_event *call);
/** It was to be kept, and is lost for another reason after all: it stands for no other. */
void rn_shed_lost(struct rn_shed *s, const struct rn_event *call);
/** The next SAMPLED event that is due (all: whatever there is); false: none. */
bool rn_shed_tell(struct rn_shed *s, uint64_t now_ns, bool all, struct rn_event *ev);

#endif
