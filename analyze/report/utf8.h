/* SPDX-License-Identifier: MIT */
/**
 * utf8 - bytes of a traced program become text that every parser accepts, and back.
 *
 * Names, paths and arguments are bytes, not text. A byte that is not part of
 * well-formed UTF-8 travels as the private-use code point U+EF00 + byte (U+EF80 ..
 * U+EFFF; U+EF00 .. U+EF1F for control bytes where a format cannot hold them). So
 * that this can be undone, text that already contains U+EF00 .. U+EFFF counts as
 * not well-formed here, and its three bytes travel one by one. To get the bytes
 * back: encode as UTF-8, each code point of U+EF00 .. U+EFFF as its low byte.
 * Source: Unicode 15, table 3-7 (well-formed sequences).
 */
#ifndef RN_ANALYZE_REPORT_UTF8_H
#define RN_ANALYZE_REPORT_UTF8_H

#include "shared/buffer.h"

#include <stdbool.h>

#define RN_UTF8_RAW 0xEF00u /* + byte */

/** Takes one code point from the front of s, which must not be empty; its length in bytes.
 *  A byte that must travel raw: length 1 and *code = RN_UTF8_RAW + byte. */
size_t rn_utf8_take(struct rn_bytes s, uint32_t *code);
/** Writes a code point (below 0x110000) as UTF-8; the length, at most 4. */
size_t rn_utf8_put(uint8_t out[4], uint32_t code);
/** Any bytes as well-formed UTF-8. */
void rn_put_utf8(struct rn_buffer *out, struct rn_bytes s);
/** True for what must not reach a terminal or a script as it is: C0, DEL, C1, line and paragraph
 *  separators, bidirectional controls, byte order mark. */
bool rn_utf8_unsafe(uint32_t code);

#endif
