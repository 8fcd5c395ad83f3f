/* SPDX-License-Identifier: MIT */
/**
 * perfetto_stacks - stacks as Perfetto interns them: functions, mappings, frames, callstacks, each once.
 */
#ifndef RN_ANALYZE_EXPORT_PERFETTO_STACKS_H
#define RN_ANALYZE_EXPORT_PERFETTO_STACKS_H

#include "analyze/export/stack_table.h"

/* Fields of InternedData. */
enum { RN_INTERNED_EVENT_NAME = 2, RN_INTERNED_FUNCTION = 5, RN_INTERNED_FRAME, RN_INTERNED_CALLSTACK,
	RN_INTERNED_BUILD_ID = 16, RN_INTERNED_PATH, RN_INTERNED_MAPPING = 19,
	RN_INTERNED_SOURCE_PATH = 18 };

/* What of the stack table is written already: numbers rise, so counts will do, but for what is used by some only. */
struct rn_perfetto_stacks {
	struct rn_stack_table table;
	uint32_t n_functions, n_frames;
	uint8_t *mapping;   /* by module: 1 written */
	uint32_t n_mappings;
	uint8_t *callstack; /* by entry: 1 written */
	uint32_t n_callstacks;
	uint32_t *path;     /* frames of a stack, outermost first */
	uint32_t cap_path;
};

/** 0 or RN_E_NOMEM; fini in either case, also of zeroed memory. */
int rn_perfetto_stacks_init(struct rn_perfetto_stacks *s, struct rn_export_job *job, struct rn_error *err);
void rn_perfetto_stacks_fini(struct rn_perfetto_stacks *s);
/** The iid of a call's stack, 0: it has none; appends what is new to the entries of an InternedData. 0 or
 *  RN_E_NOMEM. */
int rn_perfetto_stacks_add(struct rn_perfetto_stacks *s, struct rn_buffer *interned, uint32_t stack,
	uint64_t *iid, struct rn_error *err);

#endif
