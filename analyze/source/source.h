/* SPDX-License-Identifier: MIT */
/**
 * source - where calls come from: a trace, or a filter over another source.
 *
 * Calls travel in batches of one block: the core columns and the indices of the
 * calls that are still selected. A filter is a source that holds a source and
 * narrows the selection; a block that its directory rules out is never unpacked.
 * Analyses that need only columns never unpack anything else; those that need
 * more ask the block for events (rn_block_call). Meta events (rn_block_meta) are
 * never filtered here: whoever shows them judges them.
 *
 * Previews (RN_CALL_PENDING) travel like calls through filters;
 * rn_source_settled takes them out and hands over, in a last batch, those that
 * nothing completed. Analyses are given a settled source and never see one.
 */
#ifndef RN_ANALYZE_SOURCE_SOURCE_H
#define RN_ANALYZE_SOURCE_SOURCE_H

#include "format/reader.h"

/** One block's worth of calls; owned by the caller, filled again and again. */
struct rn_batch {
	struct rn_block *block;      /* NULL in the last batch of a settled source */
	const struct rn_core *core;  /* never NULL; empty when nothing was unpacked */
	uint32_t *selected;          /* rising indices into core */
	uint32_t n_selected;
	/* Calls that were under way when the trace ended and never completed, whole events (flags
	 * UNFINISHED | PENDING), by utid; only in the last batch of a settled source. */
	const struct rn_event *unfinished;
	uint32_t n_unfinished;
	/* What each call stands for (weights.h), lives as long as the source; NULL: itself alone. */
	const struct rn_weights *weights;

	/* Private. */
	struct rn_block *own_block;  /* memory kept from fill to fill */
	uint32_t own_cap;            /* of selected */
	bool settled;                /* unpacked, or known not to be needed */
};

void rn_batch_init(struct rn_batch *b);
void rn_batch_fini(struct rn_batch *b);
/** For sources at the bottom: makes the block ready to be filled; nothing is selected. */
int rn_batch_prepare(struct rn_batch *b, struct rn_error *err);
/** For filters: unpacks the core and selects every call, unless that was done already. A damaged
 *  core counts as empty. */
int rn_batch_open(struct rn_batch *b, struct rn_error *err);
/** For filters: nothing of this block is selected; the core stays packed if it still is. */
void rn_batch_drop(struct rn_batch *b);

/** The parts common to every source; call through rn_source_*. */
struct rn_source {
	int (*next)(struct rn_source *s, struct rn_batch *out, struct rn_error *err);
	int (*load)(struct rn_source *s, size_t block, struct rn_batch *out, struct rn_error *err);
	void (*free)(struct rn_source *s);
	struct rn_reader *reader; /* at the bottom of it all; borrowed */
	struct rn_source *inner;  /* which it holds; NULL: at the bottom, or it does not say */
	/** Whether a block may have calls that it hands on; NULL: as far as inner may. False is a
	 *  promise. */
	bool (*may_have)(const struct rn_source *s, const struct rn_block_info *info);
	unsigned wants; /* sections that it, or who reads it, unpacks of nearly every block: RN_WANT bits, a hint */
};

/** 0 a batch (its selection may be empty: meta events still matter), RN_END, or an error. */
int rn_source_next(struct rn_source *s, struct rn_batch *out, struct rn_error *err);
/** Batch of block `block` (rn_reader_block_info), out of order; seekable inputs only, after
 *  rn_reader_index; never for a settled source. */
int rn_source_load(struct rn_source *s, size_t block, struct rn_batch *out, struct rn_error *err);
/** Whether a block may have calls that the source hands on, by what its directory says. */
bool rn_source_may_have(const struct rn_source *s, const struct rn_block_info *info);
/** From here on blocks that cannot have such calls are not even read: for who cares about calls alone.
 *  No effect unless the reader is indexed and the source is complete, filters and all. */
void rn_source_skip(struct rn_source *top);
/** Frees the source and the sources it holds, not the reader; NULL is fine. */
void rn_source_free(struct rn_source *s);

struct rn_filter;
struct rn_model;
struct rn_sampling;
struct rn_weights;

/* Constructors: NULL when memory ran out (and then `inner` is freed). Sources take `inner` over. */

/** All calls of a trace. model: told of each block's meta events before `next` hands it over (input
 *  that cannot be scanned beforehand); NULL: nobody. Borrows both. */
struct rn_source *rn_source_trace(struct rn_reader *reader, struct rn_model *model);
/** The calls that a filter expression names. Borrows the filter. */
struct rn_source *rn_source_syscalls(struct rn_source *inner, const struct rn_filter *filter);
/** The calls of processes or threads with one of these ids. Borrows both. */
struct rn_source *rn_source_pids(struct rn_source *inner, const struct rn_model *model,
	const uint64_t *pids, size_t n_pids);
/** The calls with one of these statuses (enum rn_status bits, views.h); never a preview. */
struct rn_source *rn_source_status(struct rn_source *inner, const struct rn_model *model,
	unsigned wanted);
/** The same calls, told what each stands for where others were left out; sampling is known as a whole, and
 *  copied. At the top. */
struct rn_source *rn_source_weights(struct rn_source *inner, const struct rn_sampling *sampling);
/** The calls of some blocks: wanted[number], borrowed, of all that there are. At the bottom. */
struct rn_source *rn_source_blocks(struct rn_source *inner, const uint8_t *wanted);
/** The same; *n, which is borrowed, grows by the calls handed on, previews too. */
struct rn_source *rn_source_counted(struct rn_source *inner, uint64_t *n);
/** Without previews; those never completed come in a last batch. */
struct rn_source *rn_source_settled(struct rn_source *inner);
/** Everything as it comes, previews too, and a settled copy of each batch to `feed`, whose error ends
 *  it: two readers of an input that can be read once. Not seekable. */
typedef int rn_source_feed(void *arg, const struct rn_batch *b, struct rn_error *err);
struct rn_source *rn_source_tap(struct rn_source *inner, rn_source_feed *feed, void *arg);

#endif
