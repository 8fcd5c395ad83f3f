/* SPDX-License-Identifier: MIT */
/**
 * info_facts - the trace and its recording as one record, the first table of info.
 */
#ifndef RN_ANALYZE_COMMAND_INFO_FACTS_H
#define RN_ANALYZE_COMMAND_INFO_FACTS_H

#include "analyze/model/model.h"
#include "analyze/recorder_cost.h"
#include "analyze/source/contents.h"
#include "analyze/table.h"
#include "analyze/weights/sampling.h"
#include "shared/arena.h"

/* What the facts are taken from. */
struct rn_info_facts {
	struct rn_reader *reader;
	const char *path;
	const struct rn_header *header;
	const struct rn_contents *contents;
	struct rn_model_end end;
	const struct rn_sampling *sampling;
	struct rn_recorder_cost cost;
	uint64_t n_threads, n_processes, lost_events;
	struct rn_arena text; /* cells' words, until they are written */
};

static inline struct rn_cell rn_info_known(struct rn_bytes s)
{
	return s.len ? rn_cell_bytes(s) : rn_cell_null();
}

/* 0 means that nobody knows. */
static inline struct rn_cell rn_info_nonzero(uint64_t v)
{
	return v ? rn_cell_u64(v) : rn_cell_null();
}

static inline struct rn_cell rn_info_ratio(uint64_t a, uint64_t b)
{
	return b ? rn_cell_real((double)a / (double)b) : rn_cell_null();
}

int rn_info_facts_emit(struct rn_info_facts *f, struct rn_sink *sink, struct rn_error *err);

#endif
