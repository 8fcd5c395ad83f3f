/* SPDX-License-Identifier: MIT */
/**
 * output - the descriptor a trace goes to: whole writes, and what their failure means.
 *
 * Where the disk is full in the middle of a block, a regular file is cut back to the last whole
 * frame, so that what was recorded before is a sound trace.
 */
#ifndef RN_FORMAT_OUTPUT_H
#define RN_FORMAT_OUTPUT_H

#include "shared/bytes.h"
#include "shared/error.h"

#include <stdbool.h>

struct rn_output {
	int fd;
	uint64_t min_free_bytes; /* of the file system; 0: none */
	uint64_t whole_bytes; /* written and known good: always ends at a frame */
};

/** All of b, or an error after which nothing of it counts. RN_E_NO_SPACE, RN_E_PIPE, RN_E_IO. */
int rn_output_write(struct rn_output *o, struct rn_bytes b, struct rn_error *err);

/** Takes back the last n bytes of what was written to a regular file; false: it cannot be. */
bool rn_output_take_back(struct rn_output *o, uint64_t n);

#endif
