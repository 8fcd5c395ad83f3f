/* SPDX-License-Identifier: MIT */
/**
 * analysis - one question asked of a trace: consumes batches, produces tables.
 *
 * Plug-ins are const structs with one line in analyze/analysis/all.c. State is
 * zeroed memory of state_size, so that plug-ins have no globals. Results do not
 * depend on how calls are cut into batches. NULL members mean nothing to do.
 */
#ifndef RN_ANALYZE_ANALYSIS_ANALYSIS_H
#define RN_ANALYZE_ANALYSIS_ANALYSIS_H

#include "analyze/source/source.h"
#include "analyze/table.h"

struct rn_use;
struct rn_use_key;

struct rn_analysis {
	const char *name, *help;
	size_t state_size;
	/** options: the analysis' own, NULL for defaults; the header of the analysis says which type. */
	int (*begin)(void *st, const void *options, struct rn_error *err);
	int (*batch)(void *st, const struct rn_batch *b, struct rn_error *err);
	/** What an index has counted of many calls (analyze/index/uses.h); whoever has no such method needs the
	 *  batches. */
	int (*use)(void *st, const struct rn_use_key *key, const struct rn_use *use, struct rn_error *err);
	/** Tables out. */
	int (*emit)(void *st, struct rn_sink *sink, struct rn_error *err);
	void (*fini)(void *st);
};

extern const struct rn_analysis *const rn_analyses[]; /* NULL ends it; sorted by name */

/** What is asked of a trace: an analysis and its options. */
struct rn_question {
	const struct rn_analysis *analysis;
	const void *options; /* NULL: defaults */
};

/* Questions under way, for whoever has the batches. */
struct rn_analyses;
/** Begins each question; the array is copied, options are borrowed. NULL in *out on error. */
int rn_analyses_begin(struct rn_analyses **out, const struct rn_question *questions, size_t n,
	struct rn_error *err);
int rn_analyses_batch(struct rn_analyses *a, const struct rn_batch *b, struct rn_error *err);
/** What is left of a settled source. */
int rn_analyses_walk(struct rn_analyses *a, struct rn_source *source, struct rn_error *err);
/** An rn_index_take_use whose arg is the analyses, which all have the method. */
int rn_analyses_use(void *a, const struct rn_use_key *key, const struct rn_use *use, struct rn_error *err);
/** The tables of each, in order. */
int rn_analyses_emit(struct rn_analyses *a, struct rn_sink *sink, struct rn_error *err);
void rn_analyses_free(struct rn_analyses *a); /* NULL is fine */

/** One walk of a settled source to its end, whatever the number of questions; then the tables of
 *  each, in order. The first error ends it. */
int rn_analyses_run(const struct rn_question *questions, size_t n, struct rn_source *source,
	struct rn_sink *sink, struct rn_error *err);

#endif
