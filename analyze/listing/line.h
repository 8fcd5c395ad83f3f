/* SPDX-License-Identifier: MIT */
/**
 * line - the front of a line of text: whose it is and when; and small number writers.
 */
#ifndef RN_ANALYZE_LISTING_LINE_H
#define RN_ANALYZE_LISTING_LINE_H

#include "analyze/listing/listing.h"

struct rn_line_clock {
	uint64_t last_ns;        /* of the line before */
	bool any;
	uint64_t day_second;     /* for which hms was made */
	char hms[9];
};

/** "[pid  1234] ", then the time in the way of -t and -r. */
void rn_line_lead(struct rn_line_clock *c, struct rn_listing *l, uint32_t utid, uint64_t ts_ns);
/** What -n and -i have in front of a call. */
void rn_line_call(struct rn_listing *l, const struct rn_call *call);
/** Seconds with 0, 3, 6 or 9 decimals, cut: 1.000002. */
void rn_put_seconds(struct rn_buffer *out, uint64_t ns, unsigned digits);
/** v with at least `digits` digits, filled with zeros. */
void rn_put_padded(struct rn_buffer *out, uint64_t v, unsigned digits);

#endif
