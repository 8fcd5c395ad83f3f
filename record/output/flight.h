/* SPDX-License-Identifier: MIT */
/**
 * flight - the flight recorder: the last MiB of a recording, packed, in memory; written when it matters.
 *
 * A keeper (format/keeper.h). Blocks are kept until those behind them need their room; what a
 * block told is then learnt by a ledger, so that a snapshot can begin with the state as of its oldest
 * block. A snapshot is a complete trace: that state, the blocks, the images of the modules they name.
 * It is written by a thread of its own (flight_save.h) while recording goes on; blocks that it
 * still has to write count as kept, so that memory stays within the limit.
 * Snapshots are named as the files of a series (series.h).
 */
#ifndef RN_RECORD_OUTPUT_FLIGHT_H
#define RN_RECORD_OUTPUT_FLIGHT_H

#include "format/keeper.h"
#include "record/output/snapshot_on.h"
#include "record/recording.h"

struct rn_flight;
struct rn_privacy;

struct rn_flight_options {
	const char *path;             /* as -o has it */
	uint64_t ring_bytes;          /* of packed blocks */
	uint64_t max_files;           /* 0: all are kept */
	uint64_t pause_ns;            /* between snapshots nobody asked for by hand */
	bool at_end;                  /* one more when the recording ends */
	const struct rn_snapshot_on *on; /* NULL: no calls */
	struct rn_writer_options writer;
	const struct rn_privacy *privacy; /* masks the words of rules; NULL: nothing */
};

/** rec is borrowed, header is copied but for its strings; strings of o are borrowed. */
int rn_flight_open(struct rn_flight **out, const struct rn_flight_options *o,
	struct rn_recording *rec, const struct rn_header *header, struct rn_error *err);
struct rn_keeper rn_flight_keeper(struct rn_flight *f);

#endif
