/* SPDX-License-Identifier: MIT */
/**
 * packer - events in, packed blocks out; where a block goes is somebody else's to say.
 *
 * The writer (writer.h) puts them into a file one after the other, the recorder's flight
 * recorder keeps the last of them in memory. A block is closed at a size, a count or an
 * age. One owner thread.
 */
#ifndef RN_FORMAT_PACKER_H
#define RN_FORMAT_PACKER_H

#include "format/block_encoder.h"
#include "format/writer.h"

struct rn_packer {
	struct rn_writer_options opts; /* with defaults filled in */
	struct rn_block_encoder block;
	struct rn_thread_table threads;
	struct ZSTD_CCtx_s *z;
	uint64_t events, calls;        /* put in so far */
};

/** opts may be NULL. rn_packer_fini after success and failure alike. 0 or RN_E_NOMEM. */
int rn_packer_init(struct rn_packer *p, const struct rn_writer_options *opts);
void rn_packer_fini(struct rn_packer *p);

/** Copies what the event borrows. 0, RN_E_ARG (this event alone is refused), RN_E_NOMEM. */
int rn_packer_put(struct rn_packer *p, const struct rn_event *ev, struct rn_error *err);
/** Whether the block must be closed, by size, count, or (now_ns, trace time) age. */
bool rn_packer_is_full(const struct rn_packer *p);
bool rn_packer_is_old(const struct rn_packer *p, uint64_t now_ns);
/** When it gets too old, in trace time; UINT64_MAX when it is empty. */
uint64_t rn_packer_deadline_ns(const struct rn_packer *p);
/** Events in the open block. */
uint32_t rn_packer_pending(const struct rn_packer *p);

/** Appends the open block, which holds an event, to out: directory frame, then sections. The caller
 *  sets d->number and d->first_seq; the rest of *d is filled in, its sets are borrowed until the
 *  next put. */
int rn_packer_finish(struct rn_packer *p, struct rn_buffer *out, struct rn_directory *d,
	struct rn_error *err);
/** Begins the next block. */
void rn_packer_clear(struct rn_packer *p);

#endif
