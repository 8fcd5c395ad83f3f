/* SPDX-License-Identifier: MIT */
/**
 * directory - what a block holds, in front of it: enough to skip the block.
 *
 * docs/format.md, "Block directory": change both.
 */
#ifndef RN_FORMAT_DIRECTORY_H
#define RN_FORMAT_DIRECTORY_H

#include "format/dict.h"
#include "format/reader.h"

/* A section on its way out: where it stands in the block is the order of this list. */
struct rn_section_size {
	enum rn_section kind;
	uint32_t raw_bytes, disk_bytes;
	uint32_t disk_crc; /* CRC-32C of the bytes on disk; written since 1.1 */
};

/* Everything the writer knows of a block. */
struct rn_directory {
	uint64_t number, first_seq;
	uint32_t n_calls, n_meta, n_errors;
	uint64_t first_ns, last_ns, max_dur_ns;
	const struct rn_dict *nrs;   /* keys: abi << 32 | nr */
	const struct rn_dict *utids;
	unsigned n_sections;
	struct rn_section_size section[RN_SECTIONS];
};

/** Appends the whole frame. */
void rn_directory_encode(struct rn_buffer *out, const struct rn_directory *d);

/** Appends the frame whose body is given, with another number and place in the order of events. */
void rn_directory_renumber(struct rn_buffer *out, struct rn_bytes body, uint64_t number,
	uint64_t first_seq);

/** Fills info from the body of a frame, which it borrows (the sets). offset is left alone;
 *  disk_bytes becomes that of all sections (the caller adds the frame). Also checks every cap.
 *  0 or RN_E_CORRUPT. */
int rn_directory_decode(struct rn_block_info *info, struct rn_bytes body, struct rn_error *err);

/** The sections of a directory that rn_directory_decode accepted, in the order they stand on disk,
 *  those of unknown kinds too: at most RN_MAX_BLOCK_SECTIONS. Returns how many. */
unsigned rn_directory_sizes(struct rn_bytes body, struct rn_section_size *out);

#endif
