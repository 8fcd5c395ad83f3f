/* SPDX-License-Identifier: MIT */
/**
 * mend - a damaged trace whose checksums are made to hold again: what was changed goes on to the decoders.
 *
 * Those of our own frames, and those of sections in block directories (docs/format.md, sections 2 and 4). The
 * checksum inside of a zstd frame is of its content, and stays as it is.
 */
#ifndef RN_FUZZ_MEND_H
#define RN_FUZZ_MEND_H

#include "shared/buffer.h"

/** Changes the trace in place, frame after frame as far as they can be found. */
void rn_mend(struct rn_buffer *trace);

#endif
