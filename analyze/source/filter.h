/* SPDX-License-Identifier: MIT */
/**
 * filter - the frame of every filter: a source that holds a source.
 *
 * A filter is the struct below, first in its own, and up to three questions, each dearer than the one
 * before: may this block hold anything wanted, which of the selected calls may be wanted by their
 * columns, and is this call, of which more is unpacked, wanted.
 */
#ifndef RN_ANALYZE_SOURCE_FILTER_H
#define RN_ANALYZE_SOURCE_FILTER_H

#include "analyze/source/source.h"

struct rn_source_filter {
	struct rn_source source;
	struct rn_source *inner;
	/** By the block's directory; NULL: it always may. False is a promise. */
	bool (*may_have)(const struct rn_source_filter *f, const struct rn_block_info *info);
	/** Keeps the wanted ones of selected[0..n); returns how many. NULL: all. */
	uint32_t (*narrow)(const struct rn_source_filter *f, const struct rn_core *core,
		uint32_t *selected, uint32_t n);
	/** 1: wanted, 0: not, or an error. NULL: narrow has decided. Asked with rising calls. */
	int (*judge)(struct rn_source_filter *f, const struct rn_event *call, struct rn_error *err);
	unsigned want;                          /* sections that judge needs, RN_WANT bits */
	/** Instead of judge: narrows what is selected of a batch as a whole. */
	int (*judge_batch)(struct rn_source_filter *f, struct rn_batch *b, struct rn_error *err);
	void (*fini)(struct rn_source_filter *f); /* frees what the filter holds; NULL: nothing */
};

/** A filter of `size` bytes over inner, zeroed and initialized; NULL: no memory, inner is freed. */
void *rn_source_filter_new(size_t size, struct rn_source *inner);
/** Asks judge of each selected call of an opened batch; for a judge_batch that cannot do better this time. What
 *  cannot be read of a damaged block is not wanted. */
int rn_source_filter_judge(struct rn_source_filter *f, struct rn_batch *b, struct rn_error *err);

#endif
