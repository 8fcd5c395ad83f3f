/* SPDX-License-Identifier: MIT */
/**
 * places - the calls about certain files: by a path they name, or through a descriptor.
 */
#ifndef RN_ANALYZE_FILTERS_PLACES_H
#define RN_ANALYZE_FILTERS_PLACES_H

#include "analyze/filters/pattern.h"
#include "analyze/index/index.h"
#include "analyze/model/model.h"
#include "analyze/source/source.h"

/** Calls of which some path fits: one they name, as they gave it or made absolute, or one that a
 *  descriptor among their arguments leads to or their result does. Borrows the patterns and the model
 *  (RN_MODEL_FDS | RN_MODEL_CWD). index: spares looking into calls; NULL: there is none. NULL: no memory, inner is freed. */
struct rn_source *rn_source_places(struct rn_source *inner, struct rn_patterns *patterns,
	const struct rn_model *model, struct rn_index *index);

/** Whether some path of the facts fits: 1, 0, or an error of rn_patterns_match. */
int rn_facts_fit(const struct rn_file_facts *f, struct rn_patterns *patterns, struct rn_error *err);

/** Calls that have one of these descriptors among their arguments, or returned it. Borrows. */
struct rn_source *rn_source_descriptors(struct rn_source *inner, const uint64_t *fds, size_t n);

#endif
