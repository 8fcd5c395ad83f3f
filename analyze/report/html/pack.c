/* SPDX-License-Identifier: MIT */
#include "analyze/report/html/pack.h"

#include <zlib.h>

#define LEVEL 6
#define CHUNK ((size_t)3 << 16) /* of three bytes base64 makes four, without padding in between */

void rn_put_base64(struct rn_buffer *out, struct rn_bytes b)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t *to = rn_buffer_reserve(out, (b.len + 2) / 3 * 4);
	if (!to)
		return;
	for (size_t i = 0; i < b.len; i += 3) {
		size_t n = b.len - i < 3 ? b.len - i : 3;
		uint32_t bits = (uint32_t)b.p[i] << 16 | (n > 1 ? (uint32_t)b.p[i + 1] << 8 : 0) |
			(n > 2 ? b.p[i + 2] : 0);
		*to++ = (uint8_t)digits[bits >> 18];
		*to++ = (uint8_t)digits[bits >> 12 & 63];
		*to++ = n > 1 ? (uint8_t)digits[bits >> 6 & 63] : '=';
		*to++ = n > 2 ? (uint8_t)digits[bits & 63] : '=';
	}
	out->len += (b.len + 2) / 3 * 4;
}

/* Everything that is in packed in whole threes, or all of it. */
static void put_packed(struct rn_buffer *out, const uint8_t *packed, size_t *n, bool last)
{
	if (*n == CHUNK || last) {
		rn_put_base64(out, rn_bytes_of(packed, *n));
		*n = 0;
	}
}

static int deflate_all(z_stream *z, struct rn_buffer *out, struct rn_bytes raw, uint8_t *packed)
{
	size_t done = 0, n = 0;
	int rc = Z_OK;
	while (rc != Z_STREAM_END) {
		size_t more = raw.len - done < UINT32_MAX / 2 ? raw.len - done : UINT32_MAX / 2;
		z->next_in = (uint8_t *)raw.p + done; /* zlib does not write there */
		z->avail_in = (uInt)more;
		z->next_out = packed + n;
		z->avail_out = (uInt)(CHUNK - n);
		rc = deflate(z, done + more == raw.len ? Z_FINISH : Z_NO_FLUSH);
		if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR)
			return rc;
		done += more - z->avail_in;
		n = CHUNK - z->avail_out;
		put_packed(out, packed, &n, rc == Z_STREAM_END);
	}
	return Z_OK;
}

int rn_html_pack(struct rn_buffer *out, struct rn_bytes raw, struct rn_error *err)
{
	struct rn_buffer packed = RN_BUFFER_INIT;
	z_stream z = { .next_in = NULL };
	int rc = rn_buffer_reserve(&packed, CHUNK) ? deflateInit(&z, LEVEL) : Z_MEM_ERROR;
	if (rc == Z_OK)
		rc = deflate_all(&z, out, raw, packed.p);
	deflateEnd(&z);
	rn_buffer_fini(&packed);
	return rc == Z_OK && rn_buffer_ok(out) ? 0 : rn_fail(err, RN_E_NOMEM, "out of memory for a report");
}
