/* SPDX-License-Identifier: MIT */
/**
 * ahead - blocks of a trace unpacked on other threads before they are asked for, handed out in the order in which
 * they were named.
 *
 * Core and events are unpacked, arguments where they are wanted; the rest is up to who gets the block. A block in which anything is
 * damaged is read again by the one who takes it: what the reader knows of damage is of blocks that were handed out,
 * whatever was read ahead. One owner thread; on one processor, or where no thread can be had, the owner does it all.
 */
#ifndef RN_ANALYZE_SOURCE_AHEAD_H
#define RN_ANALYZE_SOURCE_AHEAD_H

#include "format/reader.h"

struct rn_ahead;

/** Of a seekable reader, indexed, which outlives it. want: RN_WANT(ARGS), RN_WANT(META), both or neither. NULL: no memory. */
struct rn_ahead *rn_ahead_new(const struct rn_reader *r, unsigned want);
void rn_ahead_free(struct rn_ahead *a); /* NULL is fine */

/** Names the block to be handed out behind all named before. False: there are enough under way. */
bool rn_ahead_name(struct rn_ahead *a, size_t block);
/** The first that was named and is not yet handed out, in exchange for *b. RN_END: there is none; else what
 *  rn_reader_load says of it. */
int rn_ahead_take(struct rn_ahead *a, struct rn_block **b, struct rn_error *err);

#endif
