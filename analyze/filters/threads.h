/* SPDX-License-Identifier: MIT */
/**
 * threads - the calls of threads by their id, their name or what their process executed.
 *
 * All three change over time; what counts is the moment at which a call was entered.
 */
#ifndef RN_ANALYZE_FILTERS_THREADS_H
#define RN_ANALYZE_FILTERS_THREADS_H

#include "analyze/filters/pattern.h"
#include "analyze/model/model.h"
#include "analyze/source/source.h"

/* What is asked; NULL and 0: nothing of that kind. Of several kinds all must fit. */
struct rn_thread_words {
	const uint64_t *tids;
	size_t n_tids;
	struct rn_patterns *comms, *exes;
};

struct rn_threads;

/** Borrows everything. whole: the model knows the whole trace already, so that what is found out about a
 *  thread stays true. NULL: no memory. */
struct rn_threads *rn_threads_new(const struct rn_thread_words *words, const struct rn_model *model,
	bool whole);
void rn_threads_free(struct rn_threads *t);
/** Where the whole trace is known: looks at every thread there is. From then on the words are settled, and
 *  a regex that takes too long has been told. */
int rn_threads_look(struct rn_threads *t, struct rn_error *err);
/** 1: the thread fits at all times, 0: at none, -1: that depends, or cannot be told yet. */
int rn_threads_always(struct rn_threads *t, uint32_t utid);
/** 1: the thread fits at that moment, 0: it does not, or an error (of a pattern). */
int rn_threads_fit(struct rn_threads *t, uint32_t utid, uint64_t at_ns, struct rn_error *err);

/** Borrows t. NULL: no memory, inner is freed. */
struct rn_source *rn_source_threads(struct rn_source *inner, struct rn_threads *t);

#endif
