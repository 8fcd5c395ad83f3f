/* SPDX-License-Identifier: MIT */
#include "format/squeeze.h"

#include <zstd.h>

struct ZSTD_CCtx_s *rn_squeeze_new(int level)
{
	ZSTD_CCtx *z = ZSTD_createCCtx();
	if (!z)
		return NULL;
	size_t rc = ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, level ? level : 1);
	if (!ZSTD_isError(rc))
		rc = ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
	if (ZSTD_isError(rc)) {
		ZSTD_freeCCtx(z);
		return NULL;
	}
	return z;
}

void rn_squeeze_free(struct ZSTD_CCtx_s *z)
{
	ZSTD_freeCCtx(z);
}

int rn_squeeze(struct ZSTD_CCtx_s *z, struct rn_buffer *out, struct rn_bytes raw,
	struct rn_error *err)
{
	size_t bound = ZSTD_compressBound(raw.len);
	uint8_t *to = rn_buffer_reserve(out, bound);
	if (!to)
		return rn_fail(err, RN_E_NOMEM, "out of memory");
	size_t n = ZSTD_compress2(z, to, bound, raw.p, raw.len);
	if (ZSTD_isError(n))
		return rn_fail(err, RN_E_NOMEM, "zstd: %s", ZSTD_getErrorName(n));
	out->len += n;
	return 0;
}

int rn_squeeze_begin(struct ZSTD_CCtx_s *z, uint64_t raw_bytes, struct rn_error *err)
{
	size_t n = ZSTD_CCtx_reset(z, ZSTD_reset_session_only);
	if (!ZSTD_isError(n))
		n = ZSTD_CCtx_setPledgedSrcSize(z, raw_bytes);
	return ZSTD_isError(n) ? rn_fail(err, RN_E_NOMEM, "zstd: %s", ZSTD_getErrorName(n)) : 0;
}

int rn_squeeze_more(struct ZSTD_CCtx_s *z, struct rn_buffer *out, struct rn_bytes piece, bool last,
	struct rn_error *err)
{
	ZSTD_inBuffer in = { piece.p, piece.len, 0 };
	size_t left;
	do {
		uint8_t *to = rn_buffer_reserve(out, ZSTD_CStreamOutSize() / 2);
		if (!to)
			return rn_fail(err, RN_E_NOMEM, "out of memory");
		ZSTD_outBuffer room = { to, out->cap - out->len, 0 };
		left = ZSTD_compressStream2(z, &room, &in, last ? ZSTD_e_end : ZSTD_e_continue);
		if (ZSTD_isError(left))
			return rn_fail(err, RN_E_NOMEM, "zstd: %s", ZSTD_getErrorName(left));
		out->len += room.pos;
	} while (in.pos < in.size || (last && left));
	return 0;
}

struct ZSTD_DCtx_s *rn_unsqueeze_new(void)
{
	return ZSTD_createDCtx();
}

void rn_unsqueeze_free(struct ZSTD_DCtx_s *z)
{
	ZSTD_freeDCtx(z);
}

int rn_unsqueeze_check(struct rn_bytes frame, size_t raw_bytes, struct rn_error *err)
{
	if (ZSTD_getFrameContentSize(frame.p, frame.len) != raw_bytes)
		return rn_fail(err, RN_E_CORRUPT, "its size is not what the directory says");
	return 0;
}

int rn_unsqueeze(struct ZSTD_DCtx_s *z, uint8_t *to, size_t raw_bytes, struct rn_bytes frame,
	struct rn_error *err)
{
	int rc = rn_unsqueeze_check(frame, raw_bytes, err);
	if (rc)
		return rc;
	if (ZSTD_findFrameCompressedSize(frame.p, frame.len) != frame.len)
		return rn_fail(err, RN_E_CORRUPT, "its frame has another length");
	size_t n = ZSTD_decompressDCtx(z, to, raw_bytes, frame.p, frame.len);
	if (ZSTD_isError(n))
		return rn_fail(err, RN_E_CORRUPT, "%s", ZSTD_getErrorName(n));
	if (n != raw_bytes)
		return rn_fail(err, RN_E_CORRUPT, "its size is not what the directory says");
	return 0;
}
