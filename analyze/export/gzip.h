/* SPDX-License-Identifier: MIT */
/**
 * gzip - a stream of bytes compressed on its way into a file (RFC 1952), without name and time.
 */
#ifndef RN_ANALYZE_EXPORT_GZIP_H
#define RN_ANALYZE_EXPORT_GZIP_H

#include "shared/bytes.h"
#include "shared/error.h"

#include <stdio.h>

struct rn_gzip;

/** Borrows the stream. RN_E_NOMEM. */
int rn_gzip_open(struct rn_gzip **out, FILE *stream, struct rn_error *err);
/** RN_E_PIPE, RN_E_NO_SPACE, RN_E_IO. */
int rn_gzip_write(struct rn_gzip *g, struct rn_bytes bytes, struct rn_error *err);
/** Writes the end; the same errors. */
int rn_gzip_finish(struct rn_gzip *g, struct rn_error *err);
void rn_gzip_free(struct rn_gzip *g);

#endif
