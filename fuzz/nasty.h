/* SPDX-License-Identifier: MIT */
/**
 * nasty - traces whose checksums hold and whose contents may be anything.
 *
 * A checksum stops random changes at the door; behind it the decoders must stand on their own.
 */
#ifndef RN_FUZZ_NASTY_H
#define RN_FUZZ_NASTY_H

#include "format/reader.h"
#include "shared/buffer.h"

/* One block, as its directory tells it and as its sections are. */
struct nasty_block {
	uint64_t number, first_seq, n_calls, n_meta, first_ns, span_ns, max_dur_ns, n_errors;
	struct rn_bytes raw[RN_SECTIONS]; /* len 0: no such section */
	uint64_t claimed_raw;             /* in place of every section's true size, when not 0 */
};

/** Appends a header. */
void nasty_header(struct rn_buffer *out);
void nasty_put_block(struct rn_buffer *out, const struct nasty_block *b);

/** Opens, reads everything in every way, closes: must neither crash nor hang. Returns the events. */
uint64_t nasty_read(struct rn_bytes trace);
/** The same without reading it as a stream, too. */
uint64_t nasty_read_file(struct rn_bytes trace);

#endif
