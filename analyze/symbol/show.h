/* SPDX-License-Identifier: MIT */
/**
 * show - what listings say of a call's stack.
 *
 *   text  [FILE:LINE in FUNCTION] behind a call (--source); a map's original beside it or in its place
 *         " > PATH(FUNCTION+0xOFFSET) [0xADDRESS]" lines below it (-k), as strace writes them; with lines
 *         wanted, FILE:LINE behind that, and a line for each inlined call
 *   JSON  members source {file, line, function, original} and stack [{module, address, ..}]
 *   CSV   FILE:LINE in FUNCTION; the stack outermost first, functions with ; between
 * Names come from files of others: what must not reach a terminal does not.
 */
#ifndef RN_ANALYZE_SYMBOL_SHOW_H
#define RN_ANALYZE_SYMBOL_SHOW_H

#include "analyze/report/json_writer.h"
#include "analyze/symbol/frames.h"

/** "FILE:LINE in FUNCTION" of the user's own code; nothing when none is known. */
void rn_show_source(struct rn_buffer *out, struct rn_frames *f, uint32_t stack);
/** The lines of -k, each ended. as_strace: nothing that strace would not say. 0 or RN_E_NOMEM. */
int rn_show_stack(struct rn_buffer *out, struct rn_frames *f, uint32_t stack, enum rn_stack_end end,
	bool as_strace, struct rn_error *err);
/** Member "source", when something is known. */
void rn_show_source_json(struct rn_json *j, struct rn_frames *f, uint32_t stack);
/** Member "stack", and "stack_end" when it is not complete. */
int rn_show_stack_json(struct rn_json *j, struct rn_frames *f, uint32_t stack, enum rn_stack_end end,
	struct rn_error *err);
/** "main;f;g", names as rn_put_frame_name writes them. */
int rn_show_folded(struct rn_buffer *out, struct rn_frames *f, uint32_t stack, struct rn_error *err);

/** The name of a level for profiles: the function; where none is known "[MODULE]" or
 *  "[unknown]". A transpiler map's name stands before the generated one. */
void rn_put_level_name(struct rn_buffer *out, const struct rn_frames *f, const struct rn_level *level);
/** The same, so that it can stand in a folded stack: ; and line ends are :, a name never ends in a
 *  blank and digits. */
void rn_put_folded_name(struct rn_buffer *out, struct rn_bytes name);

struct rn_shown_lines;
void rn_shown_lines_free(struct rn_shown_lines *l);

#endif
