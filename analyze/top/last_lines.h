/* SPDX-License-Identifier: MIT */
/**
 * last_lines - the end of a stream of text: what the traced command wrote last.
 *
 * A carriage return begins the line anew, as on a terminal. Any bytes; who shows them makes them harmless.
 */
#ifndef RN_ANALYZE_TOP_LAST_LINES_H
#define RN_ANALYZE_TOP_LAST_LINES_H

#include "shared/bytes.h"

#include <stdbool.h>

#define RN_LAST_LINES 64      /* kept */
#define RN_LAST_LINE_BYTES 256 /* of each */

struct rn_last_lines {
	char line[RN_LAST_LINES][RN_LAST_LINE_BYTES];
	size_t len[RN_LAST_LINES];
	uint64_t n;                /* begun so far; line n - 1 is the newest */
	bool open;                 /* it has no end yet */
};

void rn_last_lines_add(struct rn_last_lines *l, struct rn_bytes text);
/** The i-th from the end, 0 being the newest; empty past the first. */
struct rn_bytes rn_last_line(const struct rn_last_lines *l, uint64_t i);

#endif
