/* SPDX-License-Identifier: MIT */
/**
 * demand - what somebody wants of a recording under way: another file, a snapshot.
 *
 * Asked for by a signal's handler, the control socket or the tracing thread, all of which must not
 * wait; done by the keeper on the pipeline's thread, at its next tick. Asking twice before it was
 * done is asking once.
 */
#ifndef RN_RECORD_CONTROL_DEMAND_H
#define RN_RECORD_CONTROL_DEMAND_H

#include "format/pipeline.h"

/* Why a snapshot is wanted: bits, for several may come together. */
enum rn_snapshot_cause {
	RN_SNAP_SIGNAL = 1,  /* SIGUSR2 */
	RN_SNAP_CONTROL = 2, /* renacer-record ctl snapshot */
	RN_SNAP_CRASH = 4,   /* a process was killed by a signal that dumps core */
	RN_SNAP_STATUS = 8,  /* the command ended with another status than 0 */
	RN_SNAP_CALL = 16,   /* a call was as --snapshot-on describes */
	RN_SNAP_END = 32,    /* the recording ended (--snapshot-at-end) */
};

struct rn_demand {
	_Atomic uint32_t rotate;
	_Atomic uint32_t snapshot;              /* enum rn_snapshot_cause bits */
	_Atomic(struct rn_pipeline *) pipeline; /* NULL before and after */
};

static inline void rn_demand_tell(struct rn_demand *d)
{
	struct rn_pipeline *p = d->pipeline;
	if (p)
		rn_pipeline_nudge(p);
}

/** Safe in a signal's handler. */
static inline void rn_demand_rotate(struct rn_demand *d)
{
	d->rotate = 1;
	rn_demand_tell(d);
}

static inline void rn_demand_snapshot(struct rn_demand *d, enum rn_snapshot_cause cause)
{
	d->snapshot |= (uint32_t)cause;
	rn_demand_tell(d);
}

#endif
