/* SPDX-License-Identifier: MIT */
/**
 * gaps - a CPU limit is kept by not looking at calls for a while, where keeping less of each is not enough.
 *
 * An account: CPU time used is owed, the limit's share of what has passed pays for it. Once a swing is owed calls are
 * no longer looked at (rn_recording.unseen; what the backend then still sees is births, programs, ends, signals), until as
 * much has been saved: over time the recorder takes just its share. Each gap is a LOST event with the cause RN_LOST_CPU and
 * a count of 0 where it is not known, its sum is in COST and END events.
 * Its owner is the ladder, whose last step it is.
 */
#ifndef RN_RECORD_GAPS_H
#define RN_RECORD_GAPS_H

#include <stdbool.h>
#include <stdint.h>

struct rn_recording;

struct rn_gaps {
	double share; /* of one CPU */
	double owed_ns; /* negative: saved */
	uint64_t cpu_ns, at_ns; /* at the last look */
	uint64_t since_ns; /* when the gap began; 0: there is none */
	uint64_t told_from_ns; /* of one that is over and not told yet; 0: none */
	uint64_t over_ns; /* when the last one was over */
	uint64_t unseen_ns; /* all that are over together; others may look */
};

void rn_gaps_begin(struct rn_gaps *g, double share, uint64_t cpu_ns, uint64_t now_ns);
/** Keeps the account; where gaps are in use (wanted) begins and ends them. */
void rn_gaps_look(struct rn_gaps *g, struct rn_recording *rec, uint64_t cpu_ns, uint64_t now_ns, bool wanted);
/** Whether so much is owed that keeping less cannot pay for it in time. */
bool rn_gaps_is_deep(const struct rn_gaps *g);
/** The one under way is over; all of them are told. */
void rn_gaps_finish(struct rn_gaps *g, struct rn_recording *rec, uint64_t now_ns);

#endif
