/* SPDX-License-Identifier: MIT */
/**
 * paths - the calls that touch one of some paths (-P): as an argument, word by word as it was
 * given, or through a descriptor that leads there.
 */
#ifndef RN_ANALYZE_SOURCE_PATHS_H
#define RN_ANALYZE_SOURCE_PATHS_H

#include "analyze/source/source.h"
#include "shared/option.h"

/** Borrows model (RN_MODEL_FDS) and paths. NULL: no memory, inner is freed. */
struct rn_source *rn_source_paths(struct rn_source *inner, const struct rn_model *model,
	const struct rn_strings *paths);

#endif
