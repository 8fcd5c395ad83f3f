/* SPDX-License-Identifier: MIT */
/**
 * source - where calls come from: a trace file, a pipe, or a filter over another source.
 *
 * Calls travel in batches of one block: the core columns and the indices of the
 * calls that are still selected. A filter is a source that holds a source and
 * narrows the selection; it skips whole blocks by their directory. Analyses that
 * need only columns never unpack anything else; those that need more ask the
 * block for events (rn_block_call). Previews (RN_CALL_PENDING) are never selected:
 * those that were never finished come in a last batch of their own.
 */
#ifndef RN_ANALYZE_SOURCE_H
#define RN_ANALYZE_SOURCE_H

#include "format/reader.h"

struct rn_batch {
	struct rn_block *block;      /* borrowed until the next `next` */
	const struct rn_core *core;
	const uint32_t *selected;    /* rising indices into core */
	uint32_t n_selected;
};

struct rn_source {
	/** 0 a batch (its selection may be empty: meta events still matter), RN_END, or an error. */
	int (*next)(struct rn_source *s, struct rn_batch *out, struct rn_error *err);
	/** Frees itself and what it holds. */
	void (*free)(struct rn_source *s);
};

#endif
