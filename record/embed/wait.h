/* SPDX-License-Identifier: MIT */
/**
 * wait - what keepers want of the embedder: that what it was given has arrived.
 *
 * For the pipeline's thread, which neither starts nor ends the embedder. A moment is taken with
 * rn_embed_wait_begin; images that were asked for before it have been handed to the keeper once
 * rn_embed_wait_over says so, which is to be asked from tick to tick.
 */
#ifndef RN_RECORD_EMBED_WAIT_H
#define RN_RECORD_EMBED_WAIT_H

#include "record/recording.h"

#include <stdbool.h>

struct rn_embed_wait {
	uint64_t due;
	bool came; /* done at the tick before: by now all is handed over */
};

/** perf_maps (NULL: none) may hand rn_modules_perf_map the processes that live, so that what they
 *  have told of code they made is waited for, too. */
void rn_embed_wait_begin(struct rn_embed_wait *w, struct rn_recording *rec,
	void (*perf_maps)(void *arg, struct rn_recording *rec), void *arg);
bool rn_embed_wait_over(struct rn_embed_wait *w, struct rn_recording *rec);

#endif
