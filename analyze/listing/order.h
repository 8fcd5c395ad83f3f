/* SPDX-License-Identifier: MIT */
/**
 * order - the events of a trace in the order in which they began.
 *
 * The file has calls in the order of completion. Where the input is seekable, the
 * result is exact, by (time, place in the file), and whole: a call that began
 * blocks before it completed is listed where it began. Through a pipe the future
 * is not known: such a call begins as a preview (RN_ORDER_BEGUN) and ends when it
 * completes (RN_ORDER_RESUMED); what arrives too late for its place is listed
 * late. Memory is bounded by a few blocks and 32 bytes for each call that spans
 * blocks.
 */
#ifndef RN_ANALYZE_LISTING_ORDER_H
#define RN_ANALYZE_LISTING_ORDER_H

#include "analyze/source/source.h"

enum rn_order_part {
	RN_ORDER_WHOLE,
	RN_ORDER_BEGUN,   /* a call under way; it will be RESUMED, or the trace ends first */
	RN_ORDER_RESUMED, /* the completed call that was BEGUN */
	RN_ORDER_DAMAGE,  /* something of the trace is missing here */
	RN_ORDER_PAUSE,   /* nothing more for now: whoever buffers should flush (pipes) */
};

struct rn_order_item {
	enum rn_order_part part;
	struct rn_event ev;              /* borrows until the next call */
	const struct rn_damage *damage;  /* of a DAMAGE */
};

/** Whether events of this kind are items (calls aside): signals, ends, losses, notes, exec. */
bool rn_order_shows(enum rn_event_kind kind);

struct rn_order;

/** Borrows the source, which is not settled (previews are needed here). want: sections of calls
 *  besides the core, RN_WANT bits. NULL: no memory. */
struct rn_order *rn_order_new(struct rn_source *source, unsigned want);
void rn_order_free(struct rn_order *o);
/** 0 an item, RN_END, or an error. */
int rn_order_next(struct rn_order *o, struct rn_order_item *out, struct rn_error *err);

#endif
