/* SPDX-License-Identifier: MIT */
/**
 * ladder - less is recorded when the recorder cannot keep up or may not use more, so that nobody is held for it.
 *
 * Three things press: the output (the queue before the encoder is full: a slow disk, a pipe nobody reads), the
 * recorder's share of a CPU (--cpu-limit) and its memory (--memory-limit). Each has a level of its own, the
 * highest counts: 1 short stacks, 2 no stacks and registers, 3 no buffers; by CPU and memory 4 and on one call in
 * 2, 4, .. RN_LADDER_ONE_OF, with weights (shed.h); beyond 3 by the output, and at the top by memory, calls are
 * lost and counted. Each step and its return is a DETAIL event. What changes descriptors, mappings, names or
 * processes is never sampled; when the queue has no room even for such events, all of that is told anew later.
 *
 * The output: threads that are stopped for their calls may be made to wait for it as long as --hold says, a store
 * that fills again four times as fast as the program runs by itself. The less is left of it, the higher the level;
 * without a store the queue's fill decides. Backends that stop nobody wait: their kernel side counts what it loses.
 *
 * What a look at a call costs is left at every level (stops of ptrace). Where that is above the CPU limit calls are not
 * looked at for a while, again and again (gaps.h), with the detail of level 3 in between: as soon as more is owed than keeping less
 * could pay for, or on top of all. When even births and ends are above it, it cannot be kept: the trace says so after a second of
 * that, the recorder at its end.
 *
 * One owner, the thread that watches; held_ns may be looked at by others. No allocation.
 */
#ifndef RN_RECORD_LADDER_H
#define RN_RECORD_LADDER_H

#include "format/event.h"
#include "record/capture/capture.h"
#include "record/gaps.h"
#include "shared/error.h"

#include <stdbool.h>

struct rn_recording;

#define RN_LADDER_FOREVER UINT64_MAX /* of hold_ns */
#define RN_LADDER_ONE_OF 256u
#define RN_LADDER_LEVELS 12u         /* 0 .. 11: one in 256 */
#define RN_LADDER_GAPS RN_DETAIL_GAPS /* the last step of the CPU's, on top of these */
#define RN_LADDER_EXITS 256u
#define RN_LADDER_PREVIEWS 64u

/* What is kept of a call. */
struct rn_detail {
	uint32_t stack_bytes;  /* 0: no stack, no registers */
	uint32_t string_bytes; /* of a buffer */
	uint32_t piece_bytes;  /* of memory that is parsed, not shown */
	uint32_t one_of;       /* 0, 1: every call */
};

/* One thing that presses, and when it may ease off. */
struct rn_pressure {
	unsigned level, max;
	uint64_t calm_from_ns, calm_ns; /* since when it was calm, and for how long it must be */
	uint64_t eased_ns;              /* when it last went down */
};

struct rn_ladder {
	/* Settings. */
	uint64_t hold_ns;      /* the store when it is full */
	double cpu_share;      /* of one CPU; 0: no limit */
	uint64_t memory_bytes; /* 0: no limit */
	bool waits;            /* the backend holds nobody: waiting is free */
	bool may_look_away; /* the backend heeds rn_recording.unseen */
	struct rn_detail full; /* as asked for */

	unsigned level;
	struct rn_pressure output, cpu, memory;
	struct rn_gaps gaps;
	uint64_t store_ns, store_at_ns; /* what is left to wait, as of then */
	uint64_t held_ns;
	uint64_t look_ns;               /* at CPU and memory next */
	uint64_t cpu_ns, cpu_at_ns;     /* at the last look */
	uint64_t lost, lost_from_ns;    /* not told yet */
	enum rn_lost_cause cause;
	bool shut;                      /* calls are lost until the queue is half empty */
	bool memory_over;
	uint64_t top_cpu_ns, top_ns;    /* used at the top of the CPU's levels, above the limit, and how long */
	bool told_top;
	bool untold;                    /* events of state had no room */
	struct rn_span span[RN_CAPTURE_SPANS]; /* of the call that is trimmed */
	/* Calls under way of which there is a preview in the trace: that stands for them where they are lost. */
	struct rn_ladder_preview {
		uint64_t ts_ns;
		uint32_t utid;
	} preview[RN_LADDER_PREVIEWS];
	unsigned n_previews;
	unsigned n_exits;               /* of threads that ended then, as far as there is room */
	struct rn_ladder_exit {
		uint64_t ts_ns, status, superseded;
		uint32_t utid;
	} exit[RN_LADDER_EXITS];
};

/** Whether there is anything to do: else it is not used. */
bool rn_ladder_is_needed(const struct rn_ladder *l);
/** Sets up rec->ladder and rec->detail; the pipeline runs. */
void rn_ladder_begin(struct rn_ladder *l, struct rn_recording *rec);
/** Looks at CPU and memory when it is time: without events nobody would. */
void rn_ladder_look(struct rn_ladder *l, struct rn_recording *rec);
/** Passes the event on, or counts it as lost. */
void rn_ladder_push(struct rn_ladder *l, struct rn_recording *rec, const struct rn_event *ev);
/** Tells of what is lost and not told yet; waits for room. */
void rn_ladder_finish(struct rn_ladder *l, struct rn_recording *rec);

#endif
