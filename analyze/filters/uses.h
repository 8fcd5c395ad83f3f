/* SPDX-License-Identifier: MIT */
/**
 * uses - the calls of a whole trace as its index has summed them up, by file, call and error, as far as
 * filters want them that ask for nothing else.
 */
#ifndef RN_ANALYZE_FILTERS_USES_H
#define RN_ANALYZE_FILTERS_USES_H

#include "analyze/filters/selection.h"
#include "analyze/index/index.h"
#include "shared/filter.h"

/** What rn_index_uses hands out, of the calls that filter (NULL: all) and selection name. RN_END: the selection
 *  asks for more than calls, errors and paths, or the index does not tell; nothing was handed out. */
int rn_selected_uses(struct rn_selection *s, struct rn_index *index, const struct rn_filter *filter,
	rn_index_take_use *take, void *arg, struct rn_error *err);

#endif
