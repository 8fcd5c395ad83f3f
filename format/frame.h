/* SPDX-License-Identifier: MIT */
/**
 * frame - the zstd frames a trace is made of, and the envelope of our own ones.
 *
 * Our own frames are zstd skippable frames: magic, length, eight bytes that name the kind, a
 * body, and a CRC-32C of everything before it. docs/format.md, "Frames": change both.
 */
#ifndef RN_FORMAT_FRAME_H
#define RN_FORMAT_FRAME_H

#include "shared/buffer.h"
#include "shared/error.h"

#define RN_FRAME_MAGIC 0x184D2A52u      /* our skippable frames */
#define RN_FRAME_MAGIC_SEEK 0x184D2A5Eu /* of zstd's seekable format */
#define RN_FRAME_MAGIC_ZSTD 0xFD2FB528u
#define RN_FRAME_HEAD 16                /* magic, length, kind: enough for rn_frame_sniff */
#define RN_FRAME_MIN (RN_FRAME_HEAD + 4)
/* No frame of ours is larger: directories are small, an index is cut into chunks. */
#define RN_FRAME_MAX_BYTES ((uint64_t)64 << 20)

enum rn_frame_kind {
	RN_FRAME_NONE,      /* not a frame, or not enough bytes to tell */
	RN_FRAME_HEADER, RN_FRAME_BLOCK, RN_FRAME_MODULE, RN_FRAME_INDEX,
	RN_FRAME_UNKNOWN,   /* our magic, a kind this build does not know: skipped by its length */
	RN_FRAME_SEEK,      /* zstd's seek table */
	RN_FRAME_FOREIGN,   /* somebody else's skippable frame */
	RN_FRAME_ZSTD,      /* data; its length is not in its head */
};

/** What begins at b (RN_FRAME_HEAD bytes suffice) and, for all but NONE and ZSTD, the length of
 *  the whole frame. */
enum rn_frame_kind rn_frame_sniff(struct rn_bytes b, uint64_t *frame_bytes);

/** The body of a whole frame of ours. 0 or RN_E_CORRUPT (length or checksum). */
int rn_frame_body(struct rn_bytes frame, struct rn_bytes *body, struct rn_error *err);

/** Starts a frame at the end of out; returns its place for rn_frame_end, which closes it. */
size_t rn_frame_begin(struct rn_buffer *out, enum rn_frame_kind kind);
void rn_frame_end(struct rn_buffer *out, size_t at);

/** Where in b the next frame of ours begins (at `from` or later), or b.len. Only the sixteen bytes
 *  of the head are looked at: the caller proves the rest. */
size_t rn_frame_find(struct rn_bytes b, size_t from);

#endif
