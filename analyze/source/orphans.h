/* SPDX-License-Identifier: MIT */
/**
 * orphans - the calls that were under way when the trace ended and never completed.
 *
 * A preview (RN_CALL_PENDING) whose call came later is no call of its own; one whose call never came is.
 * Which is which takes a walk over the whole trace, so whoever reads blocks out of order, or skips some,
 * asks here.
 */
#ifndef RN_ANALYZE_SOURCE_ORPHANS_H
#define RN_ANALYZE_SOURCE_ORPHANS_H

#include "analyze/model/idmap.h"
#include "analyze/source/source.h"

struct rn_orphans {
	struct rn_idmap by_utid; /* to ts_ns: a thread has one call under way */
	uint64_t *ts_ns;
	uint32_t n;
	struct rn_reader *later; /* not looked for yet: in this reader, when a preview is met */
};

/** The reader must be seekable and is read to its end. Fini also after an error. */
int rn_orphans_find(struct rn_orphans *o, struct rn_reader *r, struct rn_error *err);
/** Puts the walk off until somebody asks about a preview: most traces have none. Borrows the reader. */
void rn_orphans_find_later(struct rn_orphans *o, struct rn_reader *r);
void rn_orphans_fini(struct rn_orphans *o);
/** Whether the preview that this thread's call at this time has is all there is of the call. After find_later
 *  one thread may ask; when memory runs out looking, there are none. */
bool rn_orphans_has(struct rn_orphans *o, uint32_t utid, uint64_t ts_ns);

/** Without the previews that are no calls of their own; orphans NULL: without any. Borrows. NULL: no
 *  memory, inner is freed. */
struct rn_source *rn_source_calls(struct rn_source *inner, struct rn_orphans *orphans);

#endif
