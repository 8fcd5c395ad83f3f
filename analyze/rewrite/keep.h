/* SPDX-License-Identifier: MIT */
/**
 * keep - which processes a part of a trace needs to be readable on its own, and until when.
 *
 * Needed are the processes of the calls that stay, and those they come from: a child has its parent's
 * descriptors, directory and mappings. What a process did to that state is needed up to its last call that
 * stays, and of an ancestor up to the moment it made the child. Births and ends are always kept.
 */
#ifndef RN_ANALYZE_REWRITE_KEEP_H
#define RN_ANALYZE_REWRITE_KEEP_H

#include "analyze/model/model.h"
#include "analyze/source/source.h"

struct rn_keep;

/** Reads the calls to their end. NULL: no memory, or an error of reading. Borrows the model. */
struct rn_keep *rn_keep_new(struct rn_source *calls, const struct rn_model *model, struct rn_error *err);
void rn_keep_free(struct rn_keep *k);
/** Whether an event that is no call is needed. */
bool rn_keep_meta(const struct rn_keep *k, const struct rn_event *ev);
/** Whether the file of that path and build-id was mapped by a process that is needed. */
bool rn_keep_module(const struct rn_keep *k, const struct rn_module_image *m);
/** To be told of the mappings that are kept. */
int rn_keep_mapping(struct rn_keep *k, const struct rn_event *map, struct rn_error *err);

#endif
