/* SPDX-License-Identifier: MIT */
/**
 * where - the calls for which SQL expressions are true (--where).
 *
 * An expression sees one call as a row of the view syscalls (docs/guide/sql.md). Each batch is a
 * table of its own, so that SQLite runs once a block; a subquery may ask the whole trace, unfiltered, as
 * `syscalls`, where that can be read out of order.
 */
#ifndef RN_ANALYZE_FILTERS_WHERE_H
#define RN_ANALYZE_FILTERS_WHERE_H

#include "analyze/model/model.h"
#include "analyze/source/source.h"
#include "shared/option.h"

struct rn_where;

/** All expressions must be true. RN_E_USAGE with SQLite's words when one is none. */
int rn_where_new(struct rn_where **out, const struct rn_strings *expressions, struct rn_error *err);
void rn_where_free(struct rn_where *w); /* after the sources made of it */
/** What the model must remember: enum rn_model_want bits. indexed: an index tells of every call which files it is
 *  about. */
unsigned rn_where_wants(const struct rn_where *w, bool indexed);
/** Whether the model is asked at all. */
bool rn_where_asks_model(const struct rn_where *w, bool indexed);
/** Borrows both. */
int rn_where_begin(struct rn_where *w, struct rn_reader *reader, const struct rn_model *model,
	struct rn_error *err);
struct rn_index;
/** Paths are those of an index of the trace, where it knows them; borrowed. */
void rn_where_use_index(struct rn_where *w, struct rn_index *index);
/** Borrows w. NULL: no memory, inner is freed. */
struct rn_source *rn_source_where(struct rn_source *inner, struct rn_where *w);

#endif
