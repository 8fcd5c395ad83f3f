/* SPDX-License-Identifier: MIT */
/**
 * pack - long columns inside of HTML: numbers as varints, deflated, as base64.
 *
 * What a browser unpacks with DecompressionStream('deflate') (script/columns.js): RFC 1950 around RFC 1951.
 * A column of a million calls takes a fraction of the bytes of JSON, and its memory is that of typed
 * arrays. The same bytes with the same zlib.
 */
#ifndef RN_ANALYZE_REPORT_HTML_PACK_H
#define RN_ANALYZE_REPORT_HTML_PACK_H

#include "shared/buffer.h"
#include "shared/error.h"

/** RFC 4648 with padding, without line ends. */
void rn_put_base64(struct rn_buffer *out, struct rn_bytes b);
/** Deflates raw and appends it as base64. RN_E_NOMEM. */
int rn_html_pack(struct rn_buffer *out, struct rn_bytes raw, struct rn_error *err);

#endif
