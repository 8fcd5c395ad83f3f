/* SPDX-License-Identifier: MIT */
/**
 * pipeline - a writer on its own thread, behind a bounded queue.
 *
 * The producer's side is the recorder's event path: rn_pipeline_push copies the
 * event into a ring of fixed size and returns; no allocation, no lock, and a
 * system call only when the consumer sleeps and much has gathered (or the queue
 * is full and the producer must wait). One producer, one consumer. The consumer
 * closes blocks by age on its own, so a quiet trace is on disk within 0.2 s.
 */
#ifndef RN_FORMAT_PIPELINE_H
#define RN_FORMAT_PIPELINE_H

#include "format/keeper.h"

struct rn_pipeline;

struct rn_pipeline_options {
	size_t ring_bytes;       /* power of two; 0: 2 MiB */
	uint64_t start_monotonic_ns; /* the header's: turns CLOCK_MONOTONIC into trace time */
	/* Called for each event on the pipeline's thread before the keeper has it; may change it and the
	 * bytes it borrows in place. NULL: events stay as they are. */
	void (*edit)(void *arg, struct rn_event *ev);
	void *edit_arg;
	/* Asked for an event between others, on the pipeline's thread, when it is due by the time of those, and
	 * not while there is nothing to write: false: none. NULL: never. */
	bool (*remark)(void *arg, const struct rn_writer_totals *totals, struct rn_event *ev);
	void *remark_arg;
	uint64_t remark_every_ns;
	size_t held_bytes;           /* of images that wait for their turn; 0: 4 MiB */
	bool low_priority;           /* the thread gives way to others (SCHED_BATCH, nice 5) */
};

/** Takes the keeper over (also on error) and starts the thread (all signals blocked in it). */
int rn_pipeline_start_keeper(struct rn_pipeline **out, struct rn_keeper keeper,
	const struct rn_pipeline_options *opts, struct rn_error *err);
/** The same with the keeper of one file. */
int rn_pipeline_start(struct rn_pipeline **out, struct rn_writer *w,
	const struct rn_pipeline_options *opts, struct rn_error *err);

/** Copies the event into the queue; waits while it is full. An event larger than a quarter of the
 *  ring is cut (stack first, then spans from the last) and marked RN_CALL_TRUNCATED.
 *  0, or the writer's error, which is final. */
int rn_pipeline_push(struct rn_pipeline *p, const struct rn_event *ev);
/** The same waiting at most so long (0: not at all), and only where `spare` bytes stay free behind it:
 *  RN_E_LIMIT when it does not fit. */
int rn_pipeline_push_within(struct rn_pipeline *p, const struct rn_event *ev, uint64_t wait_ns,
	size_t spare);
/** Producer: how full the queue is, in sixteenths, rounded down; exact only from `from` on. */
unsigned rn_pipeline_fill(struct rn_pipeline *p, unsigned from);
size_t rn_pipeline_ring_bytes(const struct rn_pipeline *p);
/** Copies a module image aside and queues it; may allocate (not for the event path). Any thread, as
 *  long as the pipeline runs. 0, RN_E_NOMEM, or the writer's error. */
int rn_pipeline_module(struct rn_pipeline *p, const struct rn_module_image *m);
/** The same with an image that is packed already (rn_writer_packed_module), so that the writer's
 *  thread has no work with it. Takes over what *frame holds, also on error. */
int rn_pipeline_packed_module(struct rn_pipeline *p, const struct rn_module_image *what,
	uint64_t raw_bytes, struct rn_buffer *frame);

/** The keeper has its tick soon. Any thread; from a signal's handler too. */
void rn_pipeline_nudge(struct rn_pipeline *p);

/** 0, or the error the writer met; one relaxed load. The message: rn_pipeline_stop. */
int rn_pipeline_error(const struct rn_pipeline *p);

/** Everything queued is written and the file is closed (close = true) or left without its tail;
 *  the thread is joined; frees. *totals (may be NULL) is filled. Returns the writer's error. */
int rn_pipeline_stop(struct rn_pipeline *p, bool close, struct rn_writer_totals *totals,
	struct rn_error *err);

#endif
