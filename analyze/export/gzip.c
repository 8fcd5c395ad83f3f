/* SPDX-License-Identifier: MIT */
#include "analyze/export/gzip.h"

#include <errno.h>
#include <stdlib.h>
#include <zlib.h>

#define GZIP_WINDOW (15 + 16) /* the greatest window, and a header of gzip instead of zlib's */
#define CHUNK_BYTES 65536u

struct rn_gzip {
	FILE *stream;
	z_stream z;
	uint8_t out[CHUNK_BYTES];
};

int rn_gzip_open(struct rn_gzip **out, FILE *stream, struct rn_error *err)
{
	struct rn_gzip *g = calloc(1, sizeof(*g));
	if (!g || deflateInit2(&g->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8,
			Z_DEFAULT_STRATEGY) != Z_OK) {
		free(g);
		return rn_fail(err, RN_E_NOMEM, "out of memory for an export");
	}
	g->stream = stream;
	*out = g;
	return 0;
}

static int deflate_all(struct rn_gzip *g, int flush, struct rn_error *err)
{
	do {
		g->z.next_out = g->out;
		g->z.avail_out = CHUNK_BYTES;
		deflate(&g->z, flush);
		size_t n = CHUNK_BYTES - g->z.avail_out;
		errno = 0;
		if (n && fwrite(g->out, 1, n, g->stream) != n)
			return rn_fail_errno(err, rn_error_of_errno(errno), errno, "cannot write the export");
	} while (!g->z.avail_out);
	return 0;
}

int rn_gzip_write(struct rn_gzip *g, struct rn_bytes bytes, struct rn_error *err)
{
	int rc = 0;
	while (!rc && bytes.len) {
		size_t n = bytes.len < CHUNK_BYTES ? bytes.len : CHUNK_BYTES;
		g->z.next_in = (uint8_t *)bytes.p;
		g->z.avail_in = (uInt)n;
		rc = deflate_all(g, Z_NO_FLUSH, err);
		bytes = rn_bytes_of(bytes.p + n, bytes.len - n);
	}
	return rc;
}

int rn_gzip_finish(struct rn_gzip *g, struct rn_error *err)
{
	return deflate_all(g, Z_FINISH, err);
}

void rn_gzip_free(struct rn_gzip *g)
{
	if (g)
		deflateEnd(&g->z);
	free(g);
}
