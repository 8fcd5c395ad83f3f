/* SPDX-License-Identifier: MIT */
/**
 * weighed cell - a weighed sum (weights.h) as a cell of a table (table.h).
 */
#ifndef RN_ANALYZE_WEIGHTS_WEIGHED_CELL_H
#define RN_ANALYZE_WEIGHTS_WEIGHED_CELL_H

#include "analyze/table.h"
#include "analyze/weights/weights.h"

/** Rounded to the nearest whole number. */
static inline struct rn_cell rn_cell_weighed(rn_weighed sum)
{
	return rn_cell_u64(rn_weighed_round(sum));
}

#endif
