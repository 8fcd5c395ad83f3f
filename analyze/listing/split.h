/* SPDX-License-Identifier: MIT */
/**
 * split - the order in which a tracer met things: a call begins at one moment and ends at another.
 *
 * What comes between makes two items of a call (RN_ORDER_BEGUN, RN_ORDER_RESUMED); a call
 * between whose two moments nothing happened stays whole. Holds copies of the calls under way:
 * one of each thread.
 */
#ifndef RN_ANALYZE_LISTING_SPLIT_H
#define RN_ANALYZE_LISTING_SPLIT_H

#include "analyze/listing/order.h"

struct rn_split;

/** Borrows the order. whole: calls are never split, and come when they end. NULL: no memory. */
struct rn_split *rn_split_new(struct rn_order *order, bool whole);
void rn_split_free(struct rn_split *s);
/** As rn_order_next. A call under way at break_ns is not whole: something will be told then. */
int rn_split_next(struct rn_split *s, uint64_t break_ns, struct rn_order_item *out,
	struct rn_error *err);
/** The moment an item is about: of a resumed call, its end. */
uint64_t rn_order_item_ns(const struct rn_order_item *item);

#endif
