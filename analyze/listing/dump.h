/* SPDX-License-Identifier: MIT */
/**
 * dump - the data a call read or wrote, sixteen bytes a line (-e read=, -e write=).
 */
#ifndef RN_ANALYZE_LISTING_DUMP_H
#define RN_ANALYZE_LISTING_DUMP_H

#include "analyze/listing/listing.h"

/** Lines behind that of a call that succeeded, when its descriptor is asked for: of read, write and
 *  their like, as far as the data was recorded. */
void rn_put_dump(struct rn_buffer *out, const struct rn_listing_style *style,
	const struct rn_call *call);

#endif
