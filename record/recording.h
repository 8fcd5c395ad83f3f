/* SPDX-License-Identifier: MIT */
/**
 * recording - one recording under way: what is shared by the session and a backend.
 *
 * A backend turns what it sees into events and pushes them here; it knows nothing
 * of files, blocks and threads. Pushing takes no allocation and no lock. When the
 * output fails, the error is kept and later events are dropped: the backend looks
 * at rn_recording_broken between events and lets its tracees go.
 */
#ifndef RN_RECORD_RECORDING_H
#define RN_RECORD_RECORDING_H

#include "record/control/demand.h"
#include "record/control/progress.h"
#include "record/cost.h"
#include "record/ladder.h"
#include "record/options.h"
#include "record/shed.h"
#include "record/tracee/sockets.h"
#include "shared/filter.h"

#include <pthread.h>
#include <time.h>

struct rn_recording {
	const struct rn_record_options *options;
	const struct rn_filter *filter;   /* NULL: every call */
	struct rn_diag *diag;             /* how the backend's remarks reach the user */
	const struct rn_chaos *chaos;     /* what the program is put through; NULL: nothing */
	struct rn_pipeline *pipeline;     /* NULL until the session started it */
	struct rn_embedder *embedder;     /* of files whose code ran; NULL: none wanted */
	uint64_t start_ns;                /* CLOCK_MONOTONIC at trace time 0 */
	uint64_t as_of_ns;                /* trace time of what is being told late; 0: it is now */
	uint64_t last_ns;                 /* of the last event pushed */
	uint32_t last_utid;
	int output_error;                 /* 0 or what the pipeline said first */
	uint64_t n_calls, n_events, n_lost; /* by rn_recording_count: others may look */
	struct rn_sockets sockets;        /* for fdwatch */
	struct rn_shed *shed;             /* what is left out on request; NULL: nothing */
	struct rn_ladder *ladder;         /* what is left out so that nobody waits; NULL: nothing, all wait */
	struct rn_detail detail;          /* what is kept of a call now */
	bool unseen; /* calls are not to be looked at now: gaps.h */
	uint64_t n_unseen; /* the backend's count of those that were not, untold; 0: not known */
	uint64_t return_ns; /* CPU time that looking at calls again took last: gaps.h */
	bool retell;                      /* the backend is to tell again what a reader must know */
	struct rn_cost cost;
	struct rn_demand demand;          /* what somebody wants of the keeper */
	struct rn_progress progress;
	/* The embedder in the eyes of the pipeline's thread: NULL before it began and once it ends. */
	struct rn_embed_view {
		pthread_mutex_t lock;
		struct rn_embedder *embedder;
	} embeds;
};

/** Nanoseconds of trace time. */
static inline uint64_t rn_recording_now(const struct rn_recording *rec)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec - rec->start_ns;
}

/** The time of an event that follows from what is being told. */
static inline uint64_t rn_recording_stamp(const struct rn_recording *rec)
{
	return rec->as_of_ns ? rec->as_of_ns : rn_recording_now(rec);
}

static inline bool rn_recording_wants(const struct rn_recording *rec, enum rn_abi abi, uint32_t nr)
{
	return !rec->filter || rn_filter_match(rec->filter, abi, nr);
}

static inline bool rn_recording_broken(const struct rn_recording *rec)
{
	return rec->output_error != 0;
}

static inline uint32_t rn_recording_new_utid(struct rn_recording *rec)
{
	return ++rec->last_utid;
}

/** Adds to a counter of the recording, which the thread that records alone writes and others read at any time. */
static inline void rn_recording_count(uint64_t *counter, uint64_t more)
{
	__atomic_store_n(counter, *counter + more, __ATOMIC_RELAXED);
}

/* What of --memory-limit is for what, one in so many: the queue, the open block (whose encoder has it several times),
 * images that wait, one image, the stacks of threads in a call. The rest is what the recorder has anyway. */
enum rn_memory_part { RN_MEMORY_QUEUE = 16, RN_MEMORY_BLOCK = 64, RN_MEMORY_IMAGES = 16, RN_MEMORY_IMAGE = 8,
	RN_MEMORY_STACKS = 4 };
/** UINT64_MAX: no limit. */
static inline uint64_t rn_recording_memory_part(const struct rn_recording *rec, enum rn_memory_part part)
{
	return rec->options->memory_bytes ? rec->options->memory_bytes / part : UINT64_MAX;
}

/** Copies the event to the trace, unless it is a call that is to be left out. */
void rn_recording_push(struct rn_recording *rec, const struct rn_event *ev);
/** For the ladder: the event goes to the queue, waiting at most so long, with `spare` bytes left behind it, and is
 *  counted. 0, RN_E_LIMIT (no room), or the output's error, which is kept. */
int rn_recording_put(struct rn_recording *rec, const struct rn_event *ev, uint64_t wait_ns, size_t spare);
/** Whether it is not to be left out on request; tells now and then what was. */
bool rn_recording_keeps(struct rn_recording *rec, const struct rn_event *ev);
/** Tells of all that was left out until now. */
void rn_recording_tell_shed(struct rn_recording *rec);

/** A remark that stays in the trace (utid 0: about the recording). severity: as NOTE's. */
void rn_recording_note(struct rn_recording *rec, uint32_t utid, unsigned severity, const char *fmt,
	...) __attribute__((format(printf, 4, 5)));

#endif
