/* SPDX-License-Identifier: MIT */
/**
 * decode_model - what decoding asks beyond the event, answered by a model.
 */
#ifndef RN_ANALYZE_MODEL_DECODE_MODEL_H
#define RN_ANALYZE_MODEL_DECODE_MODEL_H

#include "analyze/decode/decode.h"
#include "analyze/model/model.h"

/** Borrows both; style NULL: defaults. The model knows descriptors when it was told to
 *  (RN_MODEL_FDS, RN_MODEL_CWD), and names of processes likewise (RN_MODEL_COMM). */
struct rn_decode_env rn_decode_env_of(const struct rn_model *model, const struct rn_decode_style *style);

/** "openat(AT_FDCWD, "x", O_RDONLY) = 3": the call as a listing has it, without column. */
void rn_put_call(struct rn_buffer *out, const struct rn_event *ev, const struct rn_decode_env *env);

#endif
