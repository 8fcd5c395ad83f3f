/* SPDX-License-Identifier: MIT */
/**
 * squeeze - one run of bytes to one zstd frame and back, with the frame's own checksum and size.
 */
#ifndef RN_FORMAT_SQUEEZE_H
#define RN_FORMAT_SQUEEZE_H

#include "shared/buffer.h"
#include "shared/error.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

/** NULL when memory ran out. Free with ZSTD_freeCCtx by rn_squeeze_free. */
struct ZSTD_CCtx_s *rn_squeeze_new(int level);
void rn_squeeze_free(struct ZSTD_CCtx_s *z);
/** Appends one frame. 0 or RN_E_NOMEM. */
int rn_squeeze(struct ZSTD_CCtx_s *z, struct rn_buffer *out, struct rn_bytes raw,
	struct rn_error *err);

/** The same piece by piece, where all of it would be too much memory: begin says how many bytes there
 *  will be, then exactly those come; last with the final ones. The frame is appended to out. */
int rn_squeeze_begin(struct ZSTD_CCtx_s *z, uint64_t raw_bytes, struct rn_error *err);
int rn_squeeze_more(struct ZSTD_CCtx_s *z, struct rn_buffer *out, struct rn_bytes piece, bool last,
	struct rn_error *err);

struct ZSTD_DCtx_s *rn_unsqueeze_new(void);
void rn_unsqueeze_free(struct ZSTD_DCtx_s *z);
/** Unpacks exactly one frame that fills `frame` and holds raw_bytes, into to. The frame's own size
 *  field must agree before anything is written. 0, RN_E_CORRUPT. */
int rn_unsqueeze(struct ZSTD_DCtx_s *z, uint8_t *to, size_t raw_bytes, struct rn_bytes frame,
	struct rn_error *err);
/** The same check without unpacking: what the frame claims to hold is raw_bytes. */
int rn_unsqueeze_check(struct rn_bytes frame, size_t raw_bytes, struct rn_error *err);

#endif
