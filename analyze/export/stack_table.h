/* SPDX-License-Identifier: MIT */
/**
 * stack_table - the stacks of an export as numbers: frames with names, each stack its innermost entry.
 *
 * An entry is a frame and its caller's entry, so that equal beginnings of stacks are there once; 0 is "no
 * stack". What is left out is left out here: frames that are not the user's own where only those are wanted,
 * inlined calls unless lines are. Numbers depend only on the order in which stacks are asked for. A frame is a
 * place in the code; a function is a name in a file, for viewers that do not tell places apart.
 */
#ifndef RN_ANALYZE_EXPORT_STACK_TABLE_H
#define RN_ANALYZE_EXPORT_STACK_TABLE_H

#include "analyze/export/export.h"
#include "shared/intern.h"

struct rn_stack_frame {
	uint32_t function; /* rn_stack_table_function */
	uint32_t line;     /* 0: unknown, or not asked for */
	uint32_t module;   /* number of the module; RN_NO_MODULE */
	bool inlined;      /* into the frame that called it */
	uint64_t addr;     /* in the module */
};
struct rn_stack_function {
	uint32_t name, file; /* rn_intern_get(strings, ..) */
};
struct rn_stack_entry {
	uint32_t parent; /* the caller's entry; 0: outermost */
	uint32_t frame;
	uint32_t depth;  /* 1: outermost */
};

struct rn_stack_table {
	struct rn_export_job *job;
	struct rn_intern *strings, *functions, *frames, *entries; /* the keys of what the arrays have */
	struct rn_stack_function *function;
	struct rn_stack_frame *frame;
	struct rn_stack_entry *entry;      /* entry i is entry[i - 1] */
	uint32_t n_functions, n_frames, n; /* n entries */
	uint32_t cap_functions, cap_frames, cap;
	uint32_t *known;                   /* by stack: its entry + 1; 0: not asked for yet */
	uint32_t n_known;
	struct rn_level *levels;           /* scratch */
	uint32_t cap_levels;
};

/** Borrows the job. 0 or RN_E_NOMEM; fini in either case, also of zeroed memory. */
int rn_stack_table_init(struct rn_stack_table *t, struct rn_export_job *job, struct rn_error *err);
void rn_stack_table_fini(struct rn_stack_table *t);
/** The entry of a call's stack; 0: it has none. 0 or RN_E_NOMEM. */
int rn_stack_table_add(struct rn_stack_table *t, uint32_t stack, uint32_t *entry, struct rn_error *err);
/** The number of a function that is no code of the trace: the kernel's side of a call. RN_INTERN_NONE: no memory. */
uint32_t rn_stack_table_function(struct rn_stack_table *t, struct rn_bytes name, struct rn_bytes file);

static inline const struct rn_stack_entry *rn_stack_table_at(const struct rn_stack_table *t, uint32_t i)
{
	return &t->entry[i - 1];
}
static inline struct rn_bytes rn_stack_table_name(const struct rn_stack_table *t,
	const struct rn_stack_entry *e)
{
	return rn_intern_get(t->strings, t->function[t->frame[e->frame].function].name);
}
/** Path of the file that the code lay in; empty: none. */
struct rn_bytes rn_stack_table_module(const struct rn_stack_table *t, const struct rn_stack_entry *e);

#endif
