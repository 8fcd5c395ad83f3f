/* SPDX-License-Identifier: MIT */
/**
 * elf_image - which bytes of an ELF file go into the trace, and the headers around them.
 *
 * The image is a valid ELF file of its own: all section headers with their numbers, names and
 * addresses, those whose bytes are left out as NOBITS (as in files of debug information);
 * the program headers of the original, so that an offset in the mapped file can be turned
 * into an address. Kept: notes (the build-id among them), unwind tables, symbols with their
 * strings, .gnu_debugdata, .gnu_debuglink; for RN_EMBED_DEBUG the .debug_* sections. A file without
 * section headers gets some for its unwind table. The file is as hostile as its owner: everything
 * is checked against its size and the caps below. Source: elf(5), LSB "Exception Frames".
 */
#ifndef RN_SHARED_ELF_IMAGE_H
#define RN_SHARED_ELF_IMAGE_H

#include "shared/buffer.h"

#include <stdbool.h>

enum rn_embed { RN_EMBED_NONE, RN_EMBED_SYMBOLS, RN_EMBED_DEBUG };

#define RN_IMAGE_MAX_SECTIONS 16384u
/* Of an image with symbols only: what a browser needs. Symbols are left out before tables are. */
#define RN_IMAGE_MAX_BYTES ((uint64_t)256 << 20)

/* A run of the file that is copied; between runs there are zeros. */
struct rn_image_piece {
	uint64_t from; /* in the file */
	uint64_t to;   /* in the image; rises */
	uint64_t len;
};

struct rn_image_plan {
	struct rn_buffer head; /* the image's first bytes: ELF and program headers */
	struct rn_image_piece *piece;
	uint32_t n_pieces;
	struct rn_buffer tail; /* its last: section headers and, for made ones, their names */
	uint64_t tail_at;
	uint64_t bytes;        /* of the image */
};

/** From an open file. False: it is no ELF file, or nothing in it is worth keeping; the plan is empty
 *  then. rn_image_plan_fini in either case. */
bool rn_image_plan_init(struct rn_image_plan *p, int fd, enum rn_embed how);
void rn_image_plan_fini(struct rn_image_plan *p);
/** The whole image at once, appended. False as above, or no memory (then out->failed). */
bool rn_image_make(struct rn_buffer *out, int fd, enum rn_embed how);

#endif
