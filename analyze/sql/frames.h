/* SPDX-License-Identifier: MIT */
/**
 * frames - stacks and symbols as SQL asks for them: a stack's number, and where it came from in the
 * source.
 *
 * Made on the first question about them: unwinding costs time and memory that most statements do not
 * need. One owner thread.
 */
#ifndef RN_ANALYZE_SQL_FRAMES_H
#define RN_ANALYZE_SQL_FRAMES_H

#include "analyze/sql/stack_numbers.h"
#include "analyze/stack/stacks.h"
#include "analyze/symbol/symbols.h"

struct rn_sql_frames;

/* Where a stack's innermost frame with a known source line is; else its innermost with a name. */
struct rn_sql_frame {
	uint32_t node;     /* 0: no stack was recorded */
	struct rn_bytes function, file;
	uint32_t line; /* 0: unknown */
};

/** Borrows the reader, which must be seekable. NULL: no memory. */
struct rn_sql_frames *rn_sql_frames_new(struct rn_reader *reader);
/** Lets an index help, which is closed after the frames are freed; path: of the trace. As rn_frames_new_indexed, all
 *  calls; *x may be another one whenever something was asked. */
struct rn_index;
void rn_sql_frames_use(struct rn_sql_frames *f, struct rn_index **x, const char *path);
/** The sections of an event that rn_sql_frames_of needs, RN_WANT bits. */
unsigned rn_sql_frames_want(struct rn_sql_frames *f);
void rn_sql_frames_free(struct rn_sql_frames *f);
/** The stack of a call (registers and stack wanted). 0 or RN_E_NOMEM. */
int rn_sql_frames_of(struct rn_sql_frames *f, const struct rn_event *ev, struct rn_sql_frame *out,
	struct rn_error *err);

/** The numbers of stacks and frames, for the life of f: made when they are asked for first, of the whole trace.
 *  RN_E_NOMEM. */
int rn_sql_frames_numbers(struct rn_sql_frames *f, const struct rn_stack_numbers **out, struct rn_error *err);
/** What was unwound so far, for the views stacks and frames; NULL: nothing. */
const struct rn_stacks *rn_sql_frames_stacks(const struct rn_sql_frames *f);
const struct rn_modules_table *rn_sql_frames_modules(const struct rn_sql_frames *f);
/** Whether that is the user's own code by its module and name (analyze/symbol/user_code.h, no words), as the
 *  reports by function have it. */
bool rn_sql_frames_own(const struct rn_sql_frames *f, const struct rn_frame *frame,
	const struct rn_symbol *symbol);
/** The innermost name of a frame. */
int rn_sql_frames_symbol(struct rn_sql_frames *f, const struct rn_frame *frame, struct rn_symbol *out,
	struct rn_error *err);

#endif
