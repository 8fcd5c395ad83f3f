/* SPDX-License-Identifier: MIT */
/**
 * flight_save - writes one snapshot after the other, on a thread of low priority.
 *
 * What is to be written is gathered by the recording's side (a job) and not changed any more; blocks are
 * counted references, given back one by one as they are written.
 */
#ifndef RN_RECORD_OUTPUT_FLIGHT_SAVE_H
#define RN_RECORD_OUTPUT_FLIGHT_SAVE_H

#include "format/writer.h"
#include "record/control/progress.h"
#include "record/output/shelf.h"

/* A block in memory as it will be in the file. */
struct rn_kept_block {
	struct rn_kept_block *next;
	_Atomic uint32_t n_users;
	_Atomic uint64_t *total;  /* bytes of all that are kept: less when this one is freed */
	uint64_t bytes;
	uint64_t first_ns, number, n_calls, n_events;
	_Alignas(8) uint8_t p[];
};
/** Frees it with its last user. */
void rn_kept_block_drop(struct rn_kept_block *b);

struct rn_snapshot {
	struct rn_snapshot *next;
	struct rn_header header;      /* strings outlive the saver but for series_cause */
	char cause[200];
	char path[4096];
	struct rn_buffer head;        /* packed blocks of the state */
	size_t head_block[64];        /* where each of them ends */
	unsigned n_head_blocks;
	struct rn_kept_block **block;
	size_t n_blocks;
	struct rn_shelved *image;     /* copies */
	size_t n_images;
	struct rn_ev_END end;         /* its last event; wall_ns is its time, too */
	uint64_t max_files;           /* prune afterwards; 0: no */
	const char *series_path;
};

struct rn_saver;

/** shelf and progress are borrowed. NULL: no memory, no thread. */
struct rn_saver *rn_saver_start(struct rn_shelf *shelf, const struct rn_writer_options *o,
	struct rn_progress *progress);
/** Takes the snapshot over. */
void rn_saver_put(struct rn_saver *s, struct rn_snapshot *snap);
/** Writes what waits, ends the thread, frees. The last error, 0: none. NULL is fine. */
int rn_saver_finish(struct rn_saver *s, uint64_t *file_bytes, struct rn_error *err);
void rn_snapshot_free(struct rn_snapshot *snap);

#endif
