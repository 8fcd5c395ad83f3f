/* SPDX-License-Identifier: MIT */
/**
 * tee - the bytes of a pipe into a file and onward: how --keep keeps a trace.
 *
 * A thread of its own, so that the file is whole even when the report stops
 * early. When the file cannot be written further, the bytes still go onward.
 */
#ifndef RN_ANALYZE_LIVE_TEE_H
#define RN_ANALYZE_LIVE_TEE_H

#include "shared/error.h"

struct rn_tee;

/** Takes from_fd and file_fd over, also on error; *out_fd is where to read on, the caller's to close. */
int rn_tee_start(struct rn_tee **out, int from_fd, int file_fd, int *out_fd, struct rn_error *err);
/** Waits for the end of the bytes, closes, frees. 0, or what writing the file met: RN_E_NO_SPACE, RN_E_IO. */
int rn_tee_finish(struct rn_tee *t, struct rn_error *err);

#endif
