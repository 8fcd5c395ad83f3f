/* SPDX-License-Identifier: MIT */
/**
 * frames_private - what the stacks of a question consist of: made in frames.c, asked in frames_ask.c.
 */
#ifndef RN_ANALYZE_SYMBOL_FRAMES_PRIVATE_H
#define RN_ANALYZE_SYMBOL_FRAMES_PRIVATE_H

#include "analyze/filters/pattern.h"
#include "analyze/symbol/frames.h"
#include "analyze/symbol/user_code.h"

/* What is known of a stack, one each node of the trie. */
struct rn_frames_memo {
	bool user_known, wanted_known;
	bool in, not_in;              /* some level fits such a word */
	uint32_t jit;                 /* node of the innermost user level of code made at run time; 0 none */
	uint32_t lined, any;          /* node of the innermost user level with a line, and of any; 0 none */
	uint16_t lined_level, any_level;
};

/* What is known of a frame. */
struct rn_frames_named {
	const struct rn_symbol *level;
	unsigned n;         /* 0: not looked up yet */
	uint64_t user;      /* bit by level, of the first 64 */
};

struct rn_frames {
	const struct rn_frame_options *o;
	struct rn_transpiler_maps *maps;
	struct rn_user_code *user_code;
	struct rn_patterns *in, *not_in;
	const struct rn_unwinder *unwinder; /* NULL: the usual one */
	struct rn_modules_table *modules;
	struct rn_stacks *stacks;
	struct rn_symbols *symbols;
	struct rn_frames_named *named; /* by number of the frame */
	uint32_t n_named;
	struct rn_frames_memo *memo;
	uint32_t n_memo;
	uint32_t *path; /* scratch: nodes on the way out */
	uint32_t cap_path;
	struct rn_reader *reader;
	struct rn_index **index;  /* NULL: none helps */
	struct rn_index_loan *loan;
	const char *trace;
	struct rn_shown_lines *shown;
};

static inline int rn_frames_no_memory(struct rn_error *err)
{
	return rn_fail(err, RN_E_NOMEM, "out of memory for stacks");
}

#endif
