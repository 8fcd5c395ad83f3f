/* SPDX-License-Identifier: MIT */
/**
 * module - an image of code in the trace: a descriptor frame, then the image as one zstd frame.
 *
 * docs/format.md, "Modules": change both.
 */
#ifndef RN_FORMAT_MODULE_H
#define RN_FORMAT_MODULE_H

#include "format/frame.h"
#include "format/writer.h"
#include "shared/cursor.h"

struct rn_module_desc {
	struct rn_module_image what;  /* image empty */
	uint64_t raw_bytes, disk_bytes; /* of the image; disk_bytes 0: it is empty and has no frame */
	uint32_t disk_crc;  /* CRC-32C of that frame */
	bool has_disk_crc;  /* format 1.1 */
};

/** Appends the descriptor frame. */
void rn_module_encode(struct rn_buffer *out, const struct rn_module_desc *d);
/** From the body of a frame, which it borrows. 0 or RN_E_CORRUPT. */
int rn_module_decode(struct rn_module_desc *d, struct rn_bytes body, struct rn_error *err);

#endif
