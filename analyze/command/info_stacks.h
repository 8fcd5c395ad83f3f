/* SPDX-License-Identifier: MIT */
/**
 * info_stacks - how well the stacks of a trace can be unwound: a part of `info`.
 *
 * Of a large trace 64 blocks are looked at, spread evenly; the table says how many calls they had. A
 * trace that comes through a pipe is gone by then: it gets no such table.
 */
#ifndef RN_ANALYZE_COMMAND_INFO_STACKS_H
#define RN_ANALYZE_COMMAND_INFO_STACKS_H

#include "analyze/table.h"
#include "format/reader.h"

int rn_info_stacks_emit(struct rn_reader *r, struct rn_sink *sink, struct rn_error *err);

#endif
