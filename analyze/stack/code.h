/* SPDX-License-Identifier: MIT */
/**
 * code - what unwinding needs to know of an ELF image: where its segments lie, its unwind tables.
 *
 * The image may be a whole file or what the recorder kept of one (record/embed/embed.h): program headers
 * speak of the original file, section headers of the image. It is hostile: every offset and length
 * is checked against the image, and nothing else is believed. Source: elf(5), System V gABI.
 */
#ifndef RN_ANALYZE_STACK_CODE_H
#define RN_ANALYZE_STACK_CODE_H

#include "analyze/stack/go_bases.h"
#include "shared/bytes.h"

#include <stdbool.h>

struct rn_code_section {
	uint64_t addr; /* ELF vaddr */
	struct rn_bytes bytes; /* empty: the image has none */
};

#define RN_CODE_MAX_SEGMENTS 32

struct rn_code {
	uint16_t machine;   /* EM_* */
	uint8_t word_bytes; /* 4 or 8 */
	bool position_independent;
	uint64_t entry;     /* ELF vaddr; 0: none */
	struct rn_go_bases go; /* of a Go program that has symbols */
	struct rn_code_section eh_frame, debug_frame;
	struct rn_code_section eh_frame_hdr; /* for its bases alone */
	struct { uint64_t offset, len, addr; bool code; } segment[RN_CODE_MAX_SEGMENTS];
	unsigned n_segments;
	uint8_t *unpacked; /* a .debug_frame that was compressed */
};

/** False: no ELF image of a kind that is understood; *c is empty then. Borrows elf. */
bool rn_code_open(struct rn_code *c, struct rn_bytes elf);
void rn_code_close(struct rn_code *c);
/** The image's own address of what lies at an offset of the file. */
bool rn_code_addr(const struct rn_code *c, uint64_t file_offset, uint64_t *addr);

#endif
