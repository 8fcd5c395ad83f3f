/* SPDX-License-Identifier: MIT */
/**
 * rewriter - what a traced program wrote to its standard error, with the places in generated files that it
 * speaks of replaced by those of the original.
 *
 * Compilers and panics write FILE:LINE and FILE:LINE:COLUMN, Python writes File "FILE", line LINE. A
 * place becomes SOURCE:LINE when a map knows file and line; the column, which means nothing there, goes.
 * A line may be written in pieces: those of a process are put together until the line ends. Only what
 * the recording kept of each write can be read.
 */
#ifndef RN_ANALYZE_SYMBOL_REWRITER_H
#define RN_ANALYZE_SYMBOL_REWRITER_H

#include "analyze/symbol/transpiler_map.h"
#include "format/event.h"
#include "shared/buffer.h"

struct rn_rewriter;

/** Borrows the maps. NULL: no memory. */
struct rn_rewriter *rn_rewriter_new(const struct rn_transpiler_maps *maps);
void rn_rewriter_free(struct rn_rewriter *r);

/** Appends a line of text with its places replaced; whether any was. */
bool rn_rewrite_line(struct rn_buffer *out, const struct rn_transpiler_maps *maps, struct rn_bytes line);

/** Takes in a call; process: a number for whoever wrote (of the trace). Appends the lines that it completed
 *  and in which a place was replaced, each ended. 0 or RN_E_NOMEM. */
int rn_rewriter_call(struct rn_rewriter *r, uint32_t process, const struct rn_call *call,
	struct rn_buffer *out, struct rn_error *err);
/** The same of lines that were never ended, at the end of the trace. */
void rn_rewriter_rest(struct rn_rewriter *r, struct rn_buffer *out);

#endif
