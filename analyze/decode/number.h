/* SPDX-License-Identifier: MIT */
/**
 * number - integers as text, appended to a buffer without printf.
 *
 * A listing writes millions of numbers; these need a few nanoseconds each.
 */
#ifndef RN_ANALYZE_DECODE_NUMBER_H
#define RN_ANALYZE_DECODE_NUMBER_H

#include "shared/buffer.h"

void rn_put_udec(struct rn_buffer *b, uint64_t v);
void rn_put_dec(struct rn_buffer *b, int64_t v);
/** At least `digits` digits, zero-filled; digits <= 20. */
void rn_put_udec_padded(struct rn_buffer *b, uint64_t v, unsigned digits);
/** "0x1f"; 0 is "0", as C's %#x has it. */
void rn_put_hex(struct rn_buffer *b, uint64_t v);
/** "0x1f"; 0 is "0x0". */
void rn_put_hex0(struct rn_buffer *b, uint64_t v);
/** At least `width` characters with the "0x", zero-filled, as C's %#0*x has it: 0 is "0000". */
void rn_put_hex_padded(struct rn_buffer *b, uint64_t v, unsigned width);
/** Exactly `digits` hexadecimal digits (1..16), no prefix. */
void rn_put_hex_digits(struct rn_buffer *b, uint64_t v, unsigned digits);
/** "0644"; at least three characters: 0 is "000", 7 is "007". */
void rn_put_oct(struct rn_buffer *b, uint64_t v);
/** "017"; 0 is "0". */
void rn_put_oct_plain(struct rn_buffer *b, uint64_t v);

#endif
