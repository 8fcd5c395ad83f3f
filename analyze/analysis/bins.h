/* SPDX-License-Identifier: MIT */
/**
 * bins - what happened when, in equal bins of time whose number stays bounded however long it takes.
 *
 * Bins are 2^k ns wide from time 0 on. When something lies behind the last of RN_BINS, neighbours are
 * joined and bins are twice as wide. What comes out does not depend on the order of additions.
 */
#ifndef RN_ANALYZE_ANALYSIS_BINS_H
#define RN_ANALYZE_ANALYSIS_BINS_H

#include "shared/error.h"

#include <stddef.h>
#include <stdint.h>

#define RN_BINS 4096

struct rn_bins {
	unsigned shift;     /* a bin is 2^shift ns wide */
	uint64_t **row;     /* RN_BINS each */
	uint32_t n, cap;
	uint64_t first_ns, last_ns; /* of everything added */
};

/** Adds v to a row at a time; rows come into being when they are named. RN_E_NOMEM. */
int rn_bins_add(struct rn_bins *b, uint32_t row, uint64_t at_ns, uint64_t v, struct rn_error *err);
void rn_bins_fini(struct rn_bins *b);
/** Joins neighbours until there are at most `most` bins from the first that is used to the last. *first is
 *  that bin's number; returns how many there are. */
size_t rn_bins_settle(struct rn_bins *b, size_t most, size_t *first);

#endif
