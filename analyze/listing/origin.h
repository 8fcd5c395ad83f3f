/* SPDX-License-Identifier: MIT */
/**
 * origin - what a listing knows of where a call came from: its stack, and what it completed of the text
 * on standard error.
 */
#ifndef RN_ANALYZE_LISTING_ORIGIN_H
#define RN_ANALYZE_LISTING_ORIGIN_H

#include "analyze/listing/listing.h"

struct rn_origin_look;

/** NULL: no memory. */
struct rn_origin_look *rn_origin_new(const struct rn_listing_job *job);
void rn_origin_free(struct rn_origin_look *o);
/** Sections of calls that are needed for it, RN_WANT bits. */
unsigned rn_origin_want(const struct rn_listing_job *job);
/** Fills l->stack, l->stack_end and l->rewritten for a call that is over. */
int rn_origin_look(struct rn_origin_look *o, struct rn_listing *l, const struct rn_order_item *item,
	struct rn_error *err);

#endif
