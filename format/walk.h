/* SPDX-License-Identifier: MIT */
/**
 * walk - the frames of a trace one after the other, stepping over damage.
 *
 * Works on every input, with the bytes of the current item in view. What cannot be right is noted
 * as damage, and the next frame of ours whose checksum holds is looked for byte by byte. Cost of
 * that search is bounded also in hostile input: it only tries ever smaller frames.
 */
#ifndef RN_FORMAT_WALK_H
#define RN_FORMAT_WALK_H

#include "format/damage.h"
#include "format/frame.h"
#include "format/index.h"
#include "format/input.h"

struct rn_walk {
	struct rn_input *in;
	struct rn_damage_log *log;
	struct rn_index_writer seek; /* the seek table as it should be */
	uint64_t pending;            /* bytes of the item handed out, still at the position */
	uint64_t pending_head;       /* of these, its checked first frame */
	uint64_t pending_number;     /* the block they are */
	uint64_t next_number;        /* of the next block */
	uint64_t failed_bytes;       /* checksums computed in vain */
	bool gap;                    /* something was passed over since the last block */
	bool last_index;             /* the final index was met, whole */
	bool complete;               /* and after it the seek table, whole, and nothing else */
};

struct rn_walk_item {
	enum rn_frame_kind kind;  /* BLOCK or MODULE */
	uint64_t offset;
	struct rn_bytes frame;    /* the directory or descriptor, in the input's view */
	uint64_t behind_bytes;    /* sections or image that belong to it */
	uint64_t number;          /* BLOCK */
};

/** From the input's position (behind the header, of header_bytes) on. */
void rn_walk_init(struct rn_walk *w, struct rn_input *in, struct rn_damage_log *log,
	uint64_t header_bytes);
void rn_walk_fini(struct rn_walk *w);
/** What was in front of the position is damaged (text says what): to the next sound frame. */
int rn_walk_resume(struct rn_walk *w, const char *text, struct rn_error *err);
/** 0, RN_END, RN_E_IO, RN_E_NOMEM. The item's bytes begin at the input's position. */
int rn_walk_next(struct rn_walk *w, struct rn_walk_item *out, struct rn_error *err);

#endif
